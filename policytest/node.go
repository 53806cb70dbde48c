package policytest

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/internal/spelling"
)

// text is a scalar of the file; the zero value is one that is not given.
type text struct {
	value string
	at    Place
}

func (t text) given() bool { return t.at.Line != 0 }

// reader reads the nodes of a file. It keeps the first fault, and goes on reading nothing.
type reader struct {
	fault   *Fault
	visited int // nodes, those behind aliases each time
}

// maxVisited is how many nodes of a file are looked at: aliases could make them endless.
const maxVisited = 1 << 22

// visit counts nodes.
func (r *reader) visit(n *yaml.Node) *yaml.Node {
	at := placeOf(n)
	n = follow(n)
	if r.visited += 1 + len(n.Content); r.visited > maxVisited {
		r.fail(at.fault("the file is too large with what its aliases stand for; split it into several files"))
		return &yaml.Node{}
	}
	return n
}

func (r *reader) fail(f *Fault) {
	if r.fault == nil {
		r.fault = f
	}
}

// mapping is a mapping of the file whose members are taken one by one.
type mapping struct {
	*reader
	what    string // "a row of allow", for faults
	at      Place
	content []*yaml.Node
	known   []string // members that were asked for
}

// follow resolves an alias.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func (r *reader) mapping(n *yaml.Node, what string) *mapping {
	m := &mapping{reader: r, what: what, at: placeOf(n)}
	if n = r.visit(n); n.Kind != yaml.MappingNode {
		r.fail(m.at.fault("%s must be a mapping", what))
		return m
	}
	m.content = n.Content[:len(n.Content)&^1]
	seen := map[string]bool{}
	for i := 0; i < len(m.content); i += 2 {
		name := m.content[i]
		if name.Kind != yaml.ScalarNode {
			r.fail(placeOf(name).fault("the name of a member of %s must be a string", what))
		}
		if seen[name.Value] {
			r.fail(placeOf(name).fault("%s has %q twice; keep one of them", what, name.Value))
		}
		seen[name.Value] = true
	}
	return m
}

// member takes a member; nil if it is not given.
func (m *mapping) member(name string) *yaml.Node {
	m.known = append(m.known, name)
	for i := 0; i < len(m.content); i += 2 {
		if m.content[i].Value == name && !isNull(m.content[i+1]) {
			return m.content[i+1]
		}
	}
	return nil
}

// end refuses members that nobody has asked for.
func (m *mapping) end() {
	for i := 0; i < len(m.content); i += 2 {
		name := m.content[i]
		if slices.Contains(m.known, name.Value) {
			continue
		}
		meant := ""
		if near := spelling.Guess(name.Value, m.known); near != "" {
			meant = "; did you mean " + near + "?"
		}
		m.fail(placeOf(name).fault("%s has no member %q%s It may have %s", m.what, name.Value, sentenceEnd(meant), listed(m.known, "and")))
	}
}

// sentenceEnd ends a sentence that may end in a question.
func sentenceEnd(question string) string {
	if question == "" {
		return "."
	}
	return question
}

func (m *mapping) text(name string) text {
	if n := m.member(name); n != nil {
		return m.scalar(n, name)
	}
	return text{}
}

func (r *reader) scalar(n *yaml.Node, what string) text {
	at := placeOf(n)
	if n = r.visit(n); n.Kind != yaml.ScalarNode || isNull(n) {
		r.fail(at.fault("%s must be a string", what))
	}
	return text{n.Value, at}
}

// texts is a string or a list of strings.
func (m *mapping) texts(name string) (list []text) {
	n := m.member(name)
	if n == nil {
		return nil
	}
	return m.oneOrMore(n, name)
}

func (r *reader) oneOrMore(n *yaml.Node, what string) []text {
	if follow(n).Kind != yaml.SequenceNode {
		return []text{r.scalar(n, what)}
	}
	list := []text{}
	for _, element := range r.visit(n).Content {
		list = append(list, r.scalar(element, what))
	}
	return list
}

// flag is a truth value that is false if it is not given.
func (m *mapping) flag(name string) bool {
	t := m.text(name)
	if t.given() && t.value != "true" && t.value != "false" {
		m.fail(t.at.fault("%s must be true or false", name))
	}
	return t.value == "true"
}

// notYAML is the fault of a file that is not YAML.
func notYAML(err error) *Fault {
	var one *yaml.LoadError
	var all *yaml.LoadErrors
	if errors.As(err, &all) && len(all.Errors) > 0 {
		one = all.Errors[0]
	}
	if one == nil && !errors.As(err, &one) {
		return Place{}.fault("%v", err)
	}
	return Place{one.Mark.Line, one.Mark.Column}.fault("%s", one.Message)
}

// listed is "a, b and c".
func listed(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}
