package services

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadMembers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want members // nil: it is refused
	}{
		"empty":     {" \n", members{}},
		"no member": {"{ }", members{}},
		"values of each kind": {
			`{"a":"x","b":-1.5e3,"c":true,"d":false,"e":null}`,
			members{"a": "x", "b": json.Number("-1.5e3"), "c": true, "d": false, "e": nil},
		},
		"white space everywhere":    {"\t{ \"a\" :\r\n[ 1 , { } ] } ", members{"a": []any{json.Number("1"), members{}}}},
		"escapes":                   {`{"\u0061\"":"\u00e9\n\ud83d\ude00"}`, members{`a"`: "é\n😀"}},
		"brackets in texts":         {`{"a":"]}","b":"{[\\"}`, members{"a": "]}", "b": `{[\`}},
		"as deep as may be":         {strings.Repeat(`{"a":`, 129) + "1" + strings.Repeat("}", 129), nested(129)},
		"deeper":                    {strings.Repeat(`{"a":`, 130) + "1" + strings.Repeat("}", 130), nil},
		"lists that are too deep":   {`{"a":` + strings.Repeat("[", 130) + strings.Repeat("]", 130) + "}", nil},
		"a member twice":            {`{"a":1,"a":1}`, nil},
		"twice by an escape":        {`{"a":1,"\u0061":1}`, nil},
		"twice further in":          {`{"a":[{"b":1,"b":2}]}`, nil},
		"a list":                    {"[]", nil},
		"something behind it":       {"{} {}", nil},
		"a comma too many":          {`{"a":1,}`, nil},
		"cut off":                   {`{"a":`, nil},
		"bytes that are not UTF-8":  {"{\"a\":\"\xff\"}", nil},
		"white space of other kind": {"\u00a0{}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readMembers([]byte(c.body))
			if diff := cmp.Diff(c.want, got); diff != "" || (err == nil) != (c.want != nil) {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

// nested is a number in so many objects.
func nested(depth int) members {
	m := members{"a": json.Number("1")}
	for range depth - 1 {
		m = members{"a": m}
	}
	return m
}

// FuzzReadMembers checks that what is read is what encoding/json reads, where that
// has one meaning.
func FuzzReadMembers(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":{"b":[1,"x",null,true]}}`, `{"a":1,"a":2}`, `[]`, `{"a":1} {}`, `{"a":`, "", `{"\u0061":1}`, `{"a":"\ud800"}`,
		`{"a":[[],{}],"b":1e-9}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMembers(b)
		if err != nil {
			if !errors.Is(err, errJSON) {
				t.Errorf("%q: %v", b, err)
			}
			return
		}
		if len(bytes.TrimSpace(b)) == 0 {
			b = []byte("{}")
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		var want map[string]any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is read, and encoding/json says %v", b, err)
		}
		if diff := cmp.Diff(any(want), asJSON(m)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", b, diff)
		}
	})
}

// asJSON is a value with the types of encoding/json.
func asJSON(v any) any {
	switch v := v.(type) {
	case members:
		m := map[string]any{}
		for name, part := range v {
			m[name] = asJSON(part)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, part := range v {
			list[i] = asJSON(part)
		}
		return list
	}
	return v
}
