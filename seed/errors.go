package seed

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// Fault is returned for a file that cannot be applied.
type Fault struct {
	File   string
	Line   int // 0 if the fault has no line
	Reason string

	malformed *evaluator.MalformedError // the error of a policy document, until Reason says where the document is wrong
	refused   *lint.RefusedError        // what lint says of the document
}

// Unwrap returns a *lint.RefusedError if a policy document is at fault, and nil otherwise.
func (f *Fault) Unwrap() error {
	if f.refused == nil {
		return nil
	}
	return f.refused
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

// refused returns the fault of a declaration that AWS would not accept. what names the
// thing, such as "user ana". Errors that are not AWS's are returned unchanged, since the
// file is not to blame for them.
func refused(line int, what string, err error) error {
	var api smithy.APIError
	if err == nil || !errors.As(err, &api) {
		return err
	}
	return ofDocument(fault(line, "%s: %s: %s", what, api.ErrorCode(), api.ErrorMessage()), err)
}

// ofDocument keeps the error about a policy document, if it is one, in a fault.
func ofDocument(made, err error) error {
	var f *Fault
	if errors.As(made, &f) {
		errors.As(err, &f.malformed)
	}
	return made
}

// located gives a fault the name of its file. It adds in brackets where a policy document
// is wrong, in the seed or in the file that the seed refers to, and what lint says of it.
func (f *file) located(err error) error {
	var x *Fault
	if !errors.As(err, &x) || x.malformed == nil || x.malformed.Source == "" {
		return inFile(f.name, err)
	}
	source := x.malformed.Source
	place, _ := evaluator.Locate(source, x.malformed)
	said := ""
	if found, _ := lint.Refusal(source, x.malformed.Kind, x.malformed); found.Code != lint.Refused {
		place = evaluator.Place{At: found.Span.Start, Member: found.Path}
		said = ": " + string(found.Code) + ": " + found.Sentence()
		x.refused = &lint.RefusedError{Finding: found, Document: source}
	}
	where := "in the document, "
	if w := f.place(source, x.Line); w != nil && w.inLines() {
		where, place.At = "", w.Place(place.At)
		if w.other != "" {
			where = "in " + w.File + ", "
		}
	}
	x.Reason += " (" + where + strings.Replace(place.String(), ", column 0", "", 1) + said + ")"
	x.malformed = nil
	return inFile(f.name, err)
}

// inFile gives a fault the name of its file.
func inFile(name string, err error) error {
	var f *Fault
	if errors.As(err, &f) {
		f.File = name
	}
	return err
}

// notYAML returns the fault of a string that is not YAML.
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

// tabbed returns the first line that is indented with a tab, beginning with the line
// before the given one, since the parser reports such a line or the next; 0: there is
// none.
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
	if what == (file{}).noun() && ofAccount(name) {
		return fault(line, "%s has no %q; an entry of accounts has it: accounts: [{id: '111122223333', %s: ...}]", what, name, name)
	}
	return fault(line, "%s has no %q; it may have %s", what, name, listed(known))
}

// ofAccount reports whether an account has a member of the name.
func ofAccount(name string) bool {
	t := reflect.TypeFor[account]()
	for i := range t.NumField() {
		if member, _, _ := strings.Cut(t.Field(i).Tag.Get("seed"), ","); member == name {
			return true
		}
	}
	return false
}

// unknownWord returns the fault of a string that is not one of the words that its member
// may have.
func unknownWord(t text, name string, known []string) error {
	if meant := spelling.Guess(t.value, known); meant != "" {
		return fault(t.line, "%s %q is unknown; did you mean %q? It may be %s", name, t.value, meant, alternatives(known))
	}
	return fault(t.line, "%s %q is unknown; it may be %s", name, t.value, alternatives(known))
}

// alternatives joins words as "a, b or c".
func alternatives(names []string) string { return joined(names, " or ") }

// listed joins words as "a, b and c".
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
