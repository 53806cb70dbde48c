package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// Type is how bad a finding is, in AWS's words.
type Type string

// The types of findings, the worst first.
const (
	Error           Type = "ERROR"            // a part of the policy does not work
	SecurityWarning Type = "SECURITY_WARNING" // it allows more than is wise
	Warning         Type = "WARNING"          // it may not do what was meant
	Suggestion      Type = "SUGGESTION"       // it could be simpler, with the same effect
)

// Types are all types, the worst first.
func Types() []Type { return []Type{Error, SecurityWarning, Warning, Suggestion} }

// AtLeast reports whether the type is as bad as another one, or worse.
func (t Type) AtLeast(other Type) bool {
	types := Types()
	return slices.Index(types, t) <= slices.Index(types, other)
}

// Finding is something that is wrong with a document.
type Finding struct {
	Code    Code
	Type    Type
	Message string
	Path    string // of the part that is meant, such as "Statement[0].Action[1]"; empty for the document
	Span    evaluator.Span
	Cause   string // of JSON_SYNTAX_ERROR, what the parser says, such as "expected a comma"; else empty
	Nearest string // the name that may have been meant; empty if none is near
	Fix     *Fix   // what puts it right; nil unless that is certain
}

// Sentence is the message, with its cause and with the name that may have been meant.
func (f *Finding) Sentence() string {
	if f.Cause != "" {
		return strings.TrimSuffix(f.Message, ".") + ": " + f.Cause + "."
	}
	if f.Nearest == "" || strings.Contains(f.Message, "Did you mean ") {
		return f.Message
	}
	return f.Message + " Did you mean " + f.Nearest + "?"
}

// Fix is a change of the text that puts a finding right and has no other effect.
type Fix struct {
	From, To int    // offsets in bytes of the text to be replaced
	Text     string // what is there then
}

// Apply returns the document with the change made.
func (f *Fix) Apply(src string) string { return src[:f.From] + f.Text + src[f.To:] }

// sortFindings puts findings in the order of their places, the worst first in the same
// place.
func sortFindings(list []Finding) {
	types := Types()
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Span.From, b.Span.From),
			cmp.Compare(slices.Index(types, a.Type), slices.Index(types, b.Type)),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
