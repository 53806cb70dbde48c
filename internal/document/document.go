// Package document reads the documents of the project, so that tests can run what
// they show. What a reader should not see is in an HTML comment in the line before
// a code block:
//
//	<!-- file: NAME -->        the block is the content of that file
//	<!-- tested by NAME -->    the test of that name does what the block shows
//	<!-- exit code: N -->      the block ends with this exit code, not with 0;
//	                           "not 0" is any other one
//	<!-- not run here -->      nothing runs it; only for what has no runner
//
// Without such a comment, a block of "sh" or "console" is run, a block of "go" is
// copied exactly from a Go file of the project, and a block of "text" is not run.
//
// Caveats: it knows fenced code blocks that begin at the start of a line, which
// is how we write them.
package document

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A Block is a fenced code block.
type Block struct {
	Document string // the path of its document below the project's root
	Line     int    // where it begins, from 1
	Language string // such as sh; empty if none is given
	Text     string // with a newline at its end

	File     string // not empty: the block is this file
	TestedBy string // not empty: the name of a test, or a target of the Makefile
	ExitCode int    // AnyFailure: any code but 0
	NotRun   bool
}

// AnyFailure is the exit code of a block that fails with any code.
const AnyFailure = -1

// Documents returns the paths of all documents below the root: README.md,
// DEVELOPMENT.md and those in docs/.
func Documents(root string) ([]string, error) {
	list := []string{"README.md", "DEVELOPMENT.md"}
	found, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	for _, path := range found {
		list = append(list, filepath.Join("docs", filepath.Base(path)))
	}
	return list, err
}

var (
	fence  = regexp.MustCompile("^```([a-z]*)$")
	remark = regexp.MustCompile(`^<!-- (file|tested by|exit code|not run here):? ?(.*?) -->$`)
)

// Read reads the blocks of a document.
func Read(root, document string) ([]Block, error) {
	raw, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		return nil, err
	}
	return parse(document, string(raw))
}

func parse(document, text string) (blocks []Block, err error) {
	var open *Block
	before := ""
	for i, line := range strings.Split(text, "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case open != nil && line == "```":
			blocks, open = append(blocks, *open), nil
		case open != nil:
			open.Text += line + "\n"
		case m != nil:
			open = &Block{Document: document, Line: i + 1, Language: m[1]}
			if err := open.mark(before); err != nil {
				return nil, err
			}
		case strings.HasPrefix(line, "```"):
			return nil, fmt.Errorf("%s:%d: a code block must begin with three backquotes and a language", document, i+1)
		}
		before = line
	}
	if open != nil {
		return nil, fmt.Errorf("%s:%d: the code block has no end", document, open.Line)
	}
	return blocks, nil
}

// mark takes what the line before the block says about it, if anything.
func (b *Block) mark(line string) (err error) {
	m := remark.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	switch m[1] {
	case "file":
		b.File = m[2]
	case "tested by":
		b.TestedBy = m[2]
	case "exit code":
		if m[2] == "not 0" {
			b.ExitCode = AnyFailure
		} else if b.ExitCode, err = strconv.Atoi(m[2]); err != nil {
			return fmt.Errorf("%s:%d: the exit code is not a number: %w", b.Document, b.Line, err)
		}
	case "not run here":
		b.NotRun = true
	}
	return nil
}
