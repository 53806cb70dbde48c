package seed

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// encoder writes structs of the form as decode reads them, without empty members.
type encoder struct{ secrets bool }

// text writes the form as YAML.
func (e encoder) text(f *file) ([]byte, error) {
	top := e.structNode(reflect.ValueOf(f).Elem())
	if len(top.Content) == 0 {
		return nil, nil
	}
	out, err := yaml.Dump(top, yaml.WithV4Defaults(), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("seed: writing YAML: %w", err)
	}
	return out, nil
}

func (e encoder) structNode(s reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	e.addFields(n, s)
	return n
}

func (e encoder) addFields(n *yaml.Node, s reflect.Value) {
	for i := range s.NumField() {
		field := s.Type().Field(i)
		name, options := memberOf(field)
		if field.Anonymous {
			e.addFields(n, s.Field(i))
		}
		if name == "" || options == "secret" && !e.secrets {
			continue
		}
		if value := e.value(s.Field(i)); value != nil {
			n.Content = append(n.Content, plain(name), value)
		}
	}
}

// value returns the node of a member; nil if the member is left out.
func (e encoder) value(v reflect.Value) *yaml.Node {
	if l, ok := v.Addr().Interface().(leaf); ok {
		return l.node()
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return e.value(v.Elem())
	case reflect.Slice:
		return e.sequence(v)
	}
	return e.structNode(v)
}

func (e encoder) sequence(v reflect.Value) *yaml.Node {
	if v.IsNil() {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for i := range v.Len() {
		n.Content = append(n.Content, e.value(v.Index(i)))
	}
	return n
}

// plain returns a scalar of YAML that needs no quotes, such as a number or a name of the
// form.
func plain(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: value}
}

// quoted returns a string in the most readable style that reads back unchanged.
func quoted(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	switch {
	case strings.ContainsFunc(value, unprintable) || !utf8.ValidString(value):
		n.Style = yaml.DoubleQuotedStyle
	case !strings.Contains(value, "\n"):
	case isLiteral(value):
		n.Style = yaml.LiteralStyle
	default:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func unprintable(r rune) bool {
	return r != '\n' && (!unicode.IsPrint(r) || r == '\uFEFF')
}

// isLiteral reports whether a string of many lines can be written as it is, indented: no
// line ends with a space, and the first does not begin with one.
func isLiteral(value string) bool {
	return value[0] != ' ' && value[0] != '\n' && !strings.Contains(value, " \n") && !strings.HasSuffix(value, " ") &&
		!strings.HasSuffix(value, "\n\n")
}

func (t *text) node() *yaml.Node {
	if !t.given() {
		return nil
	}
	return quoted(t.value)
}

// node returns a mapping if decode would make exactly the string from it.
func (c *content) node() *yaml.Node {
	if !c.given() {
		return nil
	}
	if n := jsonAsYAML(c.value); n != nil {
		return n
	}
	return quoted(c.value)
}

// jsonAsYAML returns the mapping from which decode makes exactly this JSON; nil if there is none.
func jsonAsYAML(document string) *yaml.Node {
	if !strings.HasPrefix(document, "{") || strings.ContainsFunc(document, unprintable) {
		return nil
	}
	n, err := parseJSON([]byte(document))
	if err != nil || isFile(n) {
		return nil
	}
	var b bytes.Buffer
	r := &reader{}
	(&mapping{reader: r}).writeJSON(&b, n, 0)
	if r.err != nil || b.String() != document {
		return nil
	}
	restyle(n)
	return n
}

// restyle prepares nodes that were read for writing.
func restyle(n *yaml.Node) {
	n.Line, n.Column = 0, 0
	if n.Kind == yaml.ScalarNode {
		*n = *quoted(n.Value)
	}
	for _, child := range n.Content {
		restyle(child)
	}
}

func (b *blob) node() *yaml.Node {
	if !b.given() {
		return nil
	}
	return quoted(base64.StdEncoding.EncodeToString(b.value))
}

func (i *instant) node() *yaml.Node {
	if !i.given() {
		return nil
	}
	return plain(i.value.Format(time.RFC3339))
}

func (f *flag) node() *yaml.Node {
	if !f.given() {
		return nil
	}
	return plain(strconv.FormatBool(f.value))
}

func (x *number64) node() *yaml.Node {
	if !x.given() {
		return nil
	}
	return plain(strconv.FormatInt(x.value, 10))
}

func (t *texts) node() *yaml.Node {
	return pairsNode(*t, func(v text) *yaml.Node { return quoted(v.value) })
}

func (c *contents) node() *yaml.Node {
	return pairsNode(*c, func(v text) *yaml.Node { return (&content{v}).node() })
}

func pairsNode(list []named, value func(text) *yaml.Node) *yaml.Node {
	if len(list) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range list {
		n.Content = append(n.Content, quoted(p.name.value), value(p.value))
	}
	return n
}

func (l *textLists) node() *yaml.Node {
	if len(*l) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range *l {
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, v := range p.values {
			list.Content = append(list.Content, quoted(v.value))
		}
		n.Content = append(n.Content, quoted(p.name.value), list)
	}
	return n
}
