package services

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzJSON compares the reader of JSON with encoding/json, member by member.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":1,"b":[{"c":"d\u0065"},null,-1.5e3],"":{}}`)
	f.Add(` [ [ ] , "x" , { "k" : true } ] `)
	f.Add(`{"a":{"a":1,"A":2},"a":3}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := readJSON([]byte(text))
		var want any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&want) != nil || v == nil || err != nil {
			return
		}
		got, err := plain(v.(jsonValue))
		if errors.Is(err, errTwice) || errors.Is(err, errTooMuch) {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// plain decodes a value by its methods as encoding/json does.
func plain(v jsonValue) (any, error) {
	switch {
	case v.isNull():
		return nil, nil
	case v.isList():
		out := []any{}
		var err error
		v.each(func(_, part jsonValue) bool {
			var p any
			p, err = plain(part)
			out = append(out, p)
			return err == nil
		})
		return out, err
	case v.isObject():
		entries, err := v.entries()
		if err != nil {
			return nil, err
		}
		out := map[string]any{}
		for _, e := range entries {
			if out[e.key], err = plain(e.value.(jsonValue)); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	text, _ := v.text()
	switch v[0] {
	case '"':
		return text, nil
	case 't', 'f':
		return text == "true", nil
	}
	return json.Number(text), nil
}
