package seed

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/textfile"
)

// text is a scalar of the file and its line; line 0: it is left out.
type text struct {
	value string
	line  int
}

func (t text) given() bool { return t.line != 0 }

// pointer returns the string; nil if it is left out.
func (t text) pointer() *string {
	if !t.given() {
		return nil
	}
	return &t.value
}

// into sets a value to the declared one, if there is one.
func (t text) into(value *string) {
	if t.given() {
		*value = t.value
	}
}

// inactive sets a value to whether the declared status is Inactive.
func (t text) inactive(value *bool) {
	if t.given() {
		*value = t.value == "Inactive"
	}
}

// named is a name with a string, such as a tag or an inline policy.
type named struct {
	name  text
	value text
}

// reader reads nodes. It keeps the first fault, after which every read returns nothing.
type reader struct {
	err error

	partSize int // maximum length of text that becomes nodes at once, in bytes
	notation notation
	pending  map[*yaml.Node]*pending // lists whose elements are not nodes yet
	partial  bool                    // a part could not be read on its own
	written  int                     // things in the text
	visited  int                     // things that were read; those of an alias count each time
	forms    map[reflect.Type]*structForm

	// open reads a file to which the file refers; nil: it must not refer to any.
	open  func(name string) ([]byte, error)
	files map[string]string // files that were read: several members may refer to the same one

	places map[string][]*Written // of the documents, by their texts
	marks  []mark                // of the mapping that is being written as JSON, by byte
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// mapping is a mapping of the file whose members are read one by one.
type mapping struct {
	*reader
	what    string // "a user", for faults
	line    int
	content []*yaml.Node          // names and values
	members map[string]*yaml.Node // values by name, if there are many
	known   []string              // names that were read
}

// fewMembers is the number of members up to which no map is needed to find them.
const fewMembers = 16

// follow resolves an alias.
func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func (r *reader) mapping(n *yaml.Node, what string) *mapping {
	n = follow(n)
	m := &mapping{reader: r, what: what, line: n.Line}
	if r.visit(n); r.err != nil {
		return m
	}
	if n.Kind != yaml.MappingNode {
		r.fail(fault(n.Line, "%s must be a mapping", what))
		return m
	}
	all := n.Content[:len(n.Content)&^1]
	if len(all) > 2*fewMembers {
		m.members = make(map[string]*yaml.Node, len(all)/2)
	}
	r.distinctNames(n, what)
	for i := 0; i < len(all) && m.members != nil; i += 2 {
		m.members[all[i].Value] = all[i+1]
	}
	m.content = all
	return m
}

// names yields the names of the members, in the order of the file.
func (m *mapping) names(yield func(*yaml.Node) bool) {
	for i := 0; i < len(m.content); i += 2 {
		if !yield(m.content[i]) {
			return
		}
	}
}

// find returns the value of a member; nil if there is none.
func (m *mapping) find(name string) *yaml.Node {
	if m.members != nil {
		n := m.members[name]
		if n == nil {
			return nil
		}
		return follow(n)
	}
	for i := 0; i < len(m.content); i += 2 {
		if m.content[i].Value == name {
			return follow(m.content[i+1])
		}
	}
	return nil
}

// member reads a member; nil if it is left out.
func (m *mapping) member(name string) *yaml.Node {
	if !slices.Contains(m.known, name) {
		m.known = append(m.known, name)
	}
	return m.given(name)
}

// given returns the value of a member; nil if it is left out.
func (m *mapping) given(name string) *yaml.Node {
	n := m.find(name)
	if n == nil || isNull(n) {
		return nil
	}
	return n
}

// end refuses members that were not read.
func (m *mapping) end() {
	for name := range m.names {
		if !slices.Contains(m.known, name.Value) {
			m.fail(unknownMember(name.Line, name.Value, m.what, m.known))
		}
	}
}

func (m *mapping) text(name string) text {
	n := m.member(name)
	if n == nil {
		return text{}
	}
	return m.scalar(n, name)
}

func (m *mapping) scalar(n *yaml.Node, what string) text {
	n = follow(n)
	if n.Kind != yaml.ScalarNode {
		m.fail(fault(n.Line, "%s must be a string", what))
	}
	return text{n.Value, n.Line}
}

// required reads a string that must not be left out.
func (m *mapping) required(name string) text {
	t := m.text(name)
	if t.value == "" {
		m.fail(fault(m.line, "%s needs %s", m.what, name))
	}
	return t
}

// yes reads a truth value, which is true by default.
func (m *mapping) yes(name string) bool {
	t := m.text(name)
	if t.given() && t.value != "true" && t.value != "false" {
		m.fail(fault(t.line, "%s must be true or false", name))
	}
	return t.value != "false"
}

// list reads a list, which is empty if it is left out.
func (m *mapping) list(name string) sequence { return m.listOf(m.member(name), name) }

func (m *mapping) listOf(n *yaml.Node, name string) sequence {
	if n != nil && n.Kind != yaml.SequenceNode {
		m.fail(fault(n.Line, "%s must be a list", name))
		n = nil
	}
	return sequence{m.reader, n, name}
}

func (m *mapping) texts(name string) []text {
	var list []text
	for n := range m.list(name).each {
		list = append(list, m.scalar(n, name))
	}
	return list
}

// pairs returns the members of a mapping, in the order of the file.
func (m *mapping) pairs(n *yaml.Node, name string, value func(n *yaml.Node, what string) text) []named {
	inner := m.mapping(n, name)
	var list []named
	for key := range inner.names {
		list = append(list, named{text{key.Value, key.Line}, value(inner.find(key.Value), key.Value)})
	}
	return list
}

// document reads a policy document, a certificate or the like: a string, a mapping, which
// becomes JSON, or {file: NAME}, which means the text of the file.
func (m *mapping) document(n *yaml.Node, what string) text {
	n = follow(n)
	if n.Kind == yaml.ScalarNode {
		m.noteText(n)
		return text{n.Value, n.Line}
	}
	if isFile(n) {
		return m.fileText(follow(n.Content[1]))
	}
	var b bytes.Buffer
	m.marks = nil
	m.writeJSON(&b, versionFirst(m.whole(n)), 0)
	if m.err == nil {
		m.noteMapping(b.String(), n.Line, m.marks)
	}
	return text{b.String(), n.Line}
}

// versionFirst moves the Version of a policy document to the front if it follows a
// Statement that is not a list: tools sort the members of mappings, and AWS refuses such
// a policy. Other documents keep their order.
func versionFirst(n *yaml.Node) *yaml.Node {
	single := false
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		switch n.Content[i].Value {
		case "Statement":
			single = follow(n.Content[i+1]).Kind == yaml.MappingNode
		case "Version":
			if single {
				first := *n
				first.Content = slices.Concat(n.Content[i:i+2], n.Content[:i], n.Content[i+2:])
				return &first
			}
		}
	}
	return n
}

// isFile reports whether a node refers to a file. No policy document has that member.
func isFile(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "file" && follow(n.Content[1]).Kind == yaml.ScalarNode
}

func (m *mapping) fileText(name *yaml.Node) text {
	if m.err != nil {
		return text{}
	}
	if m.open == nil {
		m.fail(fault(name.Line, "file %s cannot be read from here; put its text in its place", name.Value))
		return text{}
	}
	content, known := m.files[name.Value]
	if !known {
		raw, err := m.open(name.Value)
		switch {
		case err != nil:
			m.fail(fault(name.Line, "file %s: %s", name.Value, textfile.RootCause(err)))
		case !utf8.Valid(raw):
			m.fail(fault(name.Line, "file %s is not text in UTF-8, so it cannot be kept; save it as UTF-8, and a certificate as PEM",
				name.Value))
		}
		content = string(raw)
		if m.files == nil {
			m.files = map[string]string{}
		}
		m.files[name.Value] = content
	}
	m.note(content, &Written{other: name.Value, line: name.Line})
	return text{content, name.Line}
}

func (m *mapping) documentOf(name string) text {
	n := m.member(name)
	if n == nil {
		return text{}
	}
	return m.document(n, name)
}

// maxDepth bounds the nesting of a document, which aliases could make endless.
const maxDepth = 32

// writeJSON writes a node as JSON. Every scalar becomes a string: YAML would read account
// IDs and dates as numbers and times, but in policies they are strings.
func (m *mapping) writeJSON(b *bytes.Buffer, n *yaml.Node, depth int) {
	n = m.whole(follow(n))
	if m.visit(n); m.err != nil {
		return
	}
	if depth > maxDepth || b.Len() > maxDocument {
		m.fail(fault(n.Line, "the document is nested too deeply or too large"))
		return
	}
	m.mark(b, n)
	switch n.Kind {
	case yaml.MappingNode:
		m.distinctNames(n, "the document")
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			m.mark(b, n.Content[i])
			writeText(b, n.Content[i].Value)
			b.WriteByte(':')
			m.writeJSON(b, n.Content[i+1], depth+1)
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, element := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			m.writeJSON(b, element, depth+1)
		}
		b.WriteByte(']')
	default:
		writeText(b, n.Value)
	}
}

// mark notes the place in the seed of what is written next.
func (m *mapping) mark(b *bytes.Buffer, n *yaml.Node) {
	m.marks = append(m.marks, mark{b.Len(), evaluator.Position{Line: int32(n.Line), Column: int32(n.Column)}})
}

// writeText writes a JSON string without the escapes for HTML.
func writeText(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // writing to a buffer does not fail
	b.Truncate(b.Len() - 1)
}
