package evaluator

import (
	"math"
	"slices"
	"sort"
	"strconv"
)

// The values of a condition are compared with each value that the request has for
// the key. So that many values on both sides do not multiply, a condition finds
// equal values in a set and numbers and dates by their order. Only patterns and
// variables are tried one after the other.

// manyValues is the number of values from which a set is worth its memory.
const manyValues = 32

// index prepares the values for comparisons, now that all have been added.
func (k *condition) index() {
	switch {
	case k.family == familyNumeric:
		slices.SortFunc(k.numbers, func(a, b number) int { return a.compare(&b) })
	case k.family == familyDate:
		slices.Sort(k.dates)
	case k.count < manyValues || k.family == familyNull:
	case k.family == familyARN:
		k.indexARNs()
	case k.family == familyIP:
		k.indexed, k.networks = newNetworkSet(k.networks), nil
	default:
		k.indexTexts()
	}
}

// tries is how many comparisons a value of the request may take.
func (k *condition) tries() int {
	if k.literals != nil {
		return 1 + len(k.arns) + len(k.networks)
	}
	return 1 + len(k.patterns)
}

func (k *condition) indexTexts() {
	k.set = make(map[string]struct{})
	kept := k.patterns[:0]
	for _, p := range k.patterns {
		if p.shape == shapeLiteral {
			k.set[k.canonical(p.text)] = struct{}{}
		} else {
			kept = append(kept, p)
		}
	}
	k.patterns = slices.Clip(slices.Clone(kept))
}

// canonical returns the same string for all values that the operator considers equal.
func (k *condition) canonical(text string) string {
	switch k.family {
	case familyIgnoreCase:
		return string(appendLower(nil, text))
	case familyBool:
		return strconv.FormatBool(equalIgnoreCase(text, "true"))
	}
	return text
}

// has reports whether the set has the value of a request.
func (k *condition) has(v string, sc *scratch) bool { return k.set != nil && k.find(v, sc) }

func (k *condition) find(v string, sc *scratch) bool {
	if k.family == familyIgnoreCase {
		sc.lower = appendLower(sc.lower[:0], v)
		_, ok := k.set[string(sc.lower)]
		return ok
	}
	_, ok := k.set[v]
	return ok
}

// indexARNs keeps the order of possible errors: nothing after a value that is not an ARN counts,
// and nothing after a lone variable is put into the set.
func (k *condition) indexARNs() {
	k.set = make(map[string]struct{})
	kept := k.arns[:0]
	ordered := false
	for _, a := range k.arns {
		ordered = ordered || !a.ok || a.lone()
		if !ordered && len(a.parts) == 0 && a.rest.shape == shapeLiteral {
			k.set[a.head+a.rest.text] = struct{}{}
			continue
		}
		kept = append(kept, a)
		if !a.ok {
			break
		}
	}
	k.arns = slices.Clip(slices.Clone(kept))
}

// networkSet is a list of networks in which an address is looked up once for each
// length of prefix.
type networkSet struct {
	first map[network]int // where the list has the network first
	masks []network       // one of each family and length
	bad   int             // where the list has the first value that is not a network
}

// absent is the place of a network that is not in the list.
const absent = math.MaxInt

func newNetworkSet(list []networkValue) *networkSet {
	s := &networkSet{first: make(map[network]int), bad: absent}
	for i := range list {
		n := &list[i].network
		if !list[i].ok {
			s.bad = min(s.bad, i)
			continue
		}
		n.address = n.mask(n.address)
		if _, ok := s.first[*n]; !ok {
			s.first[*n] = i
		}
		if !slices.ContainsFunc(s.masks, func(m network) bool { return m.six == n.six && m.bits == n.bits }) {
			s.masks = append(s.masks, *n)
		}
	}
	return s
}

// find returns where the list has the first network that contains the address.
func (s *networkSet) find(a address) int {
	at := absent
	for i := range s.masks {
		m := &s.masks[i]
		if m.six != a.six {
			continue
		}
		if i, ok := s.first[network{m.mask(a), m.bits}]; ok {
			at = min(at, i)
		}
	}
	return at
}

// some reports whether the relation holds for one of n sorted values. order
// compares the request's value with the one at a place.
func (r relation) some(n int, order func(int) int) bool {
	switch {
	case n == 0:
		return false
	case r&less != 0:
		return r.holds(order(n - 1))
	case r&greater != 0:
		return r.holds(order(0))
	}
	i := sort.Search(n, func(i int) bool { return order(i) <= 0 })
	return i < n && order(i) == 0
}
