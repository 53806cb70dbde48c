package advice

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// maxListed is how many of the resources that policies name are tried.
const maxListed = 12

// listedResources are requests on other resources that policies name: first those of the
// changed statements, then those of all, since one layer may limit what another allows.
func (s *search) listedResources(st *state) []beside {
	var list []beside
	if st.request.Resource == "*" || st.changesOneRole() {
		return nil
	}
	a, known := catalog.FindAction(st.request.Action)
	known = known && a.Accepts(st.request.Resource)
	try := func(patterns []evaluator.Text) {
		for _, p := range patterns {
			if len(list) == maxListed {
				return
			}
			name, ok := st.oneOf(p.Value)
			if !ok || !strings.HasPrefix(name, "arn:") || name == st.request.Resource || known && !a.Accepts(name) {
				continue
			}
			r := changed(&st.request, &Request{Resource: name})
			b := beside{r, actionAndResource(&r), told}
			if !slices.ContainsFunc(list, func(other beside) bool { return other.words == b.words }) {
				list = append(list, b)
			}
		}
	}
	for _, x := range st.touched {
		try(x.source.Resources)
	}
	if len(st.touched) > 0 {
		st.eachStatement(func(x *evaluator.Statement) { try(x.Resources) })
	}
	return list
}

// oneOf is a resource that a pattern covers, in the account of the request's resource
// where the pattern leaves the account open; false if one of its variables has no value.
func (st *state) oneOf(pattern string) (string, bool) {
	name, ok := st.resolved(pattern)
	parts, own := strings.SplitN(name, ":", 6), strings.SplitN(st.request.Resource, ":", 6)
	if len(parts) == 6 && len(own) == 6 && parts[4] == "*" {
		parts[4] = own[4]
		name = strings.Join(parts, ":")
	}
	return others.Replace(name), ok
}

// others fills wildcards with a name.
var others = strings.NewReplacer("*", "other", "?", "x")

// eachStatement calls f for the statements of all policies.
func (st *state) eachStatement(f func(*evaluator.Statement)) {
	p := &st.policies
	lists := [][]*evaluator.Policy{p.Identity, p.Session, p.Limits, {p.Boundary, p.Resource, p.VPCEndpoint}}
	for _, policy := range slices.Concat(slices.Concat(lists, p.SCP, p.RCP)...) {
		if policy == nil {
			continue
		}
		for i := range policy.Document().Statements {
			f(&policy.Document().Statements[i])
		}
	}
}

// How many other actions are tried: first those that the changed statements cover too
// (and of these first the ones that any policy names), then others.
const (
	maxNamed   = 8
	maxCovered = 8
	maxOthers  = 4
)

// otherActions are other actions of the service on the same resource.
func (s *search) otherActions(st *state) []beside {
	service, name, _ := strings.Cut(st.request.Action, ":")
	found, ok := catalog.Find(service)
	if !ok {
		return nil
	}
	var named, covered, others []beside
	stems := st.stems(service)
	asked, _ := catalog.FindAction(st.request.Action)
	for a := range found.Actions() {
		without := len(a.Resources) == 0 && len(asked.Resources) == 0 // both take whatever resource the service decides on
		if strings.EqualFold(a.Name, name) || st.request.Resource != "*" && !without && !a.Accepts(st.request.Resource) {
			continue
		}
		r := st.request
		r.Action = a.Service + ":" + a.Name
		b := beside{r, actionAndResource(&r), strictIf(s.addsExactly(st))}
		if over := st.covers(r.Action); over && slices.ContainsFunc(stems, func(stem string) bool { return beginsWith(a.Name, stem) }) {
			named = append(named, b)
		} else if over {
			covered = append(covered, b)
		} else {
			others = append(others, b)
		}
	}
	return slices.Concat(named[:min(len(named), maxNamed)], covered[:min(len(covered), maxCovered)], others[:min(len(others), maxOthers)])
}

// stems are the actions of the service that policies name, each up to its first
// wildcard.
func (st *state) stems(service string) []string {
	var list []string
	add := func(actions []evaluator.Text) {
		for _, a := range actions {
			of, name, _ := strings.Cut(a.Value, ":")
			if stem, _, _ := strings.Cut(name, "*"); stem != "" && strings.EqualFold(of, service) && !slices.Contains(list, stem) {
				list = append(list, stem)
			}
		}
	}
	st.eachStatement(func(x *evaluator.Statement) {
		add(x.Actions)
		add(x.NotActions)
	})
	return list
}

// beginsWith reports whether a string begins with the stem, in any case.
func beginsWith(s, stem string) bool {
	return len(s) >= len(stem) && strings.EqualFold(s[:len(stem)], stem)
}

// covers reports whether a changed statement names the action, by the beginning of a
// pattern at least. It only chooses what is tried.
func (st *state) covers(action string) bool {
	return slices.ContainsFunc(st.touched, func(x *exam) bool {
		return len(x.source.NotActions) > 0 || slices.ContainsFunc(x.source.Actions, func(t evaluator.Text) bool {
			stem, _, open := strings.Cut(t.Value, "*")
			return (open || len(action) == len(stem)) && beginsWith(action, stem)
		})
	})
}
