// Package shell writes words for a POSIX shell.
package shell

import (
	"strings"
	"unicode"
)

// bare holds the characters without a special meaning in a shell.
const bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@+%"

// Quote writes a word, in quotation marks if it needs them.
func Quote(s string) string {
	if s != "" && strings.Trim(s, bare) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Command returns a line that runs a program with arguments.
func Command(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}

// Obeyed reports whether a terminal interprets a character instead of showing it: a
// control character, or a Unicode character that ends lines or changes the text
// direction. A command with such a character cannot be copied from a terminal.
func Obeyed(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}
