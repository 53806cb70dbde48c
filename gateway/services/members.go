package services

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// members are the members of a JSON object.
//
// Names are matched exactly, and an object may have a name only once: otherwise two readers could
// take different values, and the upstream would do something other than what was decided.
// encoding/json alone does neither.
type members map[string]any

// maxNested is how deeply values may be nested. An item of DynamoDB has 32
// levels, each of two objects.
const maxNested = 128

var errJSON = &Malformed{Reason: "the body is not a JSON object that can be read in one way only"}

// readMembers reads a JSON object. An empty body has no members.
func readMembers(body []byte) (members, error) {
	body = bytes.Trim(body, " \t\r\n")
	if len(body) == 0 {
		return members{}, nil
	}
	if body[0] != '{' || !json.Valid(body) || !utf8.Valid(body) {
		return nil, errJSON
	}
	return (&jsonReader{body}).object(0)
}

// jsonReader decodes JSON that is known to be valid. Package json does the same at three times the
// cost.
type jsonReader struct{ rest []byte }

func (j *jsonReader) value(depth int) (any, error) {
	switch j.rest[0] {
	case '{':
		return j.object(depth)
	case '[':
		return j.list(depth)
	}
	v := jsonValue(j.rest[:end(j.rest)])
	j.rest = j.rest[len(v):]
	switch v[0] {
	case 'n':
		return nil, nil
	case 't', 'f':
		return v[0] == 't', nil
	case '"':
		text, _ := v.text()
		return text, nil
	}
	return json.Number(v), nil
}

func (j *jsonReader) object(depth int) (members, error) {
	if depth > maxNested {
		return nil, errJSON
	}
	m := members{}
	j.rest = j.rest[1:]
	for j.next('}') {
		key := jsonValue(j.rest[:endOfString(j.rest)])
		name, _ := key.text()
		if _, twice := m[name]; twice {
			return nil, errJSON
		}
		j.rest = j.rest[len(key):]
		j.rest = j.rest[space(j.rest, ':'):]
		v, err := j.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m[name] = v
	}
	return m, nil
}

func (j *jsonReader) list(depth int) ([]any, error) {
	if depth > maxNested {
		return nil, errJSON
	}
	list := []any{}
	j.rest = j.rest[1:]
	for j.next(']') {
		v, err := j.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// next goes to the next part of an object or a list; if there is none, it reports false and goes
// past the end.
func (j *jsonReader) next(closing byte) bool {
	j.rest = j.rest[space(j.rest, ','):]
	if j.rest[0] != closing {
		return true
	}
	j.rest = j.rest[1:]
	return false
}

// text returns a string member; empty if there is none.
func (m members) text(name string) string {
	s, _ := m[name].(string)
	return s
}

// object returns an object member; nil, which has no members, if there is none.
func (m members) object(name string) members {
	o, _ := m[name].(members)
	return o
}

// objects returns the objects of a list member.
func (m members) objects(name string) []members {
	return elements[members](m, name)
}

// names returns the names of the members in order.
func (m members) names() []string {
	if len(m) == 0 {
		return nil
	}
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// texts returns the strings of a list member.
func (m members) texts(name string) []string {
	return elements[string](m, name)
}

// elements returns those elements of a list member that are a T.
func elements[T any](m members, name string) []T {
	list, _ := m[name].([]any)
	var found []T
	for _, v := range list {
		if e, ok := v.(T); ok {
			found = append(found, e)
		}
	}
	return found
}

// spelled returns an error if a member differs from one of the names only in case: some servers
// would read it.
func (m members) spelled(names []string) error {
	for name := range m {
		if slices.Contains(names, name) {
			continue
		}
		for _, known := range names {
			if strings.EqualFold(name, known) {
				return &Malformed{Reason: "the member " + name + " is written " + known}
			}
		}
	}
	return nil
}
