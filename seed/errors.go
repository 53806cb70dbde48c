package seed

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"github.com/aws/smithy-go"
	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// Fault is returned for a file that cannot be applied.
type Fault struct {
	File   string
	Line   int // 0 if the fault has no line
	Reason string
}

// Error returns "file:line: reason".
func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Reason
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Reason)
}

func fault(line int, format string, args ...any) error {
	return &Fault{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// refused is the fault of a declaration that AWS would not accept; what is it
// called, such as "user ana". Errors that are not AWS's are not the file's.
func refused(line int, what string, err error) error {
	var api smithy.APIError
	if err == nil || !errors.As(err, &api) {
		return err
	}
	return fault(line, "%s: %s: %s%s", what, api.ErrorCode(), api.ErrorMessage(), documentFault(err))
}

// documentFault says where the policy document is at fault that an error is about, in
// brackets; empty if it is about none.
func documentFault(err error) string {
	var malformed *evaluator.MalformedError
	if !errors.As(err, &malformed) || malformed.Source == "" {
		return ""
	}
	place, _ := evaluator.Locate(malformed.Source, err)
	return " (in the document, " + place.String() + ")"
}

// inFile gives a fault the name of its file.
func inFile(name string, err error) error {
	var f *Fault
	if errors.As(err, &f) {
		f.File = name
	}
	return err
}

// rootCause is the innermost error: the outer ones repeat the name of the file.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// notYAML is the fault of a text that is not YAML.
func notYAML(raw []byte, err error) error {
	var one *yaml.LoadError
	var all *yaml.LoadErrors
	if errors.As(err, &all) && len(all.Errors) > 0 {
		one = all.Errors[0]
	}
	if one == nil && !errors.As(err, &one) {
		return fault(0, "%s", err)
	}
	if line := tabbed(raw, one.Mark.Line); line > 0 {
		return fault(line, "the line is indented with a tab, which YAML does not take; indent it with spaces")
	}
	return fault(one.Mark.Line, "%s", one.Message)
}

// tabIndent begins a line that is indented with a tab.
var tabIndent = regexp.MustCompile(`^ *\t\s*\S`)

// tabbed is the first line that is indented with a tab, from the one before the line
// on: the parser sees the mistake on it or on the next; 0: none is.
func tabbed(raw []byte, line int) int {
	number := 0
	for text := range bytes.Lines(raw) {
		if number++; number > line+1 {
			return 0
		}
		if number >= line-1 && tabIndent.Match(text) {
			return number
		}
	}
	return 0
}

// atLine moves the line of a fault that was found in a part of a file.
func atLine(err error, first int) error {
	var f *Fault
	if errors.As(err, &f) {
		f.Line += first - 1
		return f
	}
	return err
}

func unknownMember(line int, name, what string, known []string) error {
	if meant := spelling.Guess(name, known); meant != "" {
		return fault(line, "%s has no %q; did you mean %q? It may have %s", what, name, meant, listed(known))
	}
	return fault(line, "%s has no %q; it may have %s", what, name, listed(known))
}

// unknownWord is the fault of a text that is not one of the words that its member may
// have.
func unknownWord(t text, name string, known []string) error {
	if meant := spelling.Guess(t.value, known); meant != "" {
		return fault(t.line, "%s %q is unknown; did you mean %q? It may be %s", name, t.value, meant, alternatives(known))
	}
	return fault(t.line, "%s %q is unknown; it may be %s", name, t.value, alternatives(known))
}

// alternatives is "a, b or c".
func alternatives(names []string) string { return joined(names, " or ") }

// listed is "a, b and c".
func listed(names []string) string { return joined(names, " and ") }

func joined(names []string, last string) string {
	text := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += last
		default:
			text += ", "
		}
		text += n
	}
	return text
}
