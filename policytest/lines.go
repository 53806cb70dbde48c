package policytest

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxDepth bounds the nesting of what is written in a file of tests.
const maxDepth = 60

// lineJSON writes nodes as JSON whose values are in the lines in which the file has them,
// so that what is said of a line of the JSON is true of the file. Every scalar becomes a
// string, as seeds read them.
type lineJSON struct {
	*reader
	bytes.Buffer
	line int // of the next byte
}

// inLines is the node as JSON.
func (r *reader) inLines(n *yaml.Node) []byte {
	w := &lineJSON{reader: r, line: 1}
	w.node(n, 0)
	return w.Bytes()
}

func (w *lineJSON) node(n *yaml.Node, depth int) {
	at := placeOf(n)
	if n = w.visit(n); depth > maxDepth {
		w.fail(at.fault("the state is nested too deeply"))
	}
	if w.fault != nil {
		return
	}
	if at.Line > w.line {
		w.WriteString(strings.Repeat("\n", at.Line-w.line))
		w.line = at.Line
	}
	switch {
	case n.Kind == yaml.MappingNode:
		w.list('{', '}', n.Content, depth)
	case n.Kind == yaml.SequenceNode:
		w.list('[', ']', n.Content, depth)
	case isNull(n):
		w.WriteString("null")
	default:
		raw, _ := json.Marshal(n.Value) // a string cannot fail
		w.Write(raw)
	}
}

// list writes the elements of a list, or the names and values of a mapping.
func (w *lineJSON) list(first, last byte, content []*yaml.Node, depth int) {
	w.WriteByte(first)
	for i, n := range content {
		switch {
		case i == 0:
		case first == '{' && i%2 == 1:
			w.WriteByte(':')
		default:
			w.WriteByte(',')
		}
		w.node(n, depth+1)
	}
	w.WriteByte(last)
}
