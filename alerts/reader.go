package alerts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// document reads the one document of a YAML text.
func document(text []byte) (*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var n yaml.Node
	if err := d.Decode(&n); errors.Is(err, io.EOF) {
		return nil, &Fault{1, 1, "the file is empty; it needs rules: with a list of rules"}
	} else if err != nil {
		return nil, fmt.Errorf("the file is not YAML: %w", err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &Fault{1, 1, "the file has several YAML documents; put all rules into one list"}
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return n.Content[0], nil
	}
	return &n, nil
}

// reader reads nodes. It keeps the first fault.
type reader struct{ fault *Fault }

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	if r.fault == nil {
		r.fault = &Fault{n.Line, n.Column, fmt.Sprintf(format, args...)}
	}
}

// follow resolves an alias.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// mapping is a mapping of the file whose members are taken one by one.
type mapping struct {
	*reader
	what  string // "a rule", for faults
	node  *yaml.Node
	known []string // names that were asked for
}

func (r *reader) mapping(n *yaml.Node, what string) *mapping {
	m := &mapping{reader: r, what: what, node: follow(n)}
	if m.node.Kind != yaml.MappingNode {
		r.fail(n, "%s is a mapping, and this is not one", what)
		m.node = &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	}
	for i := 0; i < len(m.node.Content); i += 2 {
		if name := m.node.Content[i]; member(m.node, name.Value) != m.node.Content[i+1] {
			r.fail(name, "%q is there twice; keep one of them", name.Value)
		}
	}
	return m
}

// member is the value of the first member with the name; nil if there is none.
func member(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// take is the value of a member; nil if it is not given, or null.
func (m *mapping) take(name string) *yaml.Node {
	if !slices.Contains(m.known, name) {
		m.known = append(m.known, name)
	}
	n := member(m.node, name)
	if n == nil || follow(n).Tag == "!!null" {
		return nil
	}
	return n
}

// end refuses members that nobody has asked for.
func (m *mapping) end() {
	for i := 0; i+1 < len(m.node.Content); i += 2 {
		if n := m.node.Content[i]; !slices.Contains(m.known, n.Value) {
			m.fail(n, "%s has no member %q; it has %s", m.what, n.Value, strings.Join(m.known, ", "))
		}
	}
}

func (r *reader) scalar(n *yaml.Node, what string) string {
	s := follow(n)
	if s.Kind != yaml.ScalarNode {
		r.fail(n, "%s is a single value, and this is not one", what)
	}
	return s.Value
}

func (m *mapping) text(name string) string {
	n := m.take(name)
	if n == nil {
		return ""
	}
	return m.scalar(n, name)
}

// required is a string that must be given.
func (m *mapping) required(name string) string {
	s := m.text(name)
	if s == "" {
		m.fail(m.node, "%s needs %s", m.what, name)
	}
	return s
}

// yes is a truth value that is false if it is not given.
func (m *mapping) yes(name string) bool {
	s := m.text(name)
	if s != "" && s != "true" && s != "false" {
		m.fail(m.take(name), "%s is true or false", name)
	}
	return s == "true"
}

func (m *mapping) integer(name string) int {
	s := m.text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		m.fail(m.take(name), "%s is a whole number, which %q is not", name, s)
	}
	return n
}

func (m *mapping) duration(name string) time.Duration {
	s := m.text(name)
	if s == "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		m.fail(m.take(name), "%s is a time such as 500ms, 5s or 1m, which %q is not", name, s)
	}
	return d
}

// list are the elements of a list; none if n is nil.
func (r *reader) list(n *yaml.Node, what string, most int) []*yaml.Node {
	if n == nil {
		return nil
	}
	l := follow(n)
	switch {
	case l.Kind != yaml.SequenceNode:
		r.fail(n, "%s is a list, and this is not one", what)
		return nil
	case len(l.Content) > most:
		r.fail(l.Content[most], "%s has more than %d elements; that is as many as it may have", what, most)
		return nil
	}
	return l.Content
}
