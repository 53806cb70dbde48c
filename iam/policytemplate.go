package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// A templateValue is the value of a template's parameter: one string, or a list of
// strings, which turns the string that refers to it into a list.
type templateValue struct {
	list   bool
	values []string
}

// templateValues are the parameters of a template, by name.
type templateValues map[string]templateValue

// missingParameterError is returned when a template needs a parameter that has
// no value. Its text is AWS's.
type missingParameterError string

func (e missingParameterError) Error() string { return "Parameter '" + string(e) + "' not found." }

// errTemplate is returned when a template is not JSON, or has another structure than a policy template.
var errTemplate = errors.New("iam: malformed policy template")

// placeholder matches a place for the value of a parameter.
var placeholder = regexp.MustCompile(`@\{([^{}]*)\}`)

// enabledMember is the member of a statement that says when the statement counts: the
// name of a parameter that must be True or, after a "!", of one that must not.
const enabledMember = "@Enabled"

// render puts the values of the parameters into a policy template and returns the policy,
// compact, with its members in the template's order. Statements that are not enabled are
// left out. If none is left, it returns an empty string.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-policy-templates.html
//
// A list in a string makes a list of strings, one for each combination.
func (v templateValues) render(document string) (string, error) {
	policy, err := readTemplate(document)
	if err != nil {
		return "", err
	}
	rendered, err := v.object(policy)
	if err != nil {
		return "", err
	}
	if list, ok := rendered.member("Statement").([]any); ok && len(list) == 0 {
		return "", nil
	}
	var b bytes.Buffer
	writeJSONValue(&b, rendered)
	return b.String(), nil
}

// readTemplate reads a document, which must be one object.
func readTemplate(document string) (jsonObject, error) {
	d := json.NewDecoder(strings.NewReader(document))
	d.UseNumber()
	root, err := readJSONValue(d)
	if err != nil {
		return nil, errTemplate
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errTemplate
	}
	o, ok := root.(jsonObject)
	if !ok {
		return nil, errTemplate
	}
	return o, nil
}

// value renders a value: an object, a list or a string.
func (v templateValues) value(value any) (any, error) {
	switch value := value.(type) {
	case jsonObject:
		return v.object(value)
	case []any:
		return v.listOf(value)
	case string:
		texts, list, err := v.expand(value)
		if err != nil || list {
			return texts, err
		}
		return texts[0], nil
	}
	return value, nil
}

func (v templateValues) object(o jsonObject) (jsonObject, error) {
	out := jsonObject{}
	for _, m := range o {
		if m.name == enabledMember {
			continue
		}
		value, err := v.value(m.value)
		if err != nil {
			return nil, err
		}
		out = append(out, jsonMember{m.name, value})
	}
	return out, nil
}

// listOf renders a list without statements that are not enabled. If one of its strings
// becomes a list, the items of that list become part of it.
func (v templateValues) listOf(list []any) (any, error) {
	out := []any{}
	for _, item := range list {
		if o, ok := item.(jsonObject); ok && !v.enabled(o) {
			continue
		}
		rendered, err := v.value(item)
		if err != nil {
			return nil, err
		}
		if texts, ok := rendered.([]any); ok {
			if _, nested := item.([]any); !nested {
				out = append(out, texts...)
				continue
			}
		}
		out = append(out, rendered)
	}
	return out, nil
}

// enabled reports whether a statement counts. AWS takes "true" for "True"
// (recorded).
func (v templateValues) enabled(o jsonObject) bool {
	text, ok := o.member(enabledMember).(string)
	if !ok {
		return true
	}
	name, not := strings.CutPrefix(text, "!")
	value := v[name].values
	on := len(value) == 1 && strings.EqualFold(value[0], "true")
	return on != not
}

// expand returns a string with the parameters' values in it, and whether a list was among
// them.
func (v templateValues) expand(text string) (texts []any, list bool, err error) {
	texts = []any{""}
	end := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		name := text[at[2]:at[3]]
		value, ok := v[name]
		if !ok {
			return nil, false, missingParameterError(name)
		}
		list = list || value.list
		texts = combine(texts, text[end:at[0]], value.values)
		end = at[1]
	}
	return combine(texts, text[end:], []string{""}), list, nil
}

// combine appends the middle part and each of the values to each string.
func combine(texts []any, middle string, values []string) []any {
	var out []any
	for _, text := range texts {
		for _, value := range values {
			out = append(out, text.(string)+middle+value)
		}
	}
	return out
}

// text renders a pattern that must become a single string.
func (v templateValues) text(pattern string) (string, error) {
	texts, _, err := v.expand(pattern)
	if err != nil {
		return "", err
	}
	if len(texts) != 1 {
		return "", errTemplate
	}
	return texts[0].(string), nil
}

// jsonObject is an object with its members in order.
type jsonObject []jsonMember

type jsonMember struct {
	name  string
	value any
}

// member returns the value of the member of that name; nil if there is none.
func (o jsonObject) member(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func readJSONValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return readJSONObject(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			item, err := readJSONValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func readJSONObject(d *json.Decoder) (any, error) {
	o := jsonObject{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := readJSONValue(d)
		if err != nil {
			return nil, err
		}
		o = append(o, jsonMember{name.(string), value})
	}
	_, err := d.Token()
	return o, err
}

func writeJSONValue(b *bytes.Buffer, value any) {
	switch value := value.(type) {
	case jsonObject:
		b.WriteByte('{')
		for i, m := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSONValue(b, m.name)
			b.WriteByte(':')
			writeJSONValue(b, m.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSONValue(b, item)
		}
		b.WriteByte(']')
	default:
		writeJSONScalar(b, value)
	}
}

func writeJSONScalar(b *bytes.Buffer, value any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("iam: a %T in a policy template: %v", value, err)) // the decoder does not make such values
	}
	b.Truncate(b.Len() - 1) // the encoder ends with a line feed
}
