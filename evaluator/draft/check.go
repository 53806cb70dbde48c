package draft

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// Missing returns the calls that Identity would draft and that the policies do not allow, in
// their order. The policies must be compiled as evaluator.Identity; without policies, all
// such calls are missing. A call that one of their Deny statements refuses is missing too.
func Missing(calls []Call, policies []*evaluator.Policy, o Options) []Call {
	var out []Call
	var ctx evaluator.Context
	var result evaluator.Result
	given := evaluator.Policies{Identity: policies}
	for i := range calls {
		if !o.Needs(&calls[i]) {
			continue
		}
		evaluator.Evaluate(calls[i].request(&ctx), &given, &result)
		if !result.Allowed() {
			out = append(out, calls[i])
		}
	}
	return out
}

// Surplus is a part of a statement that no call needed.
type Surplus struct {
	Policy    *evaluator.Policy
	Statement int // by its index

	// Whole says that no call needed the statement. Otherwise Actions and Resources are
	// the entries of these elements that no call needed.
	Whole              bool
	Actions, Resources []string
}

// Unused returns the parts of the policies' Allow statements that none of the calls
// needed, in order. An entry with wildcards is used if one call matched it. Entries of
// NotAction and NotResource are not reported.
func Unused(calls []Call, policies []*evaluator.Policy, o Options) []Surplus {
	used := usage(calls, policies, o)
	var out []Surplus
	for _, p := range policies {
		d := p.Document()
		for i := range d.Statements {
			s := &d.Statements[i]
			if s.Effect != evaluator.Allow {
				continue
			}
			out = append(out, surplus(p, s, used[place{p, i}])...)
		}
	}
	return out
}

// place is a statement.
type place struct {
	policy *evaluator.Policy
	index  int
}

// usage returns the calls that each statement allows.
func usage(calls []Call, policies []*evaluator.Policy, o Options) map[place][]*Call {
	used := make(map[place][]*Call)
	var ctx evaluator.Context
	var result evaluator.Result
	for i := range calls {
		if !o.Needs(&calls[i]) {
			continue
		}
		request := calls[i].request(&ctx)
		for _, p := range policies {
			evaluator.Evaluate(request, &evaluator.Policies{Identity: []*evaluator.Policy{p}}, &result)
			for _, m := range result.Matches {
				at := place{p, m.Statement.Index}
				used[at] = append(used[at], &calls[i])
			}
		}
	}
	return used
}

func surplus(p *evaluator.Policy, s *evaluator.Statement, calls []*Call) []Surplus {
	if len(calls) == 0 {
		return []Surplus{{Policy: p, Statement: s.Index, Whole: true}}
	}
	out := Surplus{Policy: p, Statement: s.Index}
	for _, a := range s.Actions {
		pattern := evaluator.NewActionPattern(a.Value)
		if !slices.ContainsFunc(calls, func(c *Call) bool { return pattern.Matches(c.Action) }) {
			out.Actions = append(out.Actions, a.Value)
		}
	}
	version := p.Document().Version
	for _, r := range s.Resources {
		if !hasVariable(r.Value, version) && !covers(r.Value, version, calls) {
			out.Resources = append(out.Resources, r.Value)
		}
	}
	if out.Actions == nil && out.Resources == nil {
		return nil
	}
	return []Surplus{out}
}

// hasVariable reports whether a resource has a variable, so that the request
// decides what it matches.
func hasVariable(text, version string) bool {
	if version != evaluator.Version2012 {
		return false
	}
	for v := range evaluator.Variables(text) {
		if v.WellFormed && !v.Escape {
			return true
		}
	}
	return false
}

func covers(text, version string, calls []*Call) bool {
	pattern := evaluator.NewResourcePattern(text, version)
	return slices.ContainsFunc(calls, func(c *Call) bool { return pattern.Matches(c.resource()) })
}

// Mistrusted returns the assumptions that Trust would draft and that the trust policies do not allow, in
// their order, as calls with the principal as their resource. The policies must be compiled as
// evaluator.Trust. If a caller is in the role's account, it is enough that the policies trust the
// account.
func Mistrusted(list []Assumption, policies []*evaluator.Policy, o Options) []Call {
	var out []Call
	var ctx evaluator.Context
	var result evaluator.Result
	for i := range list {
		c := list[i].Call()
		if c.Verdict == ByResource {
			c.Verdict = Allowed
		}
		if !o.Needs(&c) {
			continue
		}
		request := c.request(&ctx)
		request.Principal = list[i].caller()
		if !slices.ContainsFunc(policies, func(p *evaluator.Policy) bool {
			evaluator.Evaluate(request, &evaluator.Policies{Resource: p, ResourceRule: evaluator.TrustRule}, &result)
			layer := result.Layer(evaluator.Trust)
			return layer != nil && layer.Decision == evaluator.Allowed
		}) {
			c.Resource = list[i].Principal.Value
			out = append(out, c)
		}
	}
	return out
}

// caller returns the principal who assumed the role, in the evaluator's form.
func (a *Assumption) caller() evaluator.Principal {
	p := evaluator.Principal{EntityARN: a.Principal.Value, ARN: a.Principal.Value}
	if fields := strings.SplitN(a.Principal.Value, ":", 6); len(fields) == 6 {
		p.Account = fields[4]
	}
	k := Call{Context: a.Context}
	kind, _ := k.key("aws:PrincipalType")
	switch {
	case a.Principal.Type == "Service":
		return evaluator.Principal{Kind: evaluator.Service, Service: a.Principal.Value}
	case a.Principal.Type == "Federated" && a.Action == "sts:AssumeRoleWithSAML":
		return evaluator.Principal{Kind: evaluator.SAML, Federated: a.Principal.Value}
	case a.Principal.Type == "Federated":
		return evaluator.Principal{Kind: evaluator.WebIdentity, Federated: a.Principal.Value}
	case strings.HasSuffix(a.Principal.Value, ":root"):
		p.Kind = evaluator.Root
	case len(kind.Values) == 1 && kind.Values[0] == "AssumedRole", strings.Contains(a.Principal.Value, ":role/"):
		p.Kind = evaluator.RoleSession
	default:
		p.Kind = evaluator.User
	}
	return p
}
