package advice

import (
	"context"
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// The bounds of a search: how many decisions it makes, how many steps a way has,
// and how many ways it finds.
const (
	maxDecisions = 4000
	maxSteps     = 8
	maxWays      = 24
)

// search looks for ways to have a request allowed.
type search struct {
	*Denial
	ctx       context.Context
	left      int // decisions
	documents map[*evaluator.Policy]*document
	found     []*state
	denied    []Step // the statements that keep the request denied on purpose
	result    evaluator.Result

	administrators map[string]string // by ARN, what is said of them
}

func newSearch(ctx context.Context, d *Denial) *search {
	return &search{Denial: d, ctx: ctx, left: maxDecisions, documents: map[*evaluator.Policy]*document{},
		administrators: map[string]string{}}
}

// begin is the request as it was made; false if it is allowed or cannot be decided.
func (s *search) begin() (*state, bool) {
	st := &state{request: changed(s.Request, &Request{}), policies: *s.Policies}
	r, ok := s.decide(&st.request, &st.policies)
	return st, ok && !r.Allowed()
}

// decide decides a request; false if the search is over. The result is valid until the
// next decision.
func (s *search) decide(r *evaluator.Request, p *evaluator.Policies) (*evaluator.Result, bool) {
	if s.left--; s.left < 0 {
		return nil, false
	}
	if s.Decide(s.ctx, r, p, &s.result) != nil {
		s.left = 0
		return nil, false
	}
	return &s.result, true
}

// expand finds the ways from a state. At each obstacle it tries every change that helps;
// after the first two obstacles it takes only the best one that leads on.
func (s *search) expand(st *state, depth int) bool {
	if len(s.found) >= maxWays || len(st.steps) > maxSteps || st.wavers() {
		return false
	}
	r, ok := s.decide(&st.request, &st.policies)
	if !ok {
		return false
	}
	if r.Allowed() {
		s.found = append(s.found, st)
		return true
	}
	led := false
	for _, next := range s.candidates(st, obstacle(r), depth == 0) {
		if s.expand(next, depth+1) {
			led = true
			if depth > 1 {
				return true
			}
		}
	}
	return led
}

// hurdle is a reason for the denial: a statement, or a layer that allows nothing.
type hurdle struct {
	layer evaluator.Layer
	deny  *evaluator.Match // nil: the layer lacks an Allow
}

// obstacle is the first thing that has to change.
func obstacle(r *evaluator.Result) hurdle {
	if r.Decision == evaluator.ExplicitDeny {
		for i := range r.Layers {
			for _, m := range r.Layers[i].Matches {
				if m.Effect() == evaluator.Deny {
					return hurdle{layer: r.Layers[i], deny: &m}
				}
			}
		}
	}
	for _, l := range r.Layers {
		if l.Kind == r.DeniedBy && l.Decision == evaluator.ImplicitDeny && !l.Waived {
			return hurdle{layer: l}
		}
	}
	return hurdle{}
}

// candidates are the states after each change that removes the obstacle, the best first.
// With blame, statements that keep the request denied on purpose are recorded.
func (s *search) candidates(st *state, h hurdle, blame bool) []*state {
	var list []*state
	if h.deny != nil {
		list = s.aroundDeny(st, &h, blame)
	} else if h.layer.Kind != evaluator.NoKind {
		list = s.towardAllow(st, &h.layer, blame)
	}
	slices.SortStableFunc(list, func(a, b *state) int { return a.rank() - b.rank() })
	return list
}

// rank orders states: by the step that reaches furthest.
func (st *state) rank() int {
	most := 0
	for i := range st.steps {
		most = max(most, st.steps[i].Kind.rank())
	}
	return most
}

// document is a policy taken apart; nil if it cannot be.
func (s *search) document(p *evaluator.Policy) *document {
	d, ok := s.documents[p]
	if !ok {
		d, _ = readDocument(p)
		s.documents[p] = d
	}
	return d
}
