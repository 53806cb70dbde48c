package advice

import (
	"fmt"
	"slices"
)

// ranked are the ways that were found and proved, the best first, without those that
// do more than another one.
func (s *search) ranked() []Advice {
	type way struct {
		advice Advice
		state  *state
	}
	var ways []way
	slices.SortStableFunc(s.found, func(a, b *state) int { return a.order() - b.order() })
	for _, st := range s.found {
		if len(ways) == maxProved {
			break
		}
		if a, ok := s.proved(st); ok {
			ways = append(ways, way{a, st})
		}
	}
	slices.SortStableFunc(ways, func(a, b way) int { return a.advice.order() - b.advice.order() })
	var out []Advice
	var kept []*state
	for _, w := range ways {
		if len(out) == maxShown || slices.ContainsFunc(kept, func(st *state) bool { return st.within(w.state) }) {
			continue
		}
		kept = append(kept, w.state)
		out = append(out, w.advice)
	}
	return out
}

// maxProved is how many ways are proved, which is more than are shown.
const maxProved = 2 * maxShown

// order is the position of a way before it is proved.
func (st *state) order() int { return st.rank()*16 + min(len(st.steps), 15) }

// order is the position of the advice among others: advice that allows more than the
// request comes after advice that does not.
func (a *Advice) order() int {
	n := a.Kind.rank() * 4
	switch {
	case len(a.AlsoAllows) == 0:
	case a.Kind == CompleteStatement:
		n = AddStatement.rank()*4 + 1
	default:
		n++
	}
	return n*16 + min(len(a.Steps), 15)
}

// within reports whether the other state takes all of these steps, and perhaps more.
func (st *state) within(other *state) bool {
	for i := range st.steps {
		if !slices.ContainsFunc(other.steps, func(x step) bool {
			return x.Sentence == st.steps[i].Sentence && x.statement() == st.steps[i].statement()
		}) {
			return false
		}
	}
	return true
}

// proved is the advice to take the steps of a state, after similar requests were decided;
// false if one that must stay denied is allowed.
func (s *search) proved(st *state) (Advice, bool) {
	a := Advice{Kind: kinds[st.rank()], Steps: s.finish(st)}
	seen := map[string]bool{}
	var reached []string // of AlsoAllows, other actions that give more permissions than their own
	for _, b := range s.beside(st) {
		if seen[b.words] {
			continue
		}
		seen[b.words] = true
		before, ok := s.decide(&b.request, s.Policies)
		if !ok {
			return a, false
		}
		if before.Allowed() {
			continue // allowed without the change too
		}
		after, ok := s.decide(&b.request, &st.policies)
		switch {
		case !ok, after.Allowed() && b.matters == strict:
			return a, false
		case after.Allowed() && b.matters == harmless:
		case after.Allowed():
			a.AlsoAllows = append(a.AlsoAllows, b.words)
			if b.request.Action != st.request.Action && escalates(&b.request) {
				reached = append(reached, b.words)
			}
		default:
			a.StaysDenied = append(a.StaysDenied, b.words)
		}
	}
	a.StaysDenied = a.StaysDenied[:min(len(a.StaysDenied), maxBeside)]
	a.Warnings = s.warned(st, a.AlsoAllows)
	if len(reached) > 0 {
		a.Warnings = append(a.Warnings, Warning{Escalation, fmt.Sprintf(
			"What becomes allowed besides gives more permissions than its own: %s.", short(reached))})
	}
	return a, len(a.StaysDenied) > 0
}

// maxBeside is how many of the requests that stay denied are listed.
const maxBeside = 6
