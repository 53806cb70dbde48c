package evaluator

// This file is a second evaluator, written only from the rules and as simply as
// possible: it shares only the parser with the first. The two are compared on all
// cases of testdata and on random requests.

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf16"
)

type naive struct {
	req *Request
	pol *Policies
}

func (n naive) lookup(key string) (values []string, multi, ok bool) {
	if n.req.Context == nil {
		return nil, false, false
	}
	lower := strings.ToLower(key)
	for _, k := range n.req.Context.keys {
		if len(k.name) == len(key) && strings.ToLower(k.name) == lower {
			return k.values, k.multi, true
		}
	}
	return nil, false, false
}

// Texts.

var naiveVariable = regexp.MustCompile(`(?s)\$\{([^ \t\r\n{',}]+)(?:\}|, *'(.*?)'\})`)

// naiveToken is one UTF-16 unit of a string, or a wildcard.
type naiveToken struct {
	unit uint16
	wild byte // '*', '?' or 0
}

func literalTokens(s string) []naiveToken {
	out := make([]naiveToken, 0, len(s))
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, naiveToken{unit: u})
	}
	return out
}

// tokens fills variables and marks wildcards; false if a variable has no value.
func (n naive) tokens(s string, wild, vars bool) ([]naiveToken, bool) {
	var out []naiveToken
	plain := func(text string) {
		for _, tok := range literalTokens(text) {
			if wild && (tok.unit == '*' || tok.unit == '?') {
				tok = naiveToken{wild: byte(tok.unit)}
			}
			out = append(out, tok)
		}
	}
	if !vars || !strings.Contains(s, "${") {
		plain(s)
		return out, true
	}
	for {
		m := naiveVariable.FindStringSubmatchIndex(s)
		if m == nil {
			plain(s)
			return out, true
		}
		plain(s[:m[0]])
		value, ok := n.variable(s, m)
		if !ok {
			return nil, false
		}
		out = append(out, literalTokens(value)...)
		s = s[m[1]:]
	}
}

func (n naive) variable(s string, m []int) (string, bool) {
	name := s[m[2]:m[3]]
	if m[4] < 0 && (name == "*" || name == "?" || name == "$") {
		return name, true
	}
	values, multi, ok := n.lookup(name)
	switch {
	case ok && multi:
		return "", false
	case ok:
		return values[0], true
	case m[4] >= 0:
		return s[m[4]:m[5]], true
	}
	return "", false
}

// globTokens matches by filling a table: row i, column j says whether the first i
// tokens match the first j units.
func globTokens(p []naiveToken, s string) bool {
	u := utf16.Encode([]rune(s))
	row, next := make([]bool, len(u)+1), make([]bool, len(u)+1)
	row[0] = true
	for _, tok := range p {
		clear(next)
		for j := range next {
			switch {
			case tok.wild == '*':
				next[j] = row[j] || j > 0 && next[j-1]
			case j > 0 && (tok.wild == '?' || tok.unit == u[j-1]):
				next[j] = row[j-1]
			}
		}
		row, next = next, row
	}
	return row[len(u)]
}

func (n naive) glob(p, s string, wild, vars bool) bool {
	t, ok := n.tokens(p, wild, vars)
	return ok && globTokens(t, s)
}

func naiveAction(p, action string) bool {
	return naive{}.glob(asciiLower(p), asciiLower(action), true, false)
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 32
		}
		return r
	}, s)
}

// colonParts splits at colons outside variables, at most count times.
func colonParts(s string, vars bool, count int) []string {
	hidden := s
	if vars && strings.Contains(s, "${") {
		hidden = naiveVariable.ReplaceAllStringFunc(s, func(v string) string { return strings.Repeat("x", len(v)) })
	}
	var parts []string
	for len(parts) < count {
		i := strings.IndexByte(hidden, ':')
		if i < 0 {
			break
		}
		parts = append(parts, s[:i])
		s, hidden = s[i+1:], hidden[i+1:]
	}
	return append(parts, s)
}

func (n naive) resource(p, s string, vars bool) bool {
	if !strings.HasPrefix(p, "arn:") {
		return n.glob(p, s, true, vars)
	}
	parts := colonParts(p, vars, 5)
	if len(parts) < 6 && vars {
		for _, v := range naiveVariable.FindAllStringSubmatch(p, -1) {
			if !slices.Contains([]string{"*", "?", "$"}, v[1]) || strings.Contains(v[0], "'") {
				return false
			}
		}
	}
	for len(parts) < 6 {
		parts = append(parts, "*")
	}
	return n.resourceParts(parts, s, vars)
}

func (n naive) resourceParts(parts []string, s string, vars bool) bool {
	if len(parts) == 1 {
		return n.glob(parts[0], s, true, vars)
	}
	for i := range len(s) {
		if s[i] != ':' {
			continue
		}
		first := strings.IndexByte(s, ':')
		if n.glob(parts[0], s[:first], true, vars) && n.resourceParts(parts[1:], s[i+1:], vars) {
			return true
		}
		if !strings.HasSuffix(parts[0], "*") {
			return false // only a final star matches colons
		}
	}
	return false
}

// Statements.

// statement returns whether a statement applies, and how it names the caller.
func (n naive) statement(p *Policy, s *Statement) (bool, Grant) {
	kind, vars := p.Kind(), p.Document().Version == "2012-10-17"
	if n.req.ForeignResourceType || !n.actionApplies(s) || !n.resourceApplies(s, kind, vars) {
		return false, NoGrant
	}
	grant := NoGrant
	if kind == Resource || kind == Trust || kind == VPCEndpoint {
		var ok bool
		if ok, grant = n.principalApplies(s, kind); !ok {
			return false, NoGrant
		}
	}
	worst := outYes
	for i := range s.Conditions {
		switch n.condition(&s.Conditions[i], vars) {
		case outNo:
			return false, NoGrant
		case outError:
			worst = outError
		}
	}
	return worst == outYes || s.Effect == Deny, grant
}

func (n naive) actionApplies(s *Statement) bool {
	for _, a := range s.Actions {
		if naiveAction(a.Value, n.req.Action) {
			return true
		}
	}
	if s.NotActions == nil {
		return false
	}
	for _, a := range s.NotActions {
		if naiveAction(a.Value, n.req.Action) {
			return false
		}
	}
	return true
}

func (n naive) resourceApplies(s *Statement, kind Kind, vars bool) bool {
	resource := n.req.Resource
	if resource == "" {
		resource = "*"
	}
	if s.Resources == nil && s.NotResources == nil {
		return kind == Resource || kind == Trust
	}
	for _, r := range s.Resources {
		if n.resource(r.Value, resource, vars) {
			return true
		}
	}
	if len(s.NotResources) == 0 {
		return false
	}
	for _, r := range s.NotResources {
		if _, ok := n.tokens(r.Value, true, vars); !ok || n.resource(r.Value, resource, vars) {
			return false
		}
	}
	return true
}

// names reports in which ways a principal of a policy names the caller.
func (n naive) names(p PrincipalRef) (everyone, account, entity, self bool) {
	c := n.req.Principal
	signed := c.Kind == Root || c.Kind == User || c.Kind == RoleSession || c.Kind == FederatedUser
	switch p.Type {
	case "Service":
		return false, false, false, c.Kind == Service && c.Service == p.Value
	case "Federated":
		return false, false, false, (c.Kind == WebIdentity || c.Kind == SAML) && c.Federated == p.Value
	case "CanonicalUser":
		return false, signed && c.CanonicalID == p.Value, false, false
	case "", "AWS":
	default:
		return false, false, false, false
	}
	if p.Value == "*" {
		return c.Kind != WebIdentity && c.Kind != SAML, false, false, false
	}
	if !signed {
		return false, false, false, false
	}
	parts := strings.SplitN(p.Value, ":", 6)
	own := len(parts) == 6 && parts[2] == "iam" && parts[5] == "root" && parts[4] == c.Account
	if arn := cmp.Or(c.ARN, c.EntityARN); own && arn != "" && strings.Split(arn, ":")[1] != parts[1] {
		own = false // of another partition
	}
	if p.Value == c.Account || own {
		return false, true, false, false
	}
	if c.Kind == Root {
		return false, false, false, false
	}
	self = p.Value == c.ARN || c.Kind == User && p.Value == c.EntityID
	entity = !self && (p.Value == c.EntityARN || p.Value == c.EntityID)
	return false, false, entity, self
}

func (n naive) principalApplies(s *Statement, kind Kind) (bool, Grant) {
	c := n.req.Principal
	if s.Principals == nil && s.NotPrincipals == nil {
		return kind == VPCEndpoint, NoGrant
	}
	for _, p := range s.Principals {
		if kind == VPCEndpoint && p.Value == "*" && (p.Type == "" || p.Type == "AWS") {
			return true, NoGrant
		}
	}
	list := s.Principals
	if list == nil {
		list = s.NotPrincipals
	}
	var everyone, account, entity, self bool
	for _, p := range list {
		a, b, c, d := n.names(p)
		everyone, account, entity, self = everyone || a, account || b, entity || c, self || d
	}
	if s.Principals != nil {
		switch {
		case everyone, self, account && c.Kind == Root:
			return true, GrantPrincipal
		case entity, account && c.Kind != User && namesPrincipalArn(s):
			return true, GrantEntity
		case account:
			return true, GrantAccount
		}
		return false, NoGrant
	}
	if s.Effect == Allow {
		return !everyone && !account && !entity && !self, GrantPrincipal
	}
	if n.pol.Boundary != nil {
		return true, NoGrant
	}
	exempt := self
	switch c.Kind {
	case Root:
		exempt = account
	case User:
		exempt = account && self
	case RoleSession, FederatedUser:
		exempt = account && entity && self
	}
	return !exempt && !everyone, NoGrant
}

func namesPrincipalArn(s *Statement) bool {
	for _, c := range s.Conditions {
		op := strings.TrimPrefix(c.Operator, "ForAnyValue:")
		if strings.EqualFold(c.Key, "aws:PrincipalArn") &&
			slices.Contains([]string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}, op) {
			return true
		}
	}
	return false
}

// Layers.

type naiveLayer struct {
	kind     Kind
	limit    bool // of the session
	decision Decision
	grant    Grant
	matches  []naiveMatch
}

// naiveMatch is a statement that applied.
type naiveMatch struct {
	layer  Kind
	policy string
	index  int
}

// naiveVerdict is the decision of a layer.
type naiveVerdict struct {
	layer    Kind
	decision Decision
}

func (n naive) layer(kind Kind, policies ...*Policy) naiveLayer {
	l := naiveLayer{kind: kind}
	for _, p := range policies {
		for i := range p.Document().Statements {
			s := &p.Document().Statements[i]
			ok, grant := n.statement(p, s)
			if !ok {
				continue
			}
			l.matches = append(l.matches, naiveMatch{kind, p.Origin().ID, i})
			if s.Effect == Deny {
				l.decision = ExplicitDeny
			} else {
				l.grant = max(l.grant, grant)
				if l.decision == ImplicitDeny {
					l.decision = Allowed
				}
			}
		}
	}
	return l
}

type naiveResult struct {
	decision Decision
	denied   Kind
	layers   []naiveVerdict
	matches  []naiveMatch
	missing  []string
}

func (r *naiveResult) same(s *naiveResult) bool {
	return r.decision == s.decision && r.denied == s.denied &&
		slices.Equal(r.layers, s.layers) && slices.Equal(r.matches, s.matches) && slices.Equal(r.missing, s.missing)
}

func (n naive) layers() []naiveLayer {
	c, p := n.req.Principal, n.pol
	signed := slices.Contains([]PrincipalKind{Root, User, RoleSession, FederatedUser}, c.Kind)
	var out []naiveLayer
	organization := func(kind Kind, levels [][]*Policy, exempt Exemption) {
		if levels != nil && exempt != NotExempt {
			out = append(out, naiveLayer{kind: kind, decision: Allowed})
			return
		}
		for _, level := range levels {
			out = append(out, n.layer(kind, level...))
		}
	}
	organization(RCP, p.RCP, p.RCPExempt)
	if signed {
		organization(SCP, p.SCP, p.SCPExempt)
	}
	if p.VPCEndpoint != nil {
		out = append(out, n.layer(VPCEndpoint, p.VPCEndpoint))
	}
	kind := Resource
	if p.ResourceRule == TrustRule {
		kind = Trust
	}
	switch {
	case p.Resource != nil:
		out = append(out, n.layer(kind, p.Resource))
	case n.resourceNeeded():
		out = append(out, naiveLayer{kind: kind})
	}
	if !signed {
		return out
	}
	if c.Kind == Root {
		out = append(out, naiveLayer{kind: Identity, decision: Allowed})
	} else {
		out = append(out, n.layer(Identity, p.Identity...))
	}
	if p.Boundary != nil {
		out = append(out, n.layer(Boundary, p.Boundary))
	}
	if len(p.Session) > 0 || p.SessionRequired || c.Kind == FederatedUser {
		out = append(out, n.layer(Session, p.Session...))
	}
	for _, limit := range p.Limits {
		l := n.layer(Session, limit)
		l.limit = true
		out = append(out, l)
	}
	return out
}

func (n naive) cross() bool {
	c := n.req.Principal
	return n.req.ResourceAccount != "" && c.Account != "" && c.Kind != Service && n.req.ResourceAccount != c.Account
}

// resourceNeeded: the resource's policy must allow access to roles and keys, access
// across accounts, and callers without policies of their own.
func (n naive) resourceNeeded() bool {
	kind := n.req.Principal.Kind
	unsigned := kind == Anonymous || kind == Service || kind == WebIdentity || kind == SAML
	return n.pol.ResourceRule != OrdinaryRule || n.cross() || unsigned
}

// needed reports whether a layer must allow, given how the resource-based
// policy of the same account names the caller.
func (n naive) needed(kind Kind, g Grant) bool {
	if n.cross() {
		g = NoGrant
	}
	if g == GrantAccount && n.req.Mode == Simulate && n.pol.ResourceRule == OrdinaryRule {
		g = GrantPrincipal
	}
	switch kind {
	case Resource, Trust:
		return n.resourceNeeded()
	case Identity:
		return g < GrantEntity
	case Boundary, Session:
		return g < GrantPrincipal
	}
	return true
}

func (n naive) evaluate() naiveResult {
	layers := n.layers()
	var r naiveResult
	grant := NoGrant
	for _, l := range layers {
		r.layers = append(r.layers, naiveVerdict{l.kind, l.decision})
		r.matches = append(r.matches, l.matches...)
		if (l.kind == Resource || l.kind == Trust) && l.decision == Allowed {
			grant = l.grant
		}
	}
	for _, kind := range []Kind{RCP, SCP, VPCEndpoint, Resource, Trust, Session, Boundary, Identity} {
		for _, l := range layers {
			if l.kind == kind && l.decision == ExplicitDeny {
				r.decision, r.denied = ExplicitDeny, kind
				return r
			}
		}
	}
	for _, l := range layers {
		if n.req.ForeignResourceType {
			r.denied = layers[len(layers)-1].kind
			break
		}
		if l.decision != Allowed && (l.limit || n.needed(l.kind, grant)) {
			r.denied = l.kind
			break
		}
	}
	if r.denied == NoKind {
		r.decision = Allowed
		return r
	}
	r.missing = n.missing(r.denied)
	return r
}

func (n naive) missing(denied Kind) []string {
	p := n.pol
	var all []*Policy
	all = append(append(all, p.Identity...), p.Boundary, p.Resource)
	if n.req.Mode == Enforce {
		all = append(append(append(all, p.Session...), p.Limits...), p.VPCEndpoint)
		all = append(append(all, slices.Concat(p.SCP...)...), slices.Concat(p.RCP...)...)
	} else if denied == SCP {
		return nil
	}
	seen := map[string]bool{}
	for _, q := range all {
		if q == nil {
			continue
		}
		for _, s := range q.Document().Statements {
			n.mentioned(q, s, seen)
		}
	}
	var out []string
	for key := range seen {
		_, _, ok := n.lookup(key)
		if ok && n.req.Mode == Simulate {
			for _, k := range n.req.Context.keys {
				ok = ok && !(strings.EqualFold(k.name, key) && k.defaulted)
			}
		}
		if !ok {
			out = append(out, key)
		}
	}
	return out
}

func (n naive) mentioned(p *Policy, s Statement, seen map[string]bool) {
	texts := slices.Concat(s.Resources, s.NotResources)
	for _, c := range s.Conditions {
		seen[c.Key] = true
		texts = append(texts, c.Values...)
	}
	if p.Document().Version != "2012-10-17" {
		return
	}
	for _, t := range texts {
		if !strings.Contains(t.Value, "${") {
			continue
		}
		for _, m := range naiveVariable.FindAllStringSubmatch(t.Value, -1) {
			if !isEscape(m[0]) {
				seen[m[1]] = true
			}
		}
	}
}

// naiveDiff compares a result with that of the second evaluator.
func naiveDiff(req *Request, pol *Policies, r *Result) string {
	want := naive{req, pol}.evaluate()
	got := naiveResult{decision: r.Decision, denied: r.DeniedBy, missing: slices.Clone(r.MissingKeys)}
	for _, l := range r.Layers {
		got.layers = append(got.layers, naiveVerdict{l.Kind, l.Decision})
	}
	for _, m := range r.Matches {
		got.matches = append(got.matches, naiveMatch{m.Layer, m.Policy.Origin().ID, m.Statement.Index})
	}
	sort.Strings(got.missing)
	sort.Strings(want.missing)
	if got.same(&want) {
		return ""
	}
	return fmt.Sprintf("\nfirst:  %+v\nsecond: %+v", got, want)
}
