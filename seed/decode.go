package seed

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// A leaf is a member that is not a mapping of the form.
type leaf interface {
	read(m *mapping, n *yaml.Node, name string)
	node() *yaml.Node // nil if it is left out
}

// checked is implemented by structs of the form that have rules for their members.
type checked interface{ check(m *mapping) }

// nouned is implemented by all structs of the form: it returns their name in errors.
type nouned interface{ noun() string }

// decode reads a mapping into a struct of the form.
func (r *reader) decode(n *yaml.Node, into reflect.Value) {
	m := r.mapping(n, into.Interface().(nouned).noun())
	m.fields(into)
	if c, ok := into.Addr().Interface().(checked); ok && r.err == nil {
		c.check(m)
	}
	m.end()
}

// fields reads the members that the fields of a struct name.
func (m *mapping) fields(s reflect.Value) {
	t := m.form(s.Type())
	m.known = t.names
	if t.line != nil {
		s.FieldByIndex(t.line).SetInt(int64(m.line))
	}
	for i := range t.fields {
		f := &t.fields[i]
		m.field(s.FieldByIndex(f.index), t.names[i], f.options)
	}
}

// structForm describes a struct of the form, for all mappings that are read into it.
type structForm struct {
	names  []string // of the members
	fields []structField
	line   []int // the index of the field Line; nil: there is none
}

type structField struct {
	index   []int
	options string
	holds   holding
}

// repeats marks a list that may have the same string twice.
const repeats = "repeats"

// holding says which part of the form a field has.
type holding int

const (
	neither holding = iota // a leaf
	aStruct                // or nil
	structs                // a list of them
	texted                 // a list of texts
)

var (
	leafType = reflect.TypeFor[leaf]()
	textType = reflect.TypeFor[text]()
)

func held(t reflect.Type) holding {
	switch {
	case reflect.PointerTo(t).Implements(leafType):
	case t.Kind() == reflect.Pointer && !t.Implements(leafType):
		return aStruct
	case t.Kind() == reflect.Slice && t.Elem() == textType:
		return texted
	case t.Kind() == reflect.Slice && !reflect.PointerTo(t.Elem()).Implements(leafType):
		return structs
	}
	return neither
}

func (r *reader) form(t reflect.Type) *structForm {
	f := r.forms[t]
	if f == nil {
		f = &structForm{}
		f.add(t, nil)
		f.names = slices.Clip(f.names) // shared by all mappings of the type
		r.forms[t] = f
	}
	return f
}

// add adds the fields of a struct, and of those that are embedded in it.
func (f *structForm) add(t reflect.Type, within []int) {
	for i := range t.NumField() {
		field, index := t.Field(i), append(slices.Clone(within), i)
		name, options := memberOf(field)
		switch {
		case field.Anonymous:
			f.add(field.Type, index)
		case field.Name == "Line":
			f.line = index
		case name != "":
			f.names, f.fields = append(f.names, name), append(f.fields, structField{index, options, held(field.Type)})
		}
	}
}

func memberOf(field reflect.StructField) (name, options string) {
	name, options, _ = strings.Cut(field.Tag.Get("seed"), ",")
	return name, options
}

func (m *mapping) field(v reflect.Value, name, options string) {
	n := m.given(name)
	if options == "required" && (n == nil || n.Kind == yaml.ScalarNode && n.Value == "") {
		m.fail(fault(m.line, "%s needs %s", m.what, name))
		return
	}
	if n == nil {
		return
	}
	if l, ok := v.Addr().Interface().(leaf); ok {
		l.read(m, n, name)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.element(v.Elem(), n, name)
	case reflect.Slice:
		list := m.listOf(n, name)
		v.Set(reflect.MakeSlice(v.Type(), 0, list.len())) // an empty list is not nil, since it was not left out
		for n := range list.each {
			v.Grow(1)
			v.SetLen(v.Len() + 1)
			m.element(v.Index(v.Len()-1), n, name)
		}
	}
}

func (m *mapping) element(v reflect.Value, n *yaml.Node, name string) {
	if l, ok := v.Addr().Interface().(leaf); ok {
		l.read(m, follow(n), name)
		return
	}
	m.decode(n, v)
}

func (t *text) read(m *mapping, n *yaml.Node, name string) { *t = m.scalar(n, name) }

// content is a policy document, a certificate or the like: a string, a mapping, which
// becomes JSON, or {file: NAME}.
type content struct{ text }

func (c *content) read(m *mapping, n *yaml.Node, name string) { c.text = m.document(n, name) }

// blob is binary, in base64.
type blob struct {
	value []byte
	line  int
}

func (b blob) given() bool { return b.line != 0 }

func (b *blob) read(m *mapping, n *yaml.Node, name string) {
	t := m.scalar(n, name)
	value, err := base64.StdEncoding.DecodeString(t.value)
	if err != nil {
		m.fail(fault(t.line, "%s must be base64", name))
	}
	*b = blob{value, t.line}
}

// instant is a time, in whole seconds.
type instant struct {
	value time.Time
	line  int
}

func (i instant) given() bool { return i.line != 0 }

// into sets a date to the declared one, if there is one.
func (i instant) into(date *time.Time) {
	if i.given() {
		*date = i.value
	}
}

// The range of years in which a time is written as it was read.
const (
	firstYear = 1
	lastYear  = 9999
)

func (i *instant) read(m *mapping, n *yaml.Node, name string) {
	t := m.scalar(n, name)
	value, err := time.Parse(time.RFC3339, strings.Replace(t.value, " ", "T", 1)) // Python prints a blank
	value = value.UTC().Truncate(time.Second)
	if err != nil || value.Year() < firstYear || value.Year() > lastYear || value.IsZero() {
		m.fail(fault(t.line, "%s %q must be a time such as 2026-03-01T12:00:00Z", name, t.value))
	}
	*i = instant{value, t.line}
}

// flag is true or false, or left out.
type flag struct {
	value bool
	line  int
}

func (f flag) given() bool { return f.line != 0 }

// into sets a value to the declared one, if there is one.
func (f flag) into(value *bool) {
	if f.given() {
		*value = f.value
	}
}

func (f *flag) read(m *mapping, n *yaml.Node, name string) {
	t := m.scalar(n, name)
	if t.value != "true" && t.value != "false" {
		m.fail(fault(t.line, "%s must be true or false", name))
	}
	*f = flag{t.value == "true", t.line}
}

// number64 is a whole number.
type number64 struct {
	value int64
	line  int
}

func (x number64) given() bool { return x.line != 0 }

// into sets a value to the declared one, if there is one.
func (x number64) into(value *int64) {
	if x.given() {
		*value = x.value
	}
}

func (x *number64) read(m *mapping, n *yaml.Node, name string) { x.parse(m, n, name, 64) }

func (x *number64) parse(m *mapping, n *yaml.Node, name string, bits int) {
	t := m.scalar(n, name)
	value, err := strconv.ParseInt(t.value, 10, bits)
	if err != nil {
		m.fail(fault(t.line, "%s must be a number", name))
	}
	*x = number64{value, t.line}
}

// number is a whole number of 32 bits, like most of AWS's.
type number struct{ number64 }

func (x *number) read(m *mapping, n *yaml.Node, name string) { x.parse(m, n, name, 32) }

// int32 returns the number; 0 if it is left out.
func (x number) int32() int32 { return int32(x.value) }

// pointer returns the number; nil if it is left out.
func (x number) pointer() *int32 {
	if !x.given() {
		return nil
	}
	value := x.int32()
	return &value
}

// texts are strings by name, in the order of the file.
type texts []named

func (t *texts) read(m *mapping, n *yaml.Node, name string) { *t = m.pairs(n, name, m.scalar) }

// contents are documents by name, in the order of the file.
type contents []named

func (c *contents) read(m *mapping, n *yaml.Node, name string) { *c = m.pairs(n, name, m.document) }

// textLists are lists of strings by name, in the order of the file.
type textLists []namedList

type namedList struct {
	name   text
	values []text
}

func (l *textLists) read(m *mapping, n *yaml.Node, name string) {
	inner := m.mapping(n, name)
	for key := range inner.names {
		list := namedList{name: text{key.Value, key.Line}, values: inner.texts(key.Value)}
		*l = append(*l, list)
	}
}
