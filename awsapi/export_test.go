package awsapi

import (
	"context"
	"reflect"
	"regexp"
)

// What the tests outside the package need of its inside.

// OpOf is Op for types that are known at run time only.
func OpOf(name, service string, in, out reflect.Type, call func(context.Context, any) (any, error)) Operation {
	return Operation{Name: name, Service: service, in: in, out: out, call: call}
}

// Decode decodes a form into a new input of the operation that h serves.
func Decode(h any, service, operation, form string) (any, error) {
	a := h.(*handler).api(service)
	op := a.operations[operation]
	sent, ok := params(nil).parse(form)
	if !ok {
		return nil, badForm()
	}
	in := reflect.New(op.in.typ)
	err := decode(a.Service, op.in, in.Elem(), sent)
	return in.Interface(), err
}

// DecodeJSON decodes a document into a new input of the operation that X-Amz-Target names.
func DecodeJSON(h any, target, document string) (any, error) {
	named := h.(*handler).targets[target]
	in := reflect.New(named.op.in.typ)
	err := decodeJSON(named.api.Service, named.op.in, in.Elem(), document)
	return in.Interface(), err
}

// Encode appends the answer of the operation that h serves.
func Encode(h any, service, operation string, out any, buf []byte) []byte {
	op := h.(*handler).api(service).operations[operation]
	e := encoder{buf: buf}
	e.answer(op, reflect.ValueOf(out).Elem(), "id")
	return e.buf
}

// EncodeJSON is the answer of the operation that X-Amz-Target names.
func EncodeJSON(h any, target string, out any) []byte {
	var e encoder
	e.structJSON(h.(*handler).targets[target].op.out, reflect.ValueOf(out).Elem())
	return e.buf
}

// Match tells whether a value satisfies a Java pattern.
func Match(pattern, value string) bool { return newMatcher(pattern)(value) }

// MatchRegexp does so with a regular expression, whatever Match would use.
func MatchRegexp(pattern, value string) bool {
	return regexp.MustCompile(goPattern(pattern)).MatchString(value)
}

// JavaOrder returns names in the order of a java.util.HashMap.
func JavaOrder(names ...string) []string {
	list := make([]string, 0, len(names))
	for _, i := range javaOrder(names) {
		list = append(list, names[i])
	}
	return list
}

// Unescape undoes the percent-encoding of a form.
func Unescape(s string) (string, bool) { return unescape(s) }

// ReceivedOf is Received for types that are known at run time only; in is a
// pointer to the input.
func ReceivedOf(m *Model, service string, in any) (any, error) {
	for i := range m.Services {
		if s := &m.Services[i]; s.Name == service {
			out, err := receivedInput(s, reflect.ValueOf(in).Elem())
			return out.Interface(), err
		}
	}
	panic("no service " + service)
}

// Scan finds Action and Version as a body is read, and tells whether it is a form.
func Scan(form string) (action, version *string, ok bool) {
	var c request
	c.scan(form)
	return c.action, c.version, wellFormed(form)
}

// Find finds them in the list of all parameters.
func Find(form string) (action, version *string, ok bool) {
	all, ok := params(nil).parse(form)
	return all.get(actionParameter), all.get(versionParameter), ok
}

// DecodeREST decodes a call into a new input of the operation that h serves.
func DecodeREST(h any, service, operation, label, query, document string) (any, error) {
	a := h.(*handler).rest[service]
	op := a.operations[operation]
	sent, ok := params(nil).parse(query)
	if !ok {
		return nil, notSerialized("")
	}
	var labels params
	for _, f := range op.in.wire {
		if f.in == InPath {
			labels = append(labels, pair{key: f.name, value: label})
		}
	}
	in := reflect.New(op.in.typ)
	err := decodeREST(a.Service, op.in, in.Elem(), restInput{labels, sent, document})
	return in.Interface(), err
}

// EncodeREST is the answer of the operation that h serves.
func EncodeREST(h any, service, operation string, out any) []byte {
	var e encoder
	e.structJSON(h.(*handler).rest[service].operations[operation].out, reflect.ValueOf(out).Elem())
	return e.buf
}
