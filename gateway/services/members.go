package services

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// members are the members of a JSON object.
//
// Names are matched exactly and a name may stand only once in an object: two
// readers could take one value each, and what is decided would not be what is
// done. encoding/json alone does neither.
type members map[string]any

// maxNested is how deep values may be nested. An item of DynamoDB has 32
// levels, each of two objects.
const maxNested = 128

var errJSON = &Malformed{Reason: "the body is not a JSON object that can be read in one way only"}

// readMembers reads a JSON object. An empty body has no members.
func readMembers(body []byte) (members, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return members{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	v, err := readValue(d, 0)
	if err != nil {
		return nil, errJSON
	}
	m, ok := v.(members)
	if _, err := d.Token(); !ok || !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return m, nil
}

func readValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil || depth > maxNested {
		return nil, errJSON
	}
	switch t {
	case json.Delim('{'):
		return readObject(d, depth)
	case json.Delim('['):
		return readList(d, depth)
	}
	return t, nil
}

func readObject(d *json.Decoder, depth int) (members, error) {
	m := members{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, errJSON
		}
		name, _ := t.(string)
		if _, twice := m[name]; twice {
			return nil, errJSON
		}
		if m[name], err = readValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return m, err
}

func readList(d *json.Decoder, depth int) ([]any, error) {
	list := []any{}
	for d.More() {
		v, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
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
	list, _ := m[name].([]any)
	var found []members
	for _, v := range list {
		if o, ok := v.(members); ok {
			found = append(found, o)
		}
	}
	return found
}

// names returns the names of the members in order.
func (m members) names() []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// texts returns the strings of a list member.
func (m members) texts(name string) []string {
	list, _ := m[name].([]any)
	var found []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// spelled returns an error if a member has one of the names but for its case: some
// servers would read it.
func (m members) spelled(names []string) error {
	for name := range m {
		for _, known := range names {
			if name != known && strings.EqualFold(name, known) {
				return &Malformed{Reason: "the member " + name + " is written " + known}
			}
		}
	}
	return nil
}
