package main

import (
	"fmt"
	"io"
	"os"
)

// progress is a line on standard error about work that takes long. It is only shown on
// terminals, and disappears when the work is done.
type progress struct {
	to    io.Writer // nil: it is not shown
	shown bool
}

func newProgress() *progress {
	if !isTerminal(os.Stderr) {
		return &progress{}
	}
	return &progress{to: os.Stderr}
}

// show replaces the line.
func (p *progress) show(format string, args ...any) {
	if p.to != nil {
		fmt.Fprintf(p.to, "\r\x1b[K"+format, args...)
		p.shown = true
	}
}

// clear removes the line, so that something else can be printed.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
		p.shown = false
	}
}
