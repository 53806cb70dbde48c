package seed

import (
	"bytes"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// outline splits YAML in block style by its indentation.
type outline struct {
	*reader
	text []byte
}

// marker matches a line that begins or ends a document, or a directive.
var marker = regexp.MustCompile(`(?m)^(---|\.\.\.|%)`)

// outlined reads a long text in parts; false: it must be read as a whole.
func (r *reader) outlined(text []byte) (*yaml.Node, bool) {
	body := text
	if at := marker.FindIndex(text); at != nil && isBlank(text[:at[0]]) {
		if line, rest, _ := bytes.Cut(text[at[0]:], []byte("\n")); string(bytes.TrimSpace(line)) == "---" {
			body = rest
		}
	}
	if marker.Match(body) {
		return nil, false
	}
	skipped := text[:len(text)-len(body)]
	o := &outline{reader: r, text: text}
	r.notation = o
	n, err := o.node(span{start: len(skipped), end: len(text), line: 1 + lines(skipped)})
	if err != nil {
		r.fail(err)
	}
	return n, true
}

// isBlank reports whether a string has only comments.
func isBlank(text []byte) bool {
	for line := range bytes.Lines(text) {
		if !isSkipped(line) {
			return false
		}
	}
	return true
}

// isSkipped reports whether a line has nothing but a comment.
func isSkipped(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#'
}

// node reads a span: as a whole if it is short, else in parts.
func (o *outline) node(s span) (*yaml.Node, error) {
	if s.size() > o.partSize && s.depth < maxSplits {
		if entries, ok := o.entries(s); ok {
			return o.mapping(entries)
		}
		if items, ok := o.items(s); ok {
			return o.list(items)
		}
	}
	return o.parse(s)
}

// parse reads a span as a whole.
func (o *outline) parse(s span) (*yaml.Node, error) {
	if s.size() > maxWhole {
		return nil, tooLong(s)
	}
	var top yaml.Node
	text := append(bytes.Repeat([]byte(" "), s.pad), o.text[s.start:s.end]...)
	if err := yaml.Unmarshal(text, &top); err != nil {
		o.partial = true
		return nil, atLine(notYAML(text, err), s.line)
	}
	if len(top.Content) != 1 {
		return nil, o.unlike(s)
	}
	o.count(top.Content[0], s.line)
	return top.Content[0], nil
}

// unlike returns the fault of text whose meaning differs from its indentation, such as a
// quoted string whose lines look like members.
func (o *outline) unlike(s span) error {
	o.partial = true
	return fault(s.line, "the lines from here do not read as they are indented; indent the lines of a string deeper than the name before it")
}

// tooLong returns the fault of text that cannot be split and is too long to be read as a
// whole.
func tooLong(s span) error {
	return fault(s.line,
		"the %d bytes that begin here cannot be split, and the maximum is %d; write the lists of the file in block style, "+
			"with each element on lines of its own, as understudy export does", s.size(), maxWhole)
}

// elements implements notation.
func (o *outline) elements(s span) ([]*yaml.Node, error) {
	n, err := o.parse(s)
	if err == nil && n.Kind != yaml.SequenceNode {
		err = o.unlike(s)
	}
	if err != nil {
		return nil, err
	}
	return n.Content, nil
}

// entry is a member of a mapping, or an element of a list, that begins on a line
// of its own.
type entry struct {
	span        // from the name, or from the dash
	key  string // empty for an element
	rest int    // where the text after the name or the dash begins
}

// key is a name of the form, which needs no quotes.
var keyPattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*):(?:[ \r\n]|$)`)

// entries splits a mapping; false: the text is not a mapping that can be split.
func (o *outline) entries(s span) ([]entry, bool) {
	return o.split(s, func(line []byte, first bool) (key string, rest int, begins, ok bool) {
		if isDash(line) {
			return "", 0, false, !first // a list with the same indentation as its name
		}
		m := keyPattern.FindSubmatch(line)
		if m == nil {
			return "", 0, false, false
		}
		return string(m[1]), len(m[1]) + 1, true, true
	})
}

// items splits a list; false: the text is not a list that can be split.
func (o *outline) items(s span) ([]entry, bool) {
	return o.split(s, func(line []byte, _ bool) (key string, rest int, begins, ok bool) {
		return "", 1, true, isDash(line)
	})
}

func isDash(line []byte) bool {
	return len(line) > 0 && line[0] == '-' && (len(line) == 1 || bytes.IndexByte([]byte(" \r\n"), line[1]) >= 0)
}

// split finds the lines with the indentation of the first one. begin says for each
// whether an entry begins there, and whether the text can be split at all.
func (o *outline) split(s span, begin func(line []byte, first bool) (key string, rest int, begins, ok bool)) ([]entry, bool) {
	var list []entry
	indent, pad, number := -1, s.pad, s.line
	for at := s.start; at < s.end; {
		line := o.text[at:s.end]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		if !isSkipped(line) {
			spaces := len(line) - len(bytes.TrimLeft(line, " "))
			column := pad + spaces
			if indent < 0 {
				indent = column
			}
			if column < indent || line[spaces] == '\t' {
				return nil, false
			}
			if column == indent {
				key, rest, begins, ok := begin(line[spaces:], len(list) == 0)
				if !ok {
					return nil, false
				}
				if begins {
					start := at + spaces
					list = append(list, entry{span{start, s.end, number, column, s.depth + 1}, key, start + rest})
				}
			}
		}
		at += len(line)
		number, pad = number+1, 0
	}
	for i := 1; i < len(list); i++ {
		list[i-1].end = o.lineStart(list[i].start)
	}
	return list, len(list) > 0
}

// lineStart returns the beginning of the line of a place.
func (o *outline) lineStart(at int) int { return bytes.LastIndexByte(o.text[:at], '\n') + 1 }

// mapping reads a mapping in parts: short members together, long ones one by one.
func (o *outline) mapping(entries []entry) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: entries[0].line, Column: entries[0].pad + 1}
	for len(entries) > 0 {
		first, count := entries[0], 1
		group := first.span
		if value, ok := o.block(first); ok && value.size() > o.partSize {
			child, err := o.node(value)
			if err != nil {
				return nil, err
			}
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: first.key, Line: first.line, Column: first.pad + 1}
			n.Content = append(n.Content, key, child)
			entries = entries[1:]
			continue
		}
		for count < len(entries) && entries[count].end-group.start <= o.partSize {
			group.end = entries[count].end
			count++
		}
		members, err := o.parse(group)
		if err != nil {
			return nil, err
		}
		if members.Kind != yaml.MappingNode || len(members.Content) != 2*count {
			return nil, o.unlike(group)
		}
		n.Content = append(n.Content, members.Content...)
		entries = entries[count:]
	}
	o.written += len(n.Content)
	return n, nil
}

// block returns the text below a name or after a dash; false: something follows the name
// on its line.
func (o *outline) block(e entry) (span, bool) {
	line := o.text[e.rest:e.end]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	if e.key == "" {
		return span{e.rest, e.end, e.line, e.pad + 1, e.depth}, true
	}
	if !isSkipped(line) {
		return span{}, false
	}
	return span{e.rest + len(line), e.end, e.line + 1, 0, e.depth}, true
}

// list reads a list in parts: short elements when they are needed, and long ones, of
// which there are few, at once.
func (o *outline) list(items []entry) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: items[0].line, Column: items[0].pad + 1}
	p := &pending{}
	for _, item := range items {
		if item.size() <= o.partSize {
			p.add(item.span, o.partSize)
			continue
		}
		value, _ := o.block(item)
		child, err := o.node(value)
		if err != nil {
			return nil, err
		}
		p.addNode(child)
	}
	o.pending[n] = p
	return n, nil
}
