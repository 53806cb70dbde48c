package advice

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// exam is a statement, and which of its elements apply to a request.
type exam struct {
	at        place
	policy    *evaluator.Policy
	source    *evaluator.Statement
	statement *statement

	action, principal, resource bool
	unmet                       []int // the conditions that do not hold, by index
}

// examined are the statements of a place that have the effect and cover the request's
// action.
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

// examine compares the statement with the request, element by element.
func (s *search) examine(st *state, x *exam) {
	x.action, x.principal, x.resource, x.unmet = false, true, true, nil
	condition := 0
	for _, e := range s.traced(&st.request, st, x.policy, x.source.Index) {
		switch strings.TrimPrefix(e.Name, "Not") {
		case "Action":
			x.action = e.Applies
		case "Principal":
			x.principal = e.Applies
		case "Resource":
			x.resource = e.Applies
		default:
			if !e.Applies {
				x.unmet = append(x.unmet, condition)
			}
			condition++
		}
	}
}

// traced compares a statement with a request; nil if the search is over.
func (s *search) traced(r *evaluator.Request, st *state, p *evaluator.Policy, index int) []evaluator.Element {
	if s.left--; s.left < 0 || s.ctx.Err() != nil {
		s.left = 0
		return nil
	}
	return p.Trace(r, &st.policies, index)
}

// applies reports whether the statement applies in a state.
func (s *search) applies(st *state, x *exam) bool {
	now := *x
	s.examine(st, &now)
	return now.complete()
}

// complete reports whether every element applies.
func (x *exam) complete() bool { return x.action && x.principal && x.resource && len(x.unmet) == 0 }

func hasPrincipal(kind evaluator.Kind) bool {
	return kind == evaluator.Trust || kind == evaluator.Resource || kind == evaluator.VPCEndpoint
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
