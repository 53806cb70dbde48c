package alerts

import (
	"bytes"
	"encoding/json"
	"strconv"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/alerts/pattern"
)

// json writes a pattern of the file as the JSON that it stands for.
func (r *reader) json(n *yaml.Node) []byte {
	w := &patternWriter{reader: r}
	w.write(n, 0)
	return w.b.Bytes()
}

type patternWriter struct {
	*reader
	b bytes.Buffer
}

func (w *patternWriter) write(n *yaml.Node, depth int) {
	switch at := n; {
	case w.fault != nil:
		return
	case depth > pattern.MaxDepth || w.b.Len() > pattern.MaxSize: // aliases can make a string endless
		w.fail(at, "the pattern is nested more than %d deep, or larger than %d KiB; make several rules of it", pattern.MaxDepth,
			pattern.MaxSize>>10)
		return
	}
	switch v := follow(n); v.Kind {
	case yaml.MappingNode:
		w.members(v, depth)
	case yaml.SequenceNode:
		w.b.WriteByte('[')
		for i, e := range v.Content {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.write(e, depth+1)
		}
		w.b.WriteByte(']')
	default:
		w.scalar(v)
	}
}

func (w *patternWriter) members(n *yaml.Node, depth int) {
	w.b.WriteByte('{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.put(n.Content[i].Value)
		w.b.WriteByte(':')
		w.write(n.Content[i+1], depth+1)
	}
	w.b.WriteByte('}')
}

// scalar writes a value. A number of twelve digits is meant to be the ID of an
// account, which is a string in events, and would match nothing.
func (w *patternWriter) scalar(n *yaml.Node) {
	var v any
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		if len(n.Value) == 12 && n.Tag == "!!int" {
			w.fail(n, "%s is a number here, and the ID of an account is a string in events; put it in quotes", n.Value)
			return
		}
		if err := n.Decode(&v); err != nil {
			w.fail(n, "%q cannot be read: %s", n.Value, err)
			return
		}
	default: // a time too is a string in events
		v = n.Value
	}
	if !w.put(v) {
		w.fail(n, "%q is not a number that events can have", n.Value)
	}
}

func (w *patternWriter) put(v any) bool {
	text, err := json.Marshal(v)
	w.b.Write(text)
	return err == nil
}

// nodeAt is where the pattern in a node has the fault: an element of a list, or the name
// of a member.
func nodeAt(n *yaml.Node, f *pattern.Fault) *yaml.Node {
	place := n
	for _, step := range f.Path {
		in := follow(n)
		if index, err := strconv.Atoi(step); err == nil && in.Kind == yaml.SequenceNode && index < len(in.Content) {
			n = in.Content[index]
			place = n
			continue
		}
		for i := 0; i+1 < len(in.Content); i += 2 {
			if in.Content[i].Value == step {
				place, n = in.Content[i], in.Content[i+1]
			}
		}
	}
	return place
}
