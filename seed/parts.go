package seed

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v4"
)

// A node needs a hundred times the memory of its text. So a long file never becomes one
// tree: its mappings are split where a list begins, and the elements of long lists become
// nodes only when they are needed, some at a time.

// Sizes in bytes.
const (
	partSize = 64 << 10 // text that becomes nodes at once
	maxWhole = 4 << 20  // text that cannot be split, such as a flow mapping
)

// maxSplits is the depth to which text is split. An account's members are lists of
// mappings with lists, and anything deeper is short.
const maxSplits = 8

// span is a range of the text of a file.
type span struct {
	start, end int
	line       int // of the start, in the file
	pad        int // columns of its first line that are before the start
	depth      int // number of splits that led to it
}

func (s span) size() int { return s.end - s.start }

// pending has the elements of a long list.
type pending struct {
	count int
	parts []part
}

// part is one element of a list, or the text of several.
type part struct {
	node *yaml.Node
	text span
}

// add adds an element that has its own span.
func (p *pending) add(s span, partSize int) {
	p.count++
	last := len(p.parts) - 1
	if last >= 0 && p.parts[last].node == nil && p.parts[last].text.size()+s.size() <= partSize {
		p.parts[last].text.end = s.end
		return
	}
	p.parts = append(p.parts, part{text: s})
}

func (p *pending) addNode(n *yaml.Node) {
	p.count++
	p.parts = append(p.parts, part{node: n})
}

// notation reads parts of a string: of YAML, or of JSON.
type notation interface {
	// elements reads the elements of a list whose text is the span.
	elements(s span) ([]*yaml.Node, error)
}

// sequence is a list of the file whose elements are read one by one.
type sequence struct {
	reader *reader
	node   *yaml.Node // nil: it is left out
	name   string     // of the member, for errors; empty: elements may be empty too
}

// len returns the number of elements.
func (s sequence) len() int {
	switch p := s.reader.pending[s.node]; {
	case s.node == nil:
		return 0
	case p != nil:
		return p.count
	}
	return len(s.node.Content)
}

// each yields the elements until a fault is found.
func (s sequence) each(yield func(*yaml.Node) bool) {
	if s.node == nil {
		return
	}
	p := s.reader.pending[s.node]
	if p == nil {
		s.reader.visit(s.node)
		s.all(s.node.Content, yield)
		return
	}
	for _, part := range p.parts {
		nodes := []*yaml.Node{part.node}
		if part.node == nil {
			nodes = s.reader.read(part.text)
		}
		if !s.all(nodes, yield) {
			return
		}
	}
}

func (s sequence) all(nodes []*yaml.Node, yield func(*yaml.Node) bool) bool {
	for _, n := range nodes {
		if s.name != "" && isNull(follow(n)) {
			s.reader.fail(fault(n.Line, "%s has an empty entry; write what belongs there, or take it out", s.name))
		}
		if s.reader.err != nil || !yield(n) {
			return false
		}
	}
	return s.reader.err == nil
}

// read makes the nodes of a part.
func (r *reader) read(s span) []*yaml.Node {
	nodes, err := r.notation.elements(s)
	if err != nil {
		r.fail(err)
	}
	return nodes
}

// whole returns a node with everything in it, for callers who need all of it at once.
func (r *reader) whole(n *yaml.Node) *yaml.Node {
	if p := r.pending[n]; p != nil && n.Content == nil {
		n.Content = slices.Collect(sequence{r, n, ""}.each)
	}
	return n
}

// maxRepeated bounds how many more things are read than are written: with aliases a short
// file could be endless.
const maxRepeated = 200_000

// visit counts the things in a node that is read.
func (r *reader) visit(n *yaml.Node) {
	for _, child := range n.Content {
		r.visited += weight(child)
	}
	if r.visited > 2*r.written+maxRepeated { // twice, since some are looked at before they are read
		r.fail(fault(n.Line, "the aliases of the file repeat more than %d things; declare fewer, or write them out", maxRepeated))
	}
}

// weight returns how much a node counts, without its children: long strings count more.
func weight(n *yaml.Node) int { return 1 + len(n.Value)/256 }

// count adds up the weights of a tree, and gives its nodes the lines of the file; first
// is the line at which the text begins.
func (r *reader) count(n *yaml.Node, first int) {
	r.written += weight(n)
	n.Line += first - 1
	for _, child := range n.Content {
		r.count(child, first)
	}
}

// lines counts the ends of lines in a string.
func lines(text []byte) int { return bytes.Count(text, []byte("\n")) }
