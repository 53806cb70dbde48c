package decisions

import (
	"strconv"
	"strings"
)

// marks returns the paths of the decisive parts of a statement, which are underlined: in an
// Allow the parts that prevent it from applying, in a Deny the parts that make it apply.
// Other parts that match are included with the value false.
func (s *Statement) marks() map[string]bool {
	m := map[string]bool{}
	for i := range s.Elements {
		e := &s.Elements[i]
		for _, w := range e.Wants {
			if w.Matches && e.Element != "Condition" {
				m[w.path(e.Element)] = false
			}
		}
		if e.Applies == (s.Effect == "Deny") {
			e.mark(m, s.Effect == "Deny")
		}
	}
	if s.Effect == "Deny" && !underlined(m) {
		m["Effect"] = true
	}
	return m
}

func underlined(marks map[string]bool) bool {
	for _, is := range marks {
		if is {
			return true
		}
	}
	return false
}

// mark adds the paths of an element's parts.
func (e *Element) mark(m map[string]bool, deny bool) {
	at := e.Element
	switch {
	case at == "Condition":
		e.markCondition(m, deny)
		return
	case strings.HasPrefix(at, "Not") && deny:
		m[keyPath(at)] = true
		return
	}
	for _, w := range e.Wants {
		// An element applies because of the values that match, and does not apply because
		// of those that do not; for the Not forms it is the other way round.
		if w.Matches == (e.Applies != strings.HasPrefix(at, "Not")) && !(deny && w.Text == "*") {
			m[w.path(at)] = true
		}
	}
}

func (e *Element) markCondition(m map[string]bool, deny bool) {
	at := path("Condition", e.Operator, e.Key)
	if len(e.Has) == 0 {
		m[keyPath(at)] = true
		return
	}
	some := false
	for _, w := range e.Wants {
		if w.Matches == deny {
			m[w.path(at)], some = true, true
		}
	}
	for _, w := range e.Wants {
		if !some {
			m[w.path(at)] = true
		}
	}
}

// path returns the path of the value in the element at a path.
func (w *Pattern) path(at string) string {
	if w.Type != "" {
		at = path(at, w.Type)
	}
	return path(at, strconv.Itoa(w.index))
}

// everything reports whether the statement is an Allow that applies to every request.
func (s *Statement) everything() bool {
	if s.Effect != "Allow" || len(s.Elements) == 0 {
		return false
	}
	for _, e := range s.Elements {
		if strings.HasPrefix(e.Element, "Not") || len(e.Wants) != 1 || e.Wants[0].Text != "*" || e.Element == "Condition" {
			return false
		}
	}
	return true
}
