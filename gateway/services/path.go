package services

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// member says where a member of a request is, in the syntax of the table:
//
//	u:name  a label of the path
//	q:name  a parameter of the query; "q:name[]" one that is there several times
//	h:name  a header
//	b:path  a part of the body: names with dots between them; "name[]" stands for
//	        the elements of a list, "name*" for the values of a map
//	p:      the path itself
//
// A body's path may be followed by "|" and the path in the query protocol, where
// the service speaks another one too; then, in this order, "!" if every request
// must have the member, "?" and what counts if it does not, even if that is
// nothing, and "~" and a regular expression whose group is what counts, escaped
// as in a query, or the name of a function.
type member struct {
	place    byte
	name     string
	steps    []step
	query    []step // nil unless it differs
	required bool
	optional bool
	fallback string
	pattern  *regexp.Regexp
	function func(string) string
	profile  bool // an instance profile, whose role counts: "~@profile"
}

// step is one name of a path.
type step struct {
	name string
	kind byte // '[' a list, '*' a map, 0 neither
}

var errMissing = errors.New("a member that it must have is not there")

func parseMember(text string) *member {
	m := &member{place: text[0]}
	path, pattern, _ := strings.Cut(text[2:], "~")
	path, m.fallback, m.optional = strings.Cut(path, "?")
	path, m.required = strings.CutSuffix(path, "!")
	if m.profile = pattern == "@profile"; m.profile {
		pattern = ""
	}
	if m.function = functions[pattern]; m.function == nil && pattern != "" {
		pattern, _ = url.QueryUnescape(pattern)
		m.pattern = regexp.MustCompile(pattern)
	}
	if m.place != 'b' {
		m.name = path
		return m
	}
	path, query, _ := strings.Cut(path, "|")
	m.steps = parseSteps(path)
	if query != "" {
		m.query = parseSteps(query)
	}
	return m
}

func parseSteps(path string) []step {
	var out []step
	for name := range strings.SplitSeq(path, ".") {
		switch {
		case strings.HasSuffix(name, "[]"):
			out = append(out, step{strings.TrimSuffix(name, "[]"), '['})
		case strings.HasSuffix(name, "*"):
			out = append(out, step{strings.TrimSuffix(name, "*"), '*'})
		default:
			out = append(out, step{name, 0})
		}
	}
	return out
}

// in are the steps in the protocol of a request.
func (m *member) in(p Protocol) []step {
	if p == Query && m.query != nil {
		return m.query
	}
	return m.steps
}

// walk returns the parts of v that the steps lead to.
func walk(v value, steps []step) ([]value, error) {
	if v == nil {
		return nil, nil
	}
	if len(steps) == 0 {
		return []value{v}, nil
	}
	next, err := steps[0].from(v)
	if err != nil || len(steps) == 1 {
		return next, err
	}
	var out []value
	for _, n := range next {
		found, err := walk(n, steps[1:])
		if err != nil {
			return nil, err
		}
		if out = append(out, found...); len(out) > maxParts {
			return nil, errTooMuch
		}
	}
	return out, nil
}

// from returns what one step leads to.
func (s step) from(v value) ([]value, error) {
	if s.kind == '[' {
		return v.list(s.name)
	}
	m, err := v.member(s.name)
	if m == nil || err != nil {
		return nil, err
	}
	if s.kind == 0 {
		return []value{m}, nil
	}
	entries, err := m.entries()
	if err != nil {
		return nil, err
	}
	var out []value
	for _, e := range entries {
		if e.value != nil {
			out = append(out, e.value)
		}
	}
	return out, nil
}
