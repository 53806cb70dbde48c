package draft

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// TrustPolicySize is AWS's quota for the size of a role's trust policy, in characters
// without white space; it can be raised to 4,096.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const TrustPolicySize = 2048

// An Assumption is one permission that a request needed from a role's trust policy.
type Assumption struct {
	RequestID string
	Action    string // such as "sts:AssumeRole" or "sts:TagSession"

	// Principal is the principal who assumed the role, as trust policies name it: the ARN of a
	// user, a role or an account's root user, a service, or an identity provider.
	Principal Entity
	Context   []Key // the condition keys of the request
	Verdict   Verdict
}

// Call returns the permission as a call, without a resource.
func (a *Assumption) Call() Call {
	return Call{RequestID: a.RequestID, Action: a.Action, Context: a.Context, Verdict: a.Verdict}
}

// Trust drafts a trust policy that admits those who assumed the role, and nobody else. It keeps the
// external ID of a request, and the audience and the subject of a token. Options.Keep adds keys. A
// role has one trust policy: the draft has one document, or none if nobody assumed the role. It
// returns an error if the document is longer than Options.Size, where 0 means TrustPolicySize.
func Trust(list []Assumption, o Options) (*Draft, error) {
	all := make(map[string]*permission)
	for _, a := range list {
		c := a.Call()
		if c.Verdict == ByResource {
			c.Verdict = Allowed
		}
		if !o.Needs(&c) {
			continue
		}
		add(all, &permission{
			action: find(a.Action).text, resource: a.Principal.Type + "\x00" + a.Principal.Value,
			conditions: claims(&c, a.Principal, o.Keep),
		}, a.RequestID)
	}
	if len(all) == 0 {
		return &Draft{}, nil
	}
	d := &Draft{Documents: []Document{{Statements: trustStatements(all)}}}
	limit := cmp.Or(o.Size, TrustPolicySize)
	if n := evaluator.Size(d.Documents[0].String()); n > limit {
		return nil, fmt.Errorf("the trust policy needs %d characters, more than the %d that it may have; allow a longer one", n, limit)
	}
	return d, nil
}

func trustStatements(all map[string]*permission) []Statement {
	plain := make(map[string]*permission)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		p := all[id]
		same := p.action + "\x02" + p.resource + "\x02"
		if q := all[same]; q != nil {
			p, id = q, same // a principal that was admitted without a condition needs none
			maps.Copy(p.requests, all[id].requests)
		}
		plain[id] = p
	}
	list := statements(merge(plain))
	count := make(map[string]int)
	for i := range list {
		s := &list[i]
		for _, r := range s.Resources {
			kind, value, _ := strings.Cut(r, "\x00")
			s.Principals = append(s.Principals, Entity{kind, value})
		}
		s.Resources = nil
		_, s.Sid = cutAction(s.Actions[0])
		if count[s.Sid]++; count[s.Sid] > 1 {
			s.Sid += fmt.Sprint(count[s.Sid])
		}
		s.justify()
	}
	return list
}

// claims returns the conditions of a trust policy.
func claims(c *Call, by Entity, more []string) []Condition {
	keys := []string{"sts:ExternalId"}
	if by.Type == "Federated" {
		keys = []string{"SAML:aud"}
		_, host, ok := strings.Cut(by.Value, ":oidc-provider/")
		if !ok {
			host = by.Value
		}
		for _, k := range c.Context {
			if strings.EqualFold(k.Name, host+":aud") || strings.EqualFold(k.Name, host+":sub") {
				keys = append(keys, k.Name)
			}
		}
	}
	var out []Condition
	for _, name := range append(keys, more...) {
		if !slices.ContainsFunc(out, func(o Condition) bool { return strings.EqualFold(o.Key, name) }) {
			out = append(out, pinned(c, name)...)
		}
	}
	slices.SortFunc(out, func(a, b Condition) int { return strings.Compare(a.Key, b.Key) })
	return out
}
