package advice

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// aroundDeny are the ways to keep a Deny statement from applying.
func (s *search) aroundDeny(st *state, h *hurdle, blame bool) []*state {
	d := s.document(h.deny.Policy)
	if d == nil || h.deny.Statement.Index >= len(d.statements) {
		return nil
	}
	x := &exam{
		at: placeOf(&h.layer), policy: h.deny.Policy, source: h.deny.Statement, statement: d.statements[h.deny.Statement.Index],
		action: true, principal: true, resource: true,
	}
	var list []*state
	for i := range x.source.Conditions {
		for _, option := range s.options(st, x, &x.source.Conditions[i], false) {
			list = append(list, st.after(option))
		}
	}
	var exceptions []*state
	for _, a := range s.exceptions(st, x) {
		if next := s.amended(st, x, []*amend{a}); next != nil && !s.stillApplies(next) {
			exceptions = append(exceptions, next)
		}
	}
	if blame {
		s.blameDeny(st, x, exceptions)
	}
	return append(list, exceptions...)
}

// stillApplies reports whether the statement that was changed last applies.
func (s *search) stillApplies(st *state) bool {
	x := st.touched[len(st.touched)-1]
	return s.applies(st, x)
}

// exceptions are the changes that exempt this request from a Deny: one more value among
// those that it spares, one more action or resource that it does not cover. If it spares
// requests by a variable, there is no list to add to. Where there are conditions, one
// more exempt action would be exempt from those too.
func (s *search) exceptions(st *state, x *exam) []*amend {
	var list []*amend
	for i := range x.source.Conditions {
		c := &x.source.Conditions[i]
		if op := readOperator(c.Operator); op.negated && op.quantifier == "" {
			if a := s.spare(st, c, i); a != nil {
				list = append(list, a)
			}
		}
	}
	if len(x.source.Conditions) > 0 {
		return list
	}
	for _, element := range []struct{ name, value string }{{"NotAction", st.request.Action}, {"NotResource", st.request.Resource}} {
		raw := x.statement.object().Get(element.name)
		patterns, ok := stringsOf(raw)
		if raw == nil || !ok || s.inPlay(st, x, patterns) != "" || strings.ContainsAny(element.value, "*?$") {
			continue
		}
		list = append(list, &amend{
			condition: -1, words: fmt.Sprintf("add %s to its %s", element.value, element.name),
			change: func(o ordered.Object) (ordered.Object, bool) {
				all, ok := extended(raw, element.value)
				return o.With(element.name, all), ok
			},
		})
	}
	return list
}

// spare adds the request's value to those that a negated condition lists.
func (s *search) spare(st *state, c *evaluator.Condition, index int) *amend {
	found, multi, ok := st.request.Context.Lookup(c.Key)
	if !ok || multi || len(found) == 0 || !listed[readOperator(c.Operator).name] || claimed[strings.ToLower(c.Key)] {
		return nil
	}
	for _, v := range c.Values {
		if hasVariable(v.Value) {
			return nil
		}
	}
	return addValues(c, index, []string{found[0]}, nil)
}

// applied says why a Deny statement applied.
func (s *search) applied(st *state, x *exam) string {
	var list []string
	if x.statement.object().Get("NotPrincipal") != nil {
		list = append(list, "its NotPrincipal does not spare the caller")
	}
	for _, element := range []string{"NotAction", "NotResource"} {
		if patterns, ok := stringsOf(x.statement.object().Get(element)); ok && len(patterns) > 0 {
			what := map[string]string{"NotAction": st.request.Action, "NotResource": st.request.Resource}[element]
			list = append(list, fmt.Sprintf("its %s (%s) does not cover %s", element, short(patterns), what))
		}
	}
	for i := range x.source.Conditions {
		c := &x.source.Conditions[i]
		list = append(list, fmt.Sprintf("%s %s %s holds, for %s", c.Operator, c.Key, s.wanted(st, x, c), has(st, c.Key)))
	}
	if len(list) == 0 {
		elements := s.traced(&st.request, st, x.policy, x.source.Index)
		text := "it denies " + covering(elements, x, "Action")
		if resource := covering(elements, x, "Resource"); resource != "" {
			text += " on " + resource
		}
		return text + ", without a condition"
	}
	return strings.Join(list, ", and ")
}

// covering is the pattern of an element that covers the request; empty if the
// statement has none.
func covering(elements []evaluator.Element, x *exam, element string) string {
	for i := range elements {
		if elements[i].Name != element {
			continue
		}
		for _, v := range elements[i].Values {
			if v.Matches {
				return v.Text
			}
		}
	}
	patterns, _ := stringsOf(x.statement.object().Get(element))
	return short(patterns)
}

// short is a list shortened to its first elements.
func short(list []string) string {
	const most = 4
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}
