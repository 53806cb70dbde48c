package compare

import (
	"fmt"
	"slices"
	"strings"
)

// explored are the resources that some statements tell apart.
type explored struct {
	after, before []*statement // those about the action and the caller, of the new document and of the old one
	places        map[*entry]int
	reached       []*reached
	whole         bool // all resources were looked at
}

// explore finds them, once for the same statements.
func (c *comparison) explore(after, before []*statement) *explored {
	e := &explored{after: after, before: before, places: map[*entry]int{}}
	var entries []*entry
	granting, endless := map[*entry]bool{}, false
	var key strings.Builder
	for _, s := range slices.Concat(after, before) {
		fmt.Fprintf(&key, "%p ", s)
		for _, x := range s.entries {
			e.places[x] = inDomain + len(entries)
			entries = append(entries, x)
			granting[x] = slices.Contains(after, s) && allows(s) && !s.not
		}
	}
	for _, s := range after {
		endless = endless || allows(s) && (s.not || s.all)
	}
	k := key.String()
	if list, ok := c.explored[k]; ok {
		e.reached, e.whole = list, !c.large[k]
		return e
	}
	a := newAutomaton(entries, func(x *entry) bool { return granting[x] }, endless)
	e.whole = a.explore(&c.bounds, func(r *reached) { e.reached = append(e.reached, r) })
	c.explored[k], c.large[k] = e.reached, !e.whole
	return e
}

// cell are the statements about a resource.
func (e *explored) cell(r *reached, spend func(claims, *statement) bool) *cell {
	c := &cell{spend: spend}
	for _, s := range e.after {
		possibly, surely := e.applies(s, r)
		switch {
		case allows(s) && (surely || possibly && s.not):
			c.granted = append(c.granted, s)
		case !allows(s):
			c.denies = append(c.denies, s)
			if surely {
				c.refused = append(c.refused, s)
			}
		}
	}
	for _, s := range e.before {
		possibly, surely := e.applies(s, r)
		switch {
		case allows(s) && surely:
			c.allowed = append(c.allowed, s)
		case !allows(s) && possibly:
			c.forbidden = append(c.forbidden, s)
		}
	}
	return c
}

// applies reports whether the statement applies to the resource, for some values of
// variables and for all.
func (e *explored) applies(s *statement, r *reached) (possibly, surely bool) {
	if s.all {
		return true, true
	}
	for _, x := range s.entries {
		possibly = possibly || r.possibly.has(e.places[x])
		surely = surely || r.surely.has(e.places[x])
	}
	if s.not {
		return !surely, !possibly
	}
	return possibly, surely
}
