package compare

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"

	"github.com/understudy-iam/understudy/evaluator"
)

// The automaton reads a resource, unit by unit, with all entries at once. It
// finds one resource of each set of entries that some resource matches.
//
// The value of a policy variable is not known. In a resource it is one letter of its
// own, which stands for any value. An entry surely matches a resource with such
// letters if it matches whatever the values are: by the same variable, or by a "*". It may
// match if it matches for some values.

// Bounds of the automatons of a comparison, beside those of states. Together they keep the
// comparison of the largest documents within some 20 MB.
const (
	maxPlaces = 8_000_000 // that they come to, in all their steps
	maxFound  = 500_000   // letters and words of the resources that they find
)

// domain are the forms of a resource: an ARN, or "*" for an action without one.
func domain() [inDomain][]evaluator.Symbol {
	arn, _ := evaluator.ResourceSymbols("arn:*:*:*:*:*", evaluator.Version2012)
	return [...][]evaluator.Symbol{arn, {{Unit: '*'}}}
}

// inDomain is how many these are: the first entries of an automaton.
const inDomain = 2

// automaton holds the entries end to end: the place of an entry's symbol is its offset
// plus the symbol's index, and behind the last symbol there is one place that accepts.
type automaton struct {
	entries  [][]evaluator.Symbol // the first two are the domain
	offsets  []int32
	owner    []int32 // of each place, its entry
	granting []bool  // the entry belongs to Resource of a statement of the new document that allows
	endless  bool    // such a statement has NotResource, or no entries at all
	other    uint16  // a unit that no entry has
	vague    bool    // some entry has a variable

	next state // the state that is being made; its memory is used again
	ends matching
}

// reached is a resource and what matches it.
type reached struct {
	resource []letter
	matching
}

// matching are the entries that match a resource.
type matching struct{ surely, possibly entrySet }

// entrySet is a set of entries, by number, a bit each.
type entrySet []uint64

func (s entrySet) has(n int) bool { return s[n/64]>>(n%64)&1 == 1 }

func (s entrySet) add(n int32) { s[n/64] |= 1 << (n % 64) }

// letter is a unit of a resource, or the value of a variable.
type letter struct {
	unit     uint16
	variable string
}

type state struct {
	surely, possibly []int32 // places, in order; none are in possibly if no entry has a variable
	from             int     // the state before, -1 for the first
	by               letter
}

func newAutomaton(entries []*entry, granting func(*entry) bool, endless bool) *automaton {
	a := &automaton{endless: endless}
	for _, symbols := range domain() {
		a.add(symbols, false)
	}
	for _, e := range entries {
		a.add(e.symbols, granting(e))
	}
	a.other = a.unused()
	words := (len(a.entries) + 63) / 64
	a.ends = matching{make(entrySet, words), make(entrySet, words)}
	return a
}

func (a *automaton) add(symbols []evaluator.Symbol, granting bool) {
	n := int32(len(a.entries))
	a.entries = append(a.entries, symbols)
	a.offsets = append(a.offsets, int32(len(a.owner)))
	a.granting = append(a.granting, granting)
	for range len(symbols) + 1 {
		a.owner = append(a.owner, n)
	}
	a.vague = a.vague || slices.ContainsFunc(symbols, func(s evaluator.Symbol) bool { return s.Kind == evaluator.VariableSymbol })
}

// unused is a unit that no entry has, a small letter if there is one.
func (a *automaton) unused() uint16 {
	used := map[uint16]bool{}
	for _, symbols := range a.entries {
		for _, s := range symbols {
			used[s.Unit] = s.Kind == evaluator.UnitSymbol || used[s.Unit]
		}
	}
	for _, c := range "xyzqwvkjbghupfmldcnotresia" {
		if !used[uint16(c)] {
			return uint16(c)
		}
	}
	unit := uint16(0x4e00)
	for used[unit] {
		unit++
	}
	return unit
}

// symbol is what is at a place; false behind the last symbol.
func (a *automaton) symbol(place int32) (evaluator.Symbol, bool) {
	n := a.owner[place]
	i := place - a.offsets[n]
	if int(i) == len(a.entries[n]) {
		return evaluator.Symbol{}, false
	}
	return a.entries[n][i], true
}

// bounds are what automatons may still come to; all those of a comparison share them.
type bounds struct {
	places int // see maxPlaces
	found  int // see maxFound
}

// explore calls found with one resource of each set of entries that match together. It
// takes what it comes to from what is left, and is false if that is not enough.
func (a *automaton) explore(left *bounds, found func(*reached)) bool {
	first := state{from: -1}
	for _, offset := range a.offsets {
		first.surely = a.enter(first.surely, offset, false)
		if a.vague {
			first.possibly = a.enter(first.possibly, offset, true)
		}
	}
	known, sets := newStates(first), map[string]bool{}
	for i := 0; i < len(known.list); i++ {
		if key := a.accept(&known.list[i]); a.ends.isResource() && !sets[string(key)] {
			sets[string(key)] = true
			r := &reached{path(known.list, i), a.ends.clone()}
			if left.found -= len(r.resource) + 2*len(r.surely); left.found < 0 {
				return false
			}
			found(r)
		}
		for _, by := range a.letters(&known.list[i]) {
			next := a.step(&known.list[i], by)
			if left.places -= len(next.surely) + len(next.possibly) + 1; left.places < 0 {
				return false
			}
			next.from = i
			if a.hopeful(next) && !known.add(next) {
				return false
			}
		}
	}
	return true
}

// enter adds a place, and those that are reached from it without reading.
func (a *automaton) enter(places []int32, place int32, possibly bool) []int32 {
	for {
		places = append(places, place)
		s, ok := a.symbol(place)
		if !ok || s.Kind != evaluator.StarSymbol && (s.Kind != evaluator.VariableSymbol || !possibly) {
			return places
		}
		place++
	}
}

// step is the state after a letter. It is valid until the next step.
func (a *automaton) step(s *state, by letter) *state {
	next := &a.next
	next.by, next.surely, next.possibly = by, next.surely[:0], next.possibly[:0]
	for _, place := range s.surely {
		next.surely = a.after(next.surely, place, by, false)
	}
	next.surely = sorted(next.surely)
	if a.vague {
		for _, place := range s.possibly {
			next.possibly = a.after(next.possibly, place, by, true)
		}
		next.possibly = sorted(next.possibly)
	}
	return next
}

func sorted(places []int32) []int32 {
	slices.Sort(places)
	return slices.Compact(places)
}

// after appends the places that are reached from one by a letter.
func (a *automaton) after(places []int32, place int32, by letter, possibly bool) []int32 {
	s, ok := a.symbol(place)
	switch {
	case by.variable != "" && possibly: // a value can be anything, so it can lead anywhere
		for ; ok; _, ok = a.symbol(place) {
			places = append(places, place)
			place++
		}
		return append(places, place)
	case !ok:
		return places
	case by.variable != "":
		switch {
		case s.Kind == evaluator.VariableSymbol && s.Variable == by.variable:
			return a.enter(places, place+1, false)
		case s.Kind == evaluator.StarSymbol && !s.NoColon:
			return a.enter(places, place, false)
		}
		return places
	}
	colon := s.NoColon && by.unit == ':'
	switch {
	case s.Kind == evaluator.UnitSymbol && s.Unit == by.unit, s.Kind == evaluator.MarkSymbol && !colon:
		return a.enter(places, place+1, possibly)
	case s.Kind == evaluator.StarSymbol && !colon, s.Kind == evaluator.VariableSymbol && possibly:
		return a.enter(places, place, possibly)
	}
	return places
}

// letters are those that can lead to different states.
func (a *automaton) letters(s *state) []letter {
	list := []letter{{unit: a.other}, {unit: ':'}}
	for _, place := range a.possible(s) {
		switch symbol, ok := a.symbol(place); {
		case ok && symbol.Kind == evaluator.UnitSymbol:
			list = append(list, letter{unit: symbol.Unit})
		case ok && symbol.Kind == evaluator.VariableSymbol && a.granting[a.owner[place]]:
			list = append(list, letter{variable: symbol.Variable})
		}
	}
	slices.SortFunc(list, func(x, y letter) int {
		if x.variable != y.variable {
			if x.variable < y.variable {
				return -1
			}
			return 1
		}
		return int(x.unit) - int(y.unit)
	})
	return slices.Compact(list)
}

// hopeful reports whether a resource that begins as far as the state has read can be one
// that the new document grants.
func (a *automaton) hopeful(s *state) bool {
	possible, granted := false, a.endless
	for _, place := range s.surely {
		n := a.owner[place]
		possible = possible || int(n) < inDomain
		granted = granted || a.granting[n]
	}
	return possible && granted
}

// possible are the places of a state for some values of variables.
func (a *automaton) possible(s *state) []int32 {
	if a.vague {
		return s.possibly
	}
	return s.surely
}

// accept puts the entries that match the resource that leads to a state into ends, and
// returns what tells them from others.
func (a *automaton) accept(s *state) (key []byte) {
	a.mark(a.ends.surely, s.surely)
	a.mark(a.ends.possibly, a.possible(s))
	for i := range a.ends.surely {
		key = binary.LittleEndian.AppendUint64(key, a.ends.surely[i])
		key = binary.LittleEndian.AppendUint64(key, a.ends.possibly[i])
	}
	return key
}

// mark makes the set that of the entries that end at one of the places.
func (a *automaton) mark(set entrySet, places []int32) {
	clear(set)
	for _, place := range places {
		if _, more := a.symbol(place); !more {
			set.add(a.owner[place])
		}
	}
}

func (m *matching) isResource() bool { return m.surely.has(0) || m.surely.has(1) }

func (m *matching) clone() matching {
	return matching{slices.Clone(m.surely), slices.Clone(m.possibly)}
}

// path are the letters that lead to a state.
func path(states []state, i int) []letter {
	var list []letter
	for ; states[i].from >= 0; i = states[i].from {
		list = append(list, states[i].by)
	}
	slices.Reverse(list)
	return list
}

// text is the resource with values in place of variables.
func text(resource []letter, value func(variable string) string) string {
	var out []byte
	var units []uint16
	flush := func() {
		out = append(out, string(utf16.Decode(units))...)
		units = units[:0]
	}
	for _, l := range resource {
		if l.variable == "" {
			units = append(units, l.unit)
			continue
		}
		flush()
		out = append(out, value(l.variable)...)
	}
	flush()
	return string(out)
}
