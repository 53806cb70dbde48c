package shell_test

import (
	"os/exec"
	"testing"

	"github.com/understudy-iam/understudy/internal/shell"
)

// A shell reads each quoted word unchanged.
func TestQuote(t *testing.T) {
	t.Parallel()
	words := []string{
		"", "plain", "two words", "it's", `"`, `\`, "$HOME", "`id`", "*", "a\nb", "~", "#x", "!", "arn:aws:iam::111122223333:role/x",
		`{"a":"b c"}`, "-",
	}
	for _, word := range words {
		out, err := exec.Command("sh", "-c", "printf %s/ "+shell.Quote(word)).Output()
		if err != nil || string(out) != word+"/" {
			t.Errorf("%q becomes %q: %v", word, out, err)
		}
	}
	out, err := exec.Command("sh", "-c", shell.Command([]string{"printf", "%s|", "a b", "", "c"})).Output()
	if err != nil || string(out) != "a b||c|" {
		t.Errorf("a command of several words prints %q: %v", out, err)
	}
}
