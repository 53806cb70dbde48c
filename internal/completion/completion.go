// Package completion completes command lines of a program made with kong, in bash,
// zsh and fish. A shell sources the output of Script, which asks the program itself
// what may be at the cursor. Complete answers that from kong's model, so the
// completions always match the program.
//
// A flag's or argument's tag `complete` says what its values are: "file", "dir", or
// the name of a Source of the program. Values with the tag `enum` do not need it.
//
// Caveats: it knows commands, flags and arguments, not kong's branching
// arguments, negated flags and aliases.
package completion

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Command is the first argument with which the script calls the program. The words
// of the command line up to the cursor follow; the last one is unfinished.
const Command = "__complete"

// A Source returns the possible values of a flag or an argument that begin with the
// prefix.
type Source func(prefix string) []string

// A Candidate is a word that may be at the cursor.
type Candidate struct {
	Text, Help string
}

// Answer lists what may be at the cursor.
type Answer struct {
	Candidates []Candidate
	Files      string // "file" or "dir" if such names may be there too
}

// Write writes the answer as the scripts read it: one candidate per line, with its
// help after a tab, and ":file" or ":dir" in the last line.
func (a *Answer) Write(w io.Writer) error {
	var b strings.Builder
	for _, c := range a.Candidates {
		fmt.Fprintf(&b, "%s\t%s\n", c.Text, c.Help)
	}
	if a.Files != "" {
		fmt.Fprintf(&b, ":%s\n", a.Files)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Complete says what the last of the words may become.
func Complete(app *kong.Node, words []string, sources map[string]Source) *Answer {
	if len(words) == 0 {
		words = []string{""}
	}
	l := &line{node: app, sources: sources, given: map[*kong.Flag]bool{}}
	for _, word := range words[:len(words)-1] {
		l.read(word)
	}
	l.complete(words[len(words)-1])
	return &l.answer
}

// line is a command line, as far as it has been read.
type line struct {
	node    *kong.Node
	sources map[string]Source
	given   map[*kong.Flag]bool
	pending *kong.Flag // whose value is the next word
	noFlags bool       // after --
	args    int        // positional arguments read so far
	answer  Answer
}

// read takes a finished word.
func (l *line) read(word string) {
	switch {
	case l.pending != nil:
		l.pending = nil
	case word == "--":
		l.noFlags = true
	case !l.noFlags && len(word) > 1 && word[0] == '-':
		name, _, hasValue := strings.Cut(word, "=")
		flag := l.flag(name)
		if flag == nil {
			return
		}
		l.given[flag] = true
		if !hasValue && !flag.IsBool() && !flag.IsCounter() {
			l.pending = flag
		}
	default:
		if child := l.command(word); child != nil {
			l.node, l.args = child, 0
			return
		}
		l.args++
	}
}

func (l *line) command(name string) *kong.Node {
	for _, child := range l.node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// flag finds a flag by "--name" or "-n"; nil if there is none.
func (l *line) flag(name string) *kong.Flag {
	for _, flag := range l.flags() {
		if name == "--"+flag.Name || flag.Short != 0 && name == "-"+string(flag.Short) {
			return flag
		}
	}
	return nil
}

// flags returns the flags of the command, and of its default command if there is
// one.
func (l *line) flags() (all []*kong.Flag) {
	node := l.node
	if node.DefaultCmd != nil {
		node = node.DefaultCmd
	}
	for _, group := range node.AllFlags(true) {
		all = append(all, group...)
	}
	return all
}

func (l *line) complete(word string) {
	name, value, hasValue := strings.Cut(word, "=")
	switch {
	case l.pending != nil:
		l.value(l.pending.Value, "", word)
	case l.noFlags || !strings.HasPrefix(word, "-"):
		l.argument(word)
	case hasValue:
		if flag := l.flag(name); flag != nil {
			l.value(flag.Value, name+"=", value)
		}
	default:
		l.offerFlags(word)
	}
}

// argument completes a command or an argument, or a flag where neither is possible.
func (l *line) argument(word string) {
	for _, child := range l.node.Children {
		if !child.Hidden {
			l.offer(word, child.Name, child.Help)
		}
	}
	if len(l.node.Children) > 0 {
		return
	}
	if n := l.args; n < len(l.node.Positional) {
		l.value(l.node.Positional[n], "", word)
	} else if last := len(l.node.Positional) - 1; last >= 0 && l.node.Positional[last].IsCumulative() {
		l.value(l.node.Positional[last], "", word)
	}
	if word == "" && !l.noFlags && len(l.answer.Candidates) == 0 && l.answer.Files == "" {
		l.offerFlags("--")
	}
}

func (l *line) offerFlags(word string) {
	for _, flag := range l.flags() {
		if !l.given[flag] || flag.IsCumulative() {
			l.offer(word, "--"+flag.Name, flag.Help)
		}
	}
}

// value completes a value that begins after the prefix. In a list with commas it
// completes the last element.
func (l *line) value(v *kong.Value, prefix, word string) {
	if comma := strings.LastIndexByte(word, ','); comma >= 0 && v.IsSlice() {
		prefix, word = prefix+word[:comma+1], word[comma+1:]
	}
	kind := v.Tag.Get("complete")
	switch {
	case v.Enum != "":
		for _, choice := range v.EnumSlice() {
			l.offer(prefix+word, prefix+choice, "")
		}
	case kind == "file" || kind == "dir":
		l.answer.Files = kind
	case l.sources[kind] != nil:
		for _, text := range l.sources[kind](word) {
			l.offer(prefix+word, prefix+text, "")
		}
	}
}

// offer takes a candidate if it continues the word.
func (l *line) offer(word, text, help string) {
	same := func(c Candidate) bool { return c.Text == text }
	if text == "" || !strings.HasPrefix(text, word) || slices.ContainsFunc(l.answer.Candidates, same) {
		return
	}
	help, _, _ = strings.Cut(help, "\n")
	l.answer.Candidates = append(l.answer.Candidates, Candidate{text, help})
}
