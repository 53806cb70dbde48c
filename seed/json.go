package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// parseJSON reads a JSON value as a node of YAML. YAML's own parser cannot do so, because
// the escapes in strings of YAML differ.
func parseJSON(raw []byte) (*yaml.Node, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	p := &jsonParser{Decoder: d, raw: raw, line: 1}
	t, err := d.Token()
	if err != nil {
		return nil, p.fault(err)
	}
	n, err := p.value(t, 0)
	if err != nil {
		return nil, p.fault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, p.fault(errors.New("expected one JSON value"))
	}
	return n, nil
}

// jsonParser makes nodes, and counts lines.
type jsonParser struct {
	*json.Decoder
	raw    []byte
	offset int // the place up to which lines were counted
	line   int
}

func (p *jsonParser) fault(err error) error {
	p.count()
	return fault(p.line, "%s", err)
}

func (p *jsonParser) count() {
	at := int(p.InputOffset())
	p.line += bytes.Count(p.raw[p.offset:at], []byte("\n"))
	p.offset = at
}

// maxJSONDepth bounds the nesting of JSON.
const maxJSONDepth = 100

func (p *jsonParser) value(t json.Token, depth int) (*yaml.Node, error) {
	p.count()
	n := &yaml.Node{Line: p.line}
	if depth > maxJSONDepth {
		return nil, errors.New("the file is nested too deeply")
	}
	switch t := t.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
		if t == '[' {
			n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		}
		return n, p.content(n, depth)
	case string:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!str", t
	case json.Number:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!float", t.String()
	case nil:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!null", "null"
	default:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!bool", fmt.Sprint(t)
	}
	return n, nil
}

// content reads the values of an object or array up to its end.
func (p *jsonParser) content(n *yaml.Node, depth int) error {
	for p.More() {
		t, err := p.Token()
		if err != nil {
			return err
		}
		child, err := p.value(t, depth+1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, child)
	}
	_, err := p.Token()
	return err
}
