package decisions

import (
	"strings"
	"testing"
)

func TestColumns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "plain": 5, "日本": 4, "é": 1, "e\u0301": 1, "한": 2, "🔑x": 3, "\x1b[1;31mred\x1b[0m": 3, "a\u200db": 2, "ｗ": 2, "\x1b[": 0,
	} {
		if got := Columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func TestFirstColumns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"plain", 3, "pla"}, {"日本", 3, "日"}, {"日本", 4, "日本"}, {"", 1, ""}, {"e\u0301x", 1, "e\u0301"}} {
		if got := firstColumns(c.text, c.most); got != c.want {
			t.Errorf("the first %d columns of %q are %q, want %q", c.most, c.text, got, c.want)
		}
	}
}

// The underline is below the underlined part, also if a character takes two columns.
func TestUnderlineOfWideCharacters(t *testing.T) {
	t.Parallel()
	q, ok := newQuote(`{"a":["日本","x"]}`, map[string]bool{path("a", "1"): true}, 40)
	if !ok || len(q.lines) < 2 {
		t.Fatalf("the quote is %+v", q)
	}
	l := q.lines[1]
	before, _, _ := strings.Cut(l.text, `"x"`)
	if got, want := l.underline(), strings.Repeat(" ", Columns(before))+"^^^"; got != want {
		t.Errorf("%s is underlined by\n%q, want\n%q", l.text, got, want)
	}
}
