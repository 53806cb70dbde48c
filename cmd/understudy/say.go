package main

import (
	"fmt"
	"os"

	"github.com/understudy-iam/understudy/decisions"
)

// say writes an error or a warning to standard error. On a terminal the lines have its
// width; elsewhere there is one line, which a script can search.
func say(text string) { fmt.Fprintln(os.Stderr, said(text, os.Stderr)) }

func said(text string, to *os.File) string {
	text = decisions.CleanLines(text)
	if !isTerminal(to) {
		return text
	}
	return decisions.Printer{Width: terminalWidth(to)}.Message(text)
}
