package evaluator

import (
	"slices"
	"strings"
)

// actionIndex finds the statements of a policy that may apply to an action:
// by its whole name, by its service, and those that may apply to any service.
// The lists hold statement numbers in rising order.
type actionIndex struct {
	services map[string]*serviceIndex // by lower-case prefix
	general  []int32
}

type serviceIndex struct {
	names    map[string][]int32 // by lower-case action name, without wildcards
	patterns []int32
}

// indexFrom is the number of statements from which an index is worth its cost.
const indexFrom = 4

func buildIndex(statements []statement) *actionIndex {
	if len(statements) < indexFrom {
		return nil
	}
	x := &actionIndex{services: make(map[string]*serviceIndex)}
	for i := range statements {
		s := &statements[i]
		if s.notAction || s.anyAction {
			x.general = append(x.general, int32(i))
			continue
		}
		for k := range s.actions {
			x.add(&s.actions[k], int32(i))
		}
	}
	return x
}

func (x *actionIndex) add(p *pattern, statement int32) {
	service, name, ok := p.splitAction()
	if !ok {
		x.general = appendOnce(x.general, statement)
		return
	}
	sv := x.services[service]
	if sv == nil {
		sv = &serviceIndex{names: make(map[string][]int32)}
		x.services[service] = sv
	}
	if p.shape == shapeLiteral {
		sv.names[name] = appendOnce(sv.names[name], statement)
		return
	}
	sv.patterns = appendOnce(sv.patterns, statement)
}

// splitAction returns the service of the pattern, and its name if that is
// literal; false if the service is not written out.
func (p *pattern) splitAction() (service, name string, ok bool) {
	text := p.text
	if p.shape == shapeGlob {
		text = p.tokens[0].text // empty for a wildcard
	}
	return strings.Cut(text, ":")
}

func appendOnce(list []int32, n int32) []int32 {
	if k := len(list); k > 0 && list[k-1] == n {
		return list
	}
	return append(list, n)
}

// candidates returns up to three lists of statements that may apply to the
// action, given in lower case.
func (x *actionIndex) candidates(lower []byte) (lists [3][]int32) {
	lists[0] = x.general
	colon := slices.Index(lower, ':')
	if colon < 0 {
		return lists
	}
	if sv := x.services[string(lower[:colon])]; sv != nil {
		lists[1], lists[2] = sv.patterns, sv.names[string(lower[colon+1:])]
	}
	return lists
}

// nextCandidate takes the smallest number off the lists, or returns -1.
func nextCandidate(lists *[3][]int32) int32 {
	next := int32(-1)
	for _, l := range lists {
		if len(l) > 0 && (next < 0 || l[0] < next) {
			next = l[0]
		}
	}
	for i, l := range lists {
		if len(l) > 0 && l[0] == next {
			lists[i] = l[1:]
		}
	}
	return next
}
