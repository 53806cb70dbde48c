package advice

import (
	"encoding/json"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// exam is a statement, and which of its elements apply to a request.
type exam struct {
	at        place
	policy    *evaluator.Policy
	source    *evaluator.Statement
	statement object

	action, principal, resource bool
	unmet                       []int // the conditions that do not hold, by index
}

// examined are the statements of a place with the effect that are for the
// request's action.
func (s *search) examined(st *state, at place, effect evaluator.Effect) []*exam {
	var list []*exam
	for _, p := range st.in(at) {
		d := s.document(p)
		if d == nil {
			continue
		}
		for i := range p.Document().Statements {
			source := &p.Document().Statements[i]
			if source.Effect != effect || i >= len(d.statements) {
				continue
			}
			x := &exam{at: at, policy: p, source: source, statement: d.statements[i]}
			if s.examine(st, x); x.action {
				list = append(list, x)
			}
		}
	}
	return list
}

// examine tries each element of the statement by itself.
func (s *search) examine(st *state, x *exam) {
	if x.action = s.applies(st, x, "Action", "NotAction"); !x.action {
		return
	}
	x.principal = !hasPrincipal(x.at.kind) || s.applies(st, x, "Principal", "NotPrincipal")
	x.resource = x.at.kind == evaluator.Trust || s.applies(st, x, "Resource", "NotResource")
	for i := range x.source.Conditions {
		if !s.meets(st, x, i) {
			x.unmet = append(x.unmet, i)
		}
	}
}

// complete reports whether every element applies.
func (x *exam) complete() bool { return x.action && x.principal && x.resource && len(x.unmet) == 0 }

func hasPrincipal(kind evaluator.Kind) bool {
	return kind == evaluator.Trust || kind == evaluator.Resource || kind == evaluator.VPCEndpoint
}

// applies reports whether one element of the statement covers the request: all
// others are made to.
func (s *search) applies(st *state, x *exam, name, negated string) bool {
	raw := x.statement.get(name)
	if raw == nil {
		name, raw = negated, x.statement.get(negated)
	}
	if raw == nil {
		return name == "NotResource" && hasPrincipal(x.at.kind) // without a resource it is the policy's own
	}
	probe := s.probe(st, x).without(strings.TrimPrefix(name, "Not"))
	return s.alone(st, x, append(probe, member{name, raw}))
}

// meets reports whether the condition with the index holds.
func (s *search) meets(st *state, x *exam, index int) bool {
	return s.alone(st, x, append(s.probe(st, x), member{"Condition", conditionOf(&x.source.Conditions[index])}))
}

func conditionOf(c *evaluator.Condition) json.RawMessage {
	return jsonOf(map[string]map[string][]string{c.Operator: {c.Key: values(c)}})
}

func values(c *evaluator.Condition) []string {
	list := make([]string, len(c.Values))
	for i, v := range c.Values {
		list[i] = v.Value
	}
	return list
}

// probe is a statement with the effect of x that covers the request.
func (s *search) probe(st *state, x *exam) object {
	o := object{{"Effect", jsonOf(x.source.Effect.String())}, {"Action", jsonOf("*")}}
	if hasPrincipal(x.at.kind) {
		o = append(o, member{"Principal", jsonOf(principalElement(&st.request.Principal))})
	}
	if x.at.kind != evaluator.Trust {
		o = append(o, member{"Resource", jsonOf("*")})
	}
	return o
}

// alone reports whether a statement applies in place of all policies of its layer.
func (s *search) alone(st *state, x *exam, statement object) bool {
	return s.aloneTo(&st.request, st, x, statement)
}

// aloneTo is alone for another request.
func (s *search) aloneTo(r *evaluator.Request, st *state, x *exam, statement object) bool {
	d := s.document(x.policy)
	if d == nil {
		return false
	}
	p, err := evaluator.Compile(d.only(statement), x.at.kind, evaluator.Origin{})
	if err != nil {
		return false
	}
	lone := state{policies: evaluator.Policies{ResourceRule: st.policies.ResourceRule}}
	if hasPrincipal(x.at.kind) {
		lone.policies.Boundary = st.policies.Boundary // with one, NotPrincipal exempts nobody
	}
	at := place{kind: x.at.kind}
	lone.policies.SCP, lone.policies.RCP = make([][]*evaluator.Policy, 1), make([][]*evaluator.Policy, 1)
	lone.put(at, nil, p)
	result, ok := s.decide(r, &lone.policies)
	if !ok {
		return false
	}
	for i := range result.Layers {
		if l := &result.Layers[i]; l.Kind == at.kind && len(l.Matches) > 0 {
			return true
		}
	}
	return false
}

// principalElement is the Principal that names the caller. A role session is named
// by its role, as people do.
func principalElement(p *evaluator.Principal) map[string]string {
	switch {
	case p.Kind == evaluator.WebIdentity || p.Kind == evaluator.SAML:
		return map[string]string{"Federated": p.Federated}
	case p.Kind == evaluator.Service:
		return map[string]string{"Service": p.Service}
	case p.Kind == evaluator.Anonymous:
		return map[string]string{"AWS": "*"}
	case p.Kind == evaluator.RoleSession && p.EntityARN != "":
		return map[string]string{"AWS": p.EntityARN}
	}
	return map[string]string{"AWS": p.ARN}
}
