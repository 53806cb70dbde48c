package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// model is a statement whose conditions a new one takes over. Without a statement, the
// new one has no conditions.
type model struct {
	*exam
	condition []byte // in JSON
	partly    bool   // conditions that the action can never meet are left out
}

// models are the statements whose conditions a new one may take over, the nearest first:
// those for the same action; if there are none, those of the same service and access
// level; otherwise those for the same resource. What policies say about other actions on
// other resources does not matter here.
func (s *search) models(st *state, at place, near []*exam) []model {
	if near = alike(&st.request.Principal, near); len(near) > 0 {
		return st.strictest(near)
	}
	service, _, _ := strings.Cut(st.request.Action, ":")
	access := accessLevel(st.request.Action)
	var sameLevel, sameResource []*exam
	for _, x := range alike(&st.request.Principal, s.everyAllow(st, at)) {
		switch level, of := x.about(service); {
		case of && level == access:
			sameLevel = append(sameLevel, x)
		case x.resource && (of || x.namesResource()):
			sameResource = append(sameResource, x)
		}
	}
	if len(sameLevel) > 0 {
		return st.strictest(sameLevel)
	}
	return st.strictest(sameResource)
}

// elsewhere reports whether the statement covers this action only because it covers every
// action, and covers only resources of other services.
func (x *exam) elsewhere(st *state) bool {
	all := func(t evaluator.Text) bool { return strings.Trim(t.Value, "*:") == "" }
	if x.resource || len(x.source.Resources) == 0 || !slices.ContainsFunc(x.source.Actions, all) {
		return false
	}
	service := arnService(st.request.Resource)
	return !slices.ContainsFunc(x.source.Resources, func(t evaluator.Text) bool {
		of := arnService(t.Value)
		return of == service || strings.ContainsAny(of, "*?$")
	})
}

// arnService is the service in an ARN, or in a pattern of ARNs; "*" for anything else.
func arnService(arn string) string {
	if parts := strings.SplitN(arn, ":", 4); len(parts) == 4 {
		return parts[2]
	}
	return "*"
}

// namesResource reports whether the statement is not for every resource.
func (x *exam) namesResource() bool {
	return len(x.source.Resources) > 0 && !slices.ContainsFunc(x.source.Resources, func(t evaluator.Text) bool { return t.Value == "*" })
}

// alike are the statements for callers of the same kind: conditions on a service or on
// another identity provider mean nothing to this caller.
func alike(p *evaluator.Principal, list []*exam) []*exam {
	var out []*exam
	for _, x := range list {
		_, federated := principalElement(p)["Federated"]
		named := func(ref evaluator.PrincipalRef) bool {
			return ref.Type == "" || principalElement(p)[ref.Type] != ""
		}
		if x.principal || !federated && slices.ContainsFunc(x.source.Principals, named) {
			out = append(out, x)
		}
	}
	return out
}

// strictest are the statements with conditions, those with the most first. If none has
// conditions that a request for the action can meet, there is one model without
// conditions.
func (st *state) strictest(list []*exam) []model {
	var out []model
	for _, x := range list {
		if condition, partly := st.possible(x); len(condition) > 2 { // more than "{}"
			out = append(out, model{x, condition, partly})
		}
	}
	if len(out) == 0 {
		return []model{{}}
	}
	slices.SortStableFunc(out, func(a, b model) int { return len(b.source.Conditions) - len(a.source.Conditions) })
	return out
}

// possible are the conditions of the statement on keys that a request for the action can
// have. A statement for the action itself keeps all conditions: they were written for it.
func (st *state) possible(x *exam) (condition []byte, partly bool) {
	raw := x.statement.object().Get("Condition")
	if x.action || len(x.source.Conditions) == 0 {
		return raw, false
	}
	operators, _ := ordered.Read(raw)
	var kept ordered.Object
	for _, o := range operators {
		keys, _ := ordered.Read(o.Value)
		some := slices.DeleteFunc(slices.Clone(keys), func(m ordered.Member) bool { return !st.canHave(m.Name) })
		if partly = partly || len(some) < len(keys); len(some) > 0 {
			kept = append(kept, ordered.Member{Name: o.Name, Value: some.Raw()})
		}
	}
	return kept.Raw(), partly
}

// canHave reports whether a request for the action can have the key, as far as is known:
// AWS's reference lists the keys of services and of tags with the actions.
func (st *state) canHave(key string) bool {
	service, _, _ := strings.Cut(key, ":")
	listed := !strings.EqualFold(service, "aws") || isResourceTag(key) || beginsWith(key, requestTags) ||
		strings.EqualFold(key, "aws:TagKeys")
	a, known := catalog.FindAction(st.request.Action)
	if _, _, has := st.request.Context.Lookup(key); has || !listed || !known {
		return true
	}
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(k string) bool { return sameKey(k, key) })
	}
	return has(a.ConditionKeys) || slices.ContainsFunc(a.Resources, func(r catalog.ActionResource) bool {
		return has(r.ConditionKeys) || has(r.ActionKeys)
	})
}

// unlikeOthers warns that every statement of the place asks for a key that the new one
// does not ask for.
func (s *search) unlikeOthers(st *state, at place, like *model) []Warning {
	if like.exam != nil {
		return nil
	}
	var shared []string
	for i, x := range alike(&st.request.Principal, s.everyAllow(st, at)) {
		asks := func(key string) bool {
			return slices.ContainsFunc(x.source.Conditions, func(c evaluator.Condition) bool { return strings.EqualFold(c.Key, key) })
		}
		if i == 0 {
			for _, c := range x.source.Conditions {
				if st.canHave(c.Key) && !slices.Contains(shared, c.Key) {
					shared = append(shared, c.Key)
				}
			}
		}
		shared = slices.DeleteFunc(shared, func(key string) bool { return !asks(key) })
	}
	if len(shared) == 0 {
		return nil
	}
	return []Warning{{LoosensGuardrail, fmt.Sprintf("Every other statement that allows the caller something asks for %s, "+
		"and the new one does not. If that is meant for this action too, add the condition.", strings.Join(shared, " and "))}}
}

// everyAllow are the Allow statements of a place.
func (s *search) everyAllow(st *state, at place) []*exam {
	var list []*exam
	for _, p := range st.in(at) {
		d := s.document(p)
		for i := range p.Document().Statements {
			if source := &p.Document().Statements[i]; d != nil && i < len(d.statements) && source.Effect == evaluator.Allow {
				x := &exam{at: at, policy: p, source: source, statement: d.statements[i]}
				s.examine(st, x)
				list = append(list, x)
			}
		}
	}
	return list
}

// about reports whether the statement has an action of the service, and that action's
// access level.
func (x *exam) about(service string) (catalog.AccessLevel, bool) {
	for _, a := range x.source.Actions {
		if of, _, _ := strings.Cut(a.Value, ":"); strings.EqualFold(of, service) {
			return accessLevel(a.Value), true
		}
	}
	return "", false
}

// accessLevel is the access level of an action, or of the first one that a pattern
// covers.
func accessLevel(action string) catalog.AccessLevel {
	if a, ok := catalog.FindAction(action); ok {
		return a.Access
	}
	service, name, _ := strings.Cut(action, ":")
	stem, _, _ := strings.Cut(name, "*")
	found, ok := catalog.Find(service)
	if !ok || stem == "" {
		return ""
	}
	for a := range found.Actions() {
		if beginsWith(a.Name, stem) {
			return a.Access
		}
	}
	return ""
}
