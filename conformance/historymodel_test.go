package conformance_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// This file is a model of IAM in an account, written from AWS's documents and
// for nothing but plainness. It shares no code with the server: it reads what
// GetAccountAuthorizationDetails tells, with encoding/json and regexp, and
// knows what the documents of a history hold.

// modelPrincipal is somebody with the policies that count. Its kind is user, role
// (in a session without session policies), session (with some), federated or root.
type modelPrincipal struct {
	kind, name, arn, id string
	issuer              *modelPrincipal // of a federated user: who asked for it; nil: root
	tags                map[string]string
	identity            []modelPolicy
	boundary, session   []modelPolicy // nil without one
	trust               *modelPolicy  // of a role
}

type modelPolicy struct{ Statement []modelStatement }

type modelStatement struct {
	Effect                                   string
	Principal                                named // of a policy of a resource
	Action, NotAction, Resource, NotResource texts
	Condition                                map[string]map[string]texts
}

// texts is a string or a list of strings.
type texts []string

func (l *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = texts{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(l))
}

// named are the principals of a statement: "*", or {"AWS": ...}.
type named texts

func (l *named) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, (*texts)(l)) == nil {
		return nil
	}
	var by struct{ AWS texts }
	err := json.Unmarshal(raw, &by)
	*l = named(by.AWS)
	return err
}

// modelAccount is what the model knows of an account.
type modelAccount struct {
	principals []*modelPrincipal
	groups     []string // ARNs
	policies   map[string]modelPolicy
	scp        [][]modelPolicy // by level; nil without an organization
	rcp        []modelPolicy   // only its Deny statements count: AWS's own allows everything
}

func (h *history) readModel() *modelAccount {
	h.t.Helper()
	d := testkit.Must(h.GetAccountAuthorizationDetails(h.ctx, &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000)}))(h.t)
	if d.IsTruncated {
		h.t.Fatal("the account is too large for one page")
	}
	m := &modelAccount{policies: map[string]modelPolicy{}}
	for _, level := range h.scp {
		m.scp = append(m.scp, []modelPolicy{h.parse(level)})
	}
	for _, document := range h.rcp {
		m.rcp = append(m.rcp, h.parse(document))
	}
	for _, p := range d.Policies {
		for _, v := range p.PolicyVersionList {
			if v.IsDefaultVersion {
				m.policies[*p.Arn] = h.parse(*v.Document)
			}
		}
	}
	groups := map[string][]modelPolicy{}
	for _, g := range d.GroupDetailList {
		m.groups = append(m.groups, *g.Arn)
		groups[*g.GroupName] = h.held(m, g.GroupPolicyList, g.AttachedManagedPolicies)
	}
	for _, u := range d.UserDetailList {
		p := h.principal(m, "user", *u.UserName, *u.Arn, u.Tags, u.PermissionsBoundary)
		p.id = *u.UserId
		p.identity = h.held(m, u.UserPolicyList, u.AttachedManagedPolicies)
		for _, g := range u.GroupList {
			p.identity = append(p.identity, groups[g]...)
		}
	}
	for _, r := range d.RoleDetailList {
		p := h.principal(m, "role", *r.RoleName, *r.Arn, r.Tags, r.PermissionsBoundary)
		trust := h.parse(*r.AssumeRolePolicyDocument)
		p.id, p.trust = *r.RoleId, &trust
		p.identity = h.held(m, r.RolePolicyList, r.AttachedManagedPolicies)
	}
	m.principals = append(m.principals, &modelPrincipal{kind: "root", arn: "arn:aws:iam::" + firm + ":root"})
	return m
}

func (h *history) principal(m *modelAccount, kind, name, arn string, tags []types.Tag,
	boundary *types.AttachedPermissionsBoundary) *modelPrincipal {
	p := &modelPrincipal{kind: kind, name: name, arn: arn, tags: map[string]string{}}
	for _, t := range tags {
		p.tags[*t.Key] = *t.Value
	}
	if boundary != nil {
		p.boundary = []modelPolicy{m.policies[*boundary.PermissionsBoundaryArn]}
	}
	m.principals = append(m.principals, p)
	return p
}

func (h *history) held(m *modelAccount, inline []types.PolicyDetail, attached []types.AttachedPolicy) (list []modelPolicy) {
	for _, p := range inline {
		list = append(list, h.parse(*p.PolicyDocument))
	}
	for _, p := range attached {
		list = append(list, m.policies[*p.PolicyArn])
	}
	return list
}

// parse reads a document, which answers escape as in a URL.
func (h *history) parse(document string) (p modelPolicy) {
	h.t.Helper()
	if !strings.HasPrefix(document, "{") {
		document = testkit.Must(url.QueryUnescape(document))(h.t)
	}
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		h.t.Fatalf("%v in %s", err, document)
	}
	return p
}

// grant is how a policy of the resource names a principal that it allows.
type grant int

const (
	noGrant        grant = iota
	toAccount            // the account, which leaves it to its policies
	toEntity             // the role of a session, or the user of a federated one
	toThePrincipal       // itself, or everybody
)

// allows decides as AWS documents it for one account: a Deny anywhere denies;
// each level of SCPs has to allow; and of the principal's own policies those that
// the policy of the resource leaves something to.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func (m *modelAccount) allows(p *modelPrincipal, q *probe) bool {
	service, _, _ := strings.Cut(q.action, ":")
	if p.kind == "federated" && service != "s3" {
		return false // their credentials open no IAM and no STS
	}
	keys := p.keys(q)
	layers := append([][]modelPolicy{p.boundary, p.session, p.identity}, m.scp...)
	if service != "iam" { // RCPs are for some services only
		layers = append(layers, m.rcp)
	}
	for _, layer := range layers {
		if layerHas(layer, "Deny", q, keys) {
			return false
		}
	}
	for _, level := range m.scp {
		if !layerHas(level, "Allow", q, keys) {
			return false
		}
	}
	given := noGrant
	if q.policy != nil {
		var denied bool
		if given, denied = q.policy.grants(p, q, keys); denied || q.trusts && given == noGrant {
			return false
		}
	}
	return p.ownAllow(given, q, keys)
}

// ownAllow asks the principal's own policies, as far as it depends on them.
func (p *modelPrincipal) ownAllow(given grant, q *probe, keys map[string]string) bool {
	allows := func(layer []modelPolicy) bool { return layer == nil || layerHas(layer, "Allow", q, keys) }
	switch {
	case given == toThePrincipal:
		return true
	case given == toEntity:
		return allows(p.boundary) && allows(p.session)
	}
	identity := p.kind == "root" || p.kind == "federated" && p.issuer == nil || layerHas(p.identity, "Allow", q, keys)
	return identity && allows(p.boundary) && allows(p.session)
}

// grants is the strongest way in which a policy of the resource allows the
// principal, and whether it denies it.
func (m *modelPolicy) grants(p *modelPrincipal, q *probe, keys map[string]string) (best grant, denied bool) {
	for _, s := range m.Statement {
		if q.trusts { // the resource is the role
			s.Resource = texts{"*"}
		}
		given := noGrant
		for _, name := range s.Principal {
			given = max(given, p.namedBy(name))
		}
		if given == noGrant || !s.applies(q, keys) {
			continue
		}
		if s.Effect == "Deny" {
			return noGrant, true
		}
		best = max(best, given)
	}
	return best, false
}

// namedBy is how a principal of a statement names this one.
func (p *modelPrincipal) namedBy(name string) grant {
	account := name == firm || name == "arn:aws:iam::"+firm+":root"
	switch {
	case name == "*", account && p.kind == "root",
		p.kind != "root" && p.kind != "role" && p.kind != "session" && (name == p.arn || name == p.id):
		return toThePrincipal
	case account:
		return toAccount
	case name == p.arn, p.id != "" && name == p.id, p.issuer != nil && (name == p.issuer.arn || name == p.issuer.id):
		return toEntity
	}
	return noGrant
}

// keys are the condition keys of a call, in small letters.
func (p *modelPrincipal) keys(q *probe) map[string]string {
	keys := map[string]string{"aws:principalarn": p.arn, "aws:principaltype": principalTypes[p.kind]}
	if p.kind == "user" {
		keys["aws:username"] = p.name
	}
	for k, v := range p.tags {
		keys[strings.ToLower("aws:PrincipalTag/"+k)] = v
	}
	for k, v := range q.tags {
		keys[strings.ToLower("aws:ResourceTag/"+k)], keys[strings.ToLower("iam:ResourceTag/"+k)] = v, v
	}
	return keys
}

var principalTypes = map[string]string{"user": "User", "role": "AssumedRole", "session": "AssumedRole", "federated": "FederatedUser",
	"root": "Account"}

func layerHas(layer []modelPolicy, effect string, q *probe, keys map[string]string) bool {
	for _, p := range layer {
		for _, s := range p.Statement {
			if s.Effect == effect && s.applies(q, keys) {
				return true
			}
		}
	}
	return false
}

func (s *modelStatement) applies(q *probe, keys map[string]string) bool {
	action := func(pattern string) bool {
		return wild(strings.ToLower(pattern)).MatchString(strings.ToLower(q.action))
	}
	resource := func(pattern string) bool { r, ok := filled(pattern, keys); return ok && r.MatchString(q.resource) }
	if !slices.ContainsFunc(s.Action, action) && (s.NotAction == nil || slices.ContainsFunc(s.NotAction, action)) {
		return false
	}
	if !slices.ContainsFunc(s.Resource, resource) && (s.NotResource == nil || slices.ContainsFunc(s.NotResource, resource)) {
		return false
	}
	for operator, conditions := range s.Condition {
		for key, values := range conditions {
			if !holds(operator, key, values, keys) {
				return false
			}
		}
	}
	return true
}

// wild is a pattern as a regular expression.
func wild(pattern string) *regexp.Regexp {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
	return regexp.MustCompile(`(?s)^` + strings.ReplaceAll(quoted, `\?`, `.`) + `$`)
}

var modelVariable = regexp.MustCompile(`\$\{([^,}]+)(?:, '([^']*)')?\}`)

// filled is wild with values in place of variables; false if one has none.
func filled(pattern string, keys map[string]string) (*regexp.Regexp, bool) {
	all := true
	var b strings.Builder
	b.WriteString(`(?s)^`)
	rest := 0
	for _, at := range modelVariable.FindAllStringSubmatchIndex(pattern, -1) {
		value, ok := keys[strings.ToLower(pattern[at[2]:at[3]])]
		if !ok && at[4] >= 0 {
			value, ok = pattern[at[4]:at[5]], true
		}
		all = all && ok
		b.WriteString(strings.Trim(wild(pattern[rest:at[0]]).String()[len(`(?s)`):], "^$"))
		b.WriteString(regexp.QuoteMeta(value))
		rest = at[1]
	}
	b.WriteString(strings.TrimPrefix(wild(pattern[rest:]).String(), `(?s)^`))
	return regexp.MustCompile(b.String()), all
}

// holds decides a condition on a key with one value.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func holds(operator, key string, values []string, keys map[string]string) bool {
	value, present := keys[strings.ToLower(key)]
	if operator == "Null" {
		return slices.ContainsFunc(values, func(v string) bool { return (v == "true") != present })
	}
	base, ifExists := strings.CutSuffix(operator, "IfExists")
	base, negated := strings.Replace(base, "Not", "", 1), strings.Contains(base, "Not")
	if !present {
		return ifExists || negated
	}
	matches := slices.ContainsFunc(values, func(v string) bool {
		switch base {
		case "StringLike", "ArnLike":
			r, ok := filled(v, keys)
			return ok && r.MatchString(value)
		case "StringEqualsIgnoreCase":
			value = strings.ToLower(value)
			v = strings.ToLower(v)
		}
		r, ok := filled(strings.NewReplacer("*", "${star, '*'}", "?", "${mark, '?'}").Replace(v), keys)
		return ok && r.MatchString(value)
	})
	return matches != negated
}
