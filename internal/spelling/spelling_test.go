package spelling_test

import (
	"slices"
	"testing"

	"github.com/understudy-iam/understudy/internal/spelling"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"Effect", "Action", "Resource", "NotAction"}
	for _, c := range []struct {
		name, word string
		most       int
		want       string
	}{
		{"the same", "Action", 0, "Action"},
		{"another case", "aCTION", 0, "Action"},
		{"a letter fewer", "Efect", 1, "Effect"},
		{"a letter more", "Effecct", 1, "Effect"},
		{"another letter", "Edfect", 1, "Effect"},
		{"two exchanged", "Efefct", 1, "Effect"},
		{"too far", "Efct", 1, ""},
		{"as far as may be", "Efct", 2, "Effect"},
		{"the nearer one", "NotActio", 3, "NotAction"},
		{"no word", "", 3, ""},
		{"no change is allowed", "Acton", 0, ""},
	} {
		if got := spelling.Nearest(c.word, slices.Values(words), c.most); got != c.want {
			t.Errorf("%s: %q is %q; want %q", c.name, c.word, got, c.want)
		}
	}
	if got := spelling.Nearest("ab", slices.Values([]string{"ax", "ay"}), 1); got != "ax" {
		t.Errorf("of two that are equally near: %q; want the first", got)
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	members := []string{"id", "name", "inline", "policies", "accessKeys", "Active"}
	for word, want := range map[string]string{
		"inlnie": "inline", "policy": "policies", "access_keys": "accessKeys", "nmae": "name", "active": "Active",
		"kind": "", "xx": "", "boundary": "", "": "",
	} {
		if got := spelling.Guess(word, members); got != want {
			t.Errorf("%q is %q; want %q", word, got, want)
		}
	}
}

// The distance of two words is the same in both directions.
func FuzzNearest(f *testing.F) {
	f.Add("explain", "explian", 3)
	f.Add("", "a", 1)
	f.Fuzz(func(t *testing.T, a, b string, most int) {
		if len(a)+len(b) > 200 {
			return
		}
		there := spelling.Nearest(a, slices.Values([]string{b}), most) != "" || b == ""
		back := spelling.Nearest(b, slices.Values([]string{a}), most) != "" || a == ""
		if a != "" && b != "" && there != back {
			t.Errorf("%q and %q are near in one direction only", a, b)
		}
	})
}
