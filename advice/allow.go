package advice

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// maxNear is how many of the statements that almost allow the request are completed.
const maxNear = 6

// towardAllow are the ways to let a layer allow the request.
func (s *search) towardAllow(st *state, l *evaluator.Layer, blame bool) []*state {
	at := placeOf(l)
	if blame {
		s.blameService(st, at)
	}
	near := slices.DeleteFunc(s.examined(st, at, evaluator.Allow), func(x *exam) bool { return x.elsewhere(st) })
	slices.SortStableFunc(near, func(a, b *exam) int { return a.distance() - b.distance() })
	var list []*state
	for _, x := range near[:min(len(near), maxNear)] {
		list = append(list, s.completions(st, x, blame)...)
	}
	list = append(list, s.additions(st, l, near, blame)...)
	if other := s.resourceInstead(st, l); other != nil {
		list = append(list, other...)
	}
	return list
}

// distance is how many elements of the statement do not apply.
func (x *exam) distance() int {
	n := len(x.unmet)
	if !x.principal {
		n++
	}
	if !x.resource {
		n++
	}
	return n
}

// resourceInstead are the ways to allow by the resource's own policy instead of the
// caller's policies, where that is enough and it almost does.
func (s *search) resourceInstead(st *state, l *evaluator.Layer) []*state {
	if l.Kind != evaluator.Identity || st.policies.Resource == nil || st.policies.ResourceRule != evaluator.OrdinaryRule {
		return nil
	}
	var list []*state
	for _, x := range s.examined(st, place{kind: evaluator.Resource}, evaluator.Allow) {
		if !x.complete() {
			list = append(list, s.completions(st, x, false)...)
		}
	}
	return list
}

// gap is an element that does not apply, with the possible changes.
type gap struct {
	options []step // changes of the request, the best first
	amend   *amend // of the statement; nil: none is sensible
	why     string // it does not apply
	pointed bool   // of a resource: the statement leaves it out on purpose

	// mistaken says that the statement cannot be meant as it is written.
	mistaken bool
}

// amend is a change of a statement.
type amend struct {
	change    func(ordered.Object) (ordered.Object, bool)
	words     string // what is added to what
	warnings  []Warning
	condition int      // the index of the condition that is changed; -1: none
	before    *Request // the request with what the element listed before; nil: not known
}

// gaps are the elements of a statement that do not apply.
func (s *search) gaps(st *state, x *exam) []gap {
	var list []gap
	if !x.principal {
		list = append(list, s.principalGap(st, x))
	}
	if !x.resource {
		list = append(list, s.resourceGap(st, x))
	}
	for _, i := range x.unmet {
		list = append(list, s.conditionGap(st, x, i))
	}
	return list
}

// completions are the states in which the statement allows: once with as many changes of
// the request as possible, once with changes of the statement.
func (s *search) completions(st *state, x *exam, blame bool) []*state {
	gaps := s.gaps(st, x)
	var list []*state
	stuck, amendable, choice := false, true, false
	for i := range gaps {
		choice = choice || len(gaps[i].options) > 0 && gaps[i].amend != nil
		stuck = stuck || len(gaps[i].options) == 0 && gaps[i].amend == nil
		amendable = amendable && gaps[i].amend != nil
	}
	if blame && (stuck || !amendable) && x.pointed(gaps) {
		s.blame(x, gaps)
	}
	if stuck {
		return nil
	}
	for _, byRequest := range []bool{true, false} {
		if !byRequest && !choice {
			break // it would be the same
		}
		if next := s.complete(st, x, gaps, byRequest); next != nil && !slices.ContainsFunc(list, next.same) {
			list = append(list, next)
		}
	}
	return list
}

// pointed reports whether the statement is about this request, and does not just happen
// to have the same action: it is for the caller, and for the resource or for those that a
// variable or a NotResource distinguishes from it.
func (x *exam) pointed(gaps []gap) bool {
	return x.principal && (x.resource || gaps[0].pointed)
}

// same reports whether two states were reached by the same steps.
func (st *state) same(other *state) bool {
	return slices.EqualFunc(st.steps, other.steps, func(a, b step) bool {
		return a.Sentence == b.Sentence && a.statement() == b.statement()
	})
}

// statement is the statement that the step leads to, as a string; empty: none.
func (x *step) statement() string {
	if x.Edit == nil {
		return ""
	}
	return x.Layer + " " + x.Level + " " + x.Edit.Policy + " " + string(x.Edit.After)
}

// complete closes the gaps of a statement; nil if it still does not apply.
func (s *search) complete(st *state, x *exam, gaps []gap, byRequest bool) *state {
	next := st
	var amends []*amend
	for i := range gaps {
		g := &gaps[i]
		if len(g.options) > 0 && (byRequest || g.amend == nil) {
			next = next.after(g.options[0])
			continue
		}
		amends = append(amends, g.amend)
	}
	if len(amends) > 1 && !x.principal {
		return nil // it would also allow the new caller the old resources, and the old callers the new one: two statements are meant
	}
	if len(amends) > 0 {
		if next = s.amended(next, x, amends); next == nil {
			return nil
		}
		x = next.touched[len(next.touched)-1]
	}
	if !s.applies(next, x) {
		return nil
	}
	return next
}
