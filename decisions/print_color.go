package decisions

import (
	"strings"

	"github.com/understudy-iam/understudy/internal/shell"
)

// Colours of ANSI terminals.
const (
	red, green, yellow, magenta = "31", "32", "33", "35"
)

// colors are the colours of verdicts and decisions.
var colors = map[string]string{
	"allowed": green, "denied": red, "explicitDeny": red, "implicitDeny": yellow, "would-be-denied": yellow,
	"faulted": magenta, "refused": red,
}

// word returns a verdict or decision in its colour.
func (p *printed) word(text string) string { return p.paint(colors[text], text) }

// Mark returns a word in green if it says something good, and otherwise in red, if the
// Printer uses colours.
func (p Printer) Mark(good bool, word string) string {
	if good {
		return (&printed{Printer: p}).paint(green, word)
	}
	return (&printed{Printer: p}).paint(red, word)
}

// paint returns a string in bold and in a colour, if the Printer uses colours.
func (p *printed) paint(color, text string) string {
	if !p.Color || color == "" {
		return text
	}
	return "\x1b[1;" + color + "m" + text + "\x1b[0m"
}

// Clean makes a string from outside safe to show in a line: a terminal obeys control
// characters, and some characters of Unicode reverse the order of what is shown.
func Clean(s string) string { return strings.Map(harmless, s) }

// CleanLines is Clean for a string of many lines; it keeps the ends of lines.
func CleanLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return harmless(r)
	}, s)
}

func harmless(r rune) rune {
	if shell.Obeyed(r) {
		return '\ufffd'
	}
	return r
}
