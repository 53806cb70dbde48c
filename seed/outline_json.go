package seed

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v4"
)

// jsonOutline splits JSON by its brackets.
type jsonOutline struct {
	*reader
	text []byte
}

// outlinedJSON reads a long text of JSON values in parts; false: it is not JSON.
func (r *reader) outlinedJSON(text []byte) ([]*yaml.Node, bool) {
	o := &jsonOutline{reader: r, text: text}
	var values []span
	for at, line := o.blank(0, 1); at < len(text); at, line = o.blank(at, line) {
		end := o.skip(at)
		if !json.Valid(text[at:end]) {
			return nil, false
		}
		values = append(values, span{start: at, end: end, line: line})
		line += lines(text[at:end])
		at = end
	}
	r.notation = o
	var nodes []*yaml.Node
	for _, s := range values {
		n, err := o.node(s)
		if err != nil {
			r.fail(err)
			return nodes, true
		}
		nodes = append(nodes, n)
	}
	return nodes, true
}

// blank skips white space, and counts its lines.
func (o *jsonOutline) blank(at, line int) (int, int) {
	rest := bytes.TrimLeft(o.text[at:], " \t\r\n")
	end := len(o.text) - len(rest)
	return end, line + lines(o.text[at:end])
}

// skip returns the end of the value that begins at a place.
func (o *jsonOutline) skip(at int) int {
	depth := 0
	for ; at < len(o.text); at++ {
		switch o.text[at] {
		case '"':
			at = o.skipText(at)
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case ' ', '\t', '\r', '\n', ',', ':':
			if depth == 0 {
				return at // after a number or a word
			}
			continue
		default:
			if depth > 0 || at+1 < len(o.text) && bytes.IndexByte([]byte(" \t\r\n,:}]"), o.text[at+1]) < 0 {
				continue
			}
		}
		if depth <= 0 {
			return min(at+1, len(o.text))
		}
	}
	return len(o.text)
}

// skipText returns the place of the closing quote of a string.
func (o *jsonOutline) skipText(at int) int {
	for at++; at < len(o.text) && o.text[at] != '"'; at++ {
		if o.text[at] == '\\' {
			at++
		}
	}
	return at
}

// node reads a value: as a whole if it is short, else in parts.
func (o *jsonOutline) node(s span) (*yaml.Node, error) {
	switch {
	case s.size() <= o.partSize || s.depth > maxSplits:
	case o.text[s.start] == '{':
		return o.mapping(s)
	case o.text[s.start] == '[':
		return o.list(s)
	}
	return o.parse(o.text[s.start:s.end], s.line)
}

// parse reads a value as a whole.
func (o *jsonOutline) parse(text []byte, line int) (*yaml.Node, error) {
	n, err := parseJSON(text)
	if err != nil {
		return nil, atLine(err, line)
	}
	o.count(n, line)
	return n, nil
}

// elements implements notation.
func (o *jsonOutline) elements(s span) ([]*yaml.Node, error) {
	n, err := o.parse(append(append([]byte("["), o.text[s.start:s.end]...), ']'), s.line)
	if err != nil {
		return nil, err
	}
	return n.Content, nil
}

// members yields the spans of the values in a list or an object; those of an
// object come in pairs.
func (o *jsonOutline) members(s span, yield func(span) error) error {
	at, line := o.blank(s.start+1, s.line)
	for at < s.end-1 {
		end := o.skip(at)
		if err := yield(span{at, end, line, 0, s.depth + 1}); err != nil {
			return err
		}
		line += lines(o.text[at:end])
		if at, line = o.blank(end, line); at < s.end-1 { // at the comma or colon
			at, line = o.blank(at+1, line)
		}
	}
	return nil
}

func (o *jsonOutline) mapping(s span) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: s.line}
	err := o.members(s, func(member span) error {
		child, err := o.node(member)
		n.Content = append(n.Content, child)
		return err
	})
	return n, err
}

func (o *jsonOutline) list(s span) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: s.line}
	p := &pending{}
	err := o.members(s, func(element span) error {
		if element.size() <= o.partSize {
			p.add(element, o.partSize)
			return nil
		}
		child, err := o.node(element)
		p.addNode(child)
		return err
	})
	o.pending[n] = p
	return n, err
}
