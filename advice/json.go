package advice

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value json.RawMessage
}

func readObject(raw []byte) (object, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	var o object
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return nil, false
		}
		o = append(o, member{name, value})
	}
	return o, true
}

// get returns a member; nil if there is none.
func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// with returns a copy in which the member has the value.
func (o object) with(name string, value json.RawMessage) object {
	o = slices.Clone(o)
	for i := range o {
		if o[i].name == name {
			o[i].value = value
			return o
		}
	}
	return append(o, member{name, value})
}

// without is a copy that lacks the member.
func (o object) without(name string) object {
	return slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.name == name })
}

func (o object) raw() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(jsonOf(m.name))
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// jsonOf is a value as JSON, whose text is not escaped for HTML.
func jsonOf(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// extended is a string or list of strings with one more.
func extended(raw json.RawMessage, value string) (json.RawMessage, bool) {
	list, ok := stringsOf(raw)
	if !ok {
		return nil, false
	}
	return jsonOf(append(list, value)), true
}

func stringsOf(raw json.RawMessage) ([]string, bool) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, true
	}
	var list []string
	err := json.Unmarshal(raw, &list)
	return list, err == nil
}

// document is a policy taken apart into its statements.
type document struct {
	head       object // without Statement
	statements []object
}

func readDocument(p *evaluator.Policy) (*document, bool) {
	all, ok := readObject([]byte(p.Document().Source()))
	if !ok {
		return nil, false
	}
	d := &document{}
	var list []json.RawMessage
	for _, m := range all {
		if m.name != "Statement" {
			d.head = append(d.head, m)
			continue
		}
		if json.Unmarshal(m.value, &list) != nil {
			list = []json.RawMessage{m.value}
		}
	}
	for _, raw := range list {
		o, ok := readObject(raw)
		if !ok {
			return nil, false
		}
		d.statements = append(d.statements, o)
	}
	return d, true
}

// newDocument is a policy without statements.
func newDocument() *document {
	return &document{head: object{{"Version", jsonOf(evaluator.Version2012)}}}
}

// with is the document with one statement in the place of another, or behind the
// last one.
func (d *document) with(index int, statement object) string {
	var list []json.RawMessage
	for i, s := range d.statements {
		if i == index {
			s = statement
		}
		list = append(list, s.raw())
	}
	if index >= len(d.statements) {
		list = append(list, statement.raw())
	}
	return string(d.head.with("Statement", jsonOf(list)).raw())
}

// only is the document with that statement and no other.
func (d *document) only(statement object) string {
	return string(d.head.with("Statement", jsonOf([]json.RawMessage{statement.raw()})).raw())
}
