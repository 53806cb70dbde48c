package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// placeholder is what a policy template has in place of the value of a parameter.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-policy-templates.html
var placeholder = regexp.MustCompile(`@\{[^{}]*\}`)

// enabledMember is the member of a template's statement that says when it counts.
const enabledMember = `"@Enabled"`

// isOpen reports whether a text of the document is not what a policy made of the template
// has there.
func isOpen(text string) bool {
	return placeholder.MatchString(text) || strings.Contains(text, enabledMember)
}

// settle leaves out what was found of parts that a template leaves open. Our own checks
// compare parts of a statement: of one with an open part they find nothing.
func (l *linter) settle() {
	l.findings = slices.DeleteFunc(l.findings, func(f Finding) bool {
		return isOpen(l.src[f.Span.From:f.Span.To]) || f.Code.Own() && l.inOpenStatement(f.Span)
	})
}

func (l *linter) inOpenStatement(at evaluator.Span) bool {
	return slices.ContainsFunc(l.doc.statements, func(s *statement) bool {
		return s.span.From <= at.From && at.To <= s.span.To && isOpen(l.src[s.span.From:s.span.To])
	})
}
