// Package ordered reads and writes JSON objects whose members keep their order.
//
// Caveats: values are not checked until they are read themselves, and Get finds the
// first of several members with the same name.
package ordered

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Object is a JSON object.
type Object []Member

// Member is a member of an object, with its value as written.
type Member struct {
	Name  string
	Value json.RawMessage
}

// Read reads an object; false if the input does not begin with a valid one.
func Read(raw []byte) (Object, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	var o Object
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return nil, false
		}
		o = append(o, Member{name, value})
	}
	_, err := d.Token()
	return o, err == nil
}

// Get returns the value of a member; nil if there is none.
func (o Object) Get(name string) json.RawMessage {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// With returns a copy in which the member has the value. A new member is added at
// the end.
func (o Object) With(name string, value json.RawMessage) Object {
	o = slices.Clone(o)
	for i := range o {
		if o[i].Name == name {
			o[i].Value = value
			return o
		}
	}
	return append(o, Member{name, value})
}

// Without returns a copy without the member.
func (o Object) Without(name string) Object {
	return slices.DeleteFunc(slices.Clone(o), func(m Member) bool { return m.Name == name })
}

// Raw writes the object in one line, with its values as they are.
func (o Object) Raw() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(Text(m.Name))
		b.WriteByte(':')
		b.Write(m.Value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// Text returns a value as JSON, without HTML escapes; null if it cannot be encoded.
func Text(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
