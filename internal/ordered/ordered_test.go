package ordered_test

import (
	"encoding/json"
	"testing"

	"github.com/understudy-iam/understudy/internal/ordered"
)

// An object is written as it was read, with its members in their order.
func TestObjects(t *testing.T) {
	t.Parallel()
	const text = `{"b":1,"a":{"z":[1,2],"y":"<&>"},"c\"":null}`
	o, ok := ordered.Read([]byte(text))
	if !ok || string(o.Raw()) != text {
		t.Fatalf("%s is read as %s, %v", text, o.Raw(), ok)
	}
	if got := string(o.Get("a")); got != `{"z":[1,2],"y":"<&>"}` || o.Get("none") != nil {
		t.Errorf("a is %s, and what is not there %s", got, o.Get("none"))
	}
	for name, got := range map[string]ordered.Object{
		`{"b":true,"a":{"z":[1,2],"y":"<&>"},"c\"":null}`:      o.With("b", ordered.Text(true)),
		`{"b":1,"a":{"z":[1,2],"y":"<&>"},"c\"":null,"d":"<"}`: o.With("d", ordered.Text("<")),
		`{"b":1,"c\"":null}`: o.Without("a"),
	} {
		if string(got.Raw()) != name {
			t.Errorf("got %s, want %s", got.Raw(), name)
		}
	}
	if string(o.Raw()) != text {
		t.Errorf("the object itself becomes %s", o.Raw())
	}
	for _, bad := range []string{"", "[]", `"a"`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{1:2}`} {
		if o, ok := ordered.Read([]byte(bad)); ok {
			t.Errorf("%s is read as %s", bad, o.Raw())
		}
	}
}

// What is read is written as the same JSON.
func FuzzRead(f *testing.F) {
	for _, text := range []string{`{}`, `{"a":[{"b":"\u202e"}],"a":2}`, `{"\ud800":1e400}`, `{"a":{}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o, ok := ordered.Read(text)
		if !ok {
			return
		}
		raw := o.Raw()
		again, ok := ordered.Read(raw)
		if !ok || !json.Valid(raw) || string(again.Raw()) != string(raw) {
			t.Errorf("%q is written as %q, and that as %q", text, raw, again.Raw())
		}
	})
}
