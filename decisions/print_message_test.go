package decisions_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/decisions"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::111122223333:role/teams/platform/a-role-with-a-rather-long-name"
	for _, c := range []struct{ name, text, want string }{
		{"a short one", "nothing to do", "nothing to do"},
		{"no text", "", ""},
		{"a long one", "the quick brown fox jumps over the lazy dog and the cat",
			"the quick brown fox jumps over the lazy\n  dog and the cat"},
		{"an ARN", "the role is not there: " + arn + " at all", "the role is not there:\n  " + arn + "\n  at all"},
		{"a quoted text", `the quick brown fox jumps over "one lazy dog" and on`,
			"the quick brown fox jumps over\n  \"one lazy dog\" and on"},
		{"a quoted text that is long", `the quick "brown fox jumps over the one lazy dog" and on`,
			"the quick \"brown fox jumps over the one\n  lazy dog\" and on"},
		{"a quotation mark alone", `the quick brown fox" jumps over the one lazy dog`,
			"the quick brown fox\" jumps over the one\n  lazy dog"},
		{"several lines", "one\n  the quick brown fox jumps over the lazy dog\n",
			"one\n  the quick brown fox jumps over the\n    lazy dog\n"},
	} {
		got := decisions.Printer{Width: 40}.Message(c.text)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A message in lines still has all its words, and no line that could be broken is too long.
func FuzzMessage(f *testing.F) {
	f.Add(`a "b c" d`, 40)
	f.Add("x\n  y z", 80)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x1b\u00a0") || len(text) > 4000 {
			return
		}
		got := decisions.Printer{Width: width}.Message(text)
		if diff := cmp.Diff(strings.Fields(text), strings.Fields(got)); diff != "" {
			t.Errorf("the words change (-text +message):\n%s", diff)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if decisions.Columns(line) > max(width, 40) && width != 0 && strings.Contains(strings.Trim(line, " "), " ") &&
				!strings.Contains(text, `"`) {
				t.Errorf("the line %q is longer than %d", line, width)
			}
		}
	})
}
