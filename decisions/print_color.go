package decisions

import (
	"strings"

	"github.com/understudy-iam/understudy/internal/shell"
)

// Colours of ANSI terminals.
const (
	red, green, yellow, magenta = "31", "32", "33", "35"
)

// colors are those of verdicts and decisions.
var colors = map[string]string{
	"allowed": green, "denied": red, "explicitDeny": red, "implicitDeny": yellow, "would-be-denied": yellow,
	"faulted": magenta, "refused": red,
}

// word is a verdict or decision in its colour.
func (p *printed) word(text string) string { return p.paint(colors[text], text) }

// Mark is a word in green if it tells of something good, and else in red, if there are
// colours.
func (p Printer) Mark(good bool, word string) string {
	if good {
		return (&printed{Printer: p}).paint(green, word)
	}
	return (&printed{Printer: p}).paint(red, word)
}

// paint is a string in a colour, bold, if there are colours.
func (p *printed) paint(color, text string) string {
	if !p.Color || color == "" {
		return text
	}
	return "\x1b[1;" + color + "m" + text + "\x1b[0m"
}

// Clean makes a string from outside safe to show in a line: a terminal obeys control
// characters, and some of Unicode's turn the order of what is shown.
func Clean(s string) string { return strings.Map(harmless, s) }

// CleanLines is Clean for a string of many lines, whose ends stay.
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
