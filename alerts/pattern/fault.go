package pattern

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Fault is what is wrong with a pattern.
type Fault struct {
	// Path leads to the place: names of fields, and indices of lists, which are
	// numbers from 0. It is empty if the text is not JSON.
	Path []string

	Line, Column int // of the place, from 1; a column is a character

	Sentence string // what is wrong, and what to do
}

// Error says where and what.
func (f *Fault) Error() string {
	if len(f.Path) == 0 {
		return fmt.Sprintf("line %d, column %d: %s", f.Line, f.Column, f.Sentence)
	}
	return fmt.Sprintf("line %d, column %d, in %s: %s", f.Line, f.Column, strings.Join(f.Path, "."), f.Sentence)
}

var (
	tooLarge = fmt.Sprintf("the pattern is larger than %d KiB; make several rules of it", MaxSize>>10)
	tooDeep  = fmt.Sprintf("the pattern is nested more than %d deep; events are not", MaxDepth)
)

// place is the line and column of a byte of a string, both from 1.
func place(text []byte, at int) (line, column int) {
	before := text[:min(max(at, 0), len(text))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[start:]) + 1
}
