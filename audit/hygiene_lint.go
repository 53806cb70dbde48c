package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// elsewhere are the codes of lint that another check reports, which knows more.
var elsewhere = []lint.Code{
	lint.TrustOpenToWorld, lint.TrustAccountWithoutExternalID, lint.MissingConditionKeyForOIDCPrincipal,
	lint.MissingGitHubRepoConditionKey, lint.RestrictAccessToServicePrincipal, lint.WorldReaches, lint.AllowNotAction,
}

// never are the codes of conditions and actions that cannot match.
var never = []lint.Code{lint.ConditionNeverMatches, lint.ActionMatchesNoResource, lint.PrivateIPAddress, lint.EmptyArrayCondition}

// filled is what each finding of lint fills with what it is about.
var filled = regexp.MustCompile(`\{\{\w+\}\}`)

func lintChecks() []Check {
	list := []Check{{
		ID: "deny-never-matches", Severity: Medium, Title: "A statement that denies can never apply, or a part of it",
		Why: "What somebody meant to forbid is allowed.", run: deniesNothing,
	}}
	for _, l := range lint.Checks() {
		if l.Type != lint.SecurityWarning || slices.Contains(elsewhere, l.Code) {
			continue
		}
		title, _ := sentences(filled.ReplaceAllString(l.Message, "…"))
		list = append(list, Check{
			ID: "lint:" + string(l.Code), Severity: Medium, Title: title, Why: "The policy allows more than is wise.",
			References: []string{"understudy lint " + string(l.Code)}, run: linted(l.Code),
		})
	}
	return list
}

// sentences are the first sentence of a message, without its full stop, and the rest.
func sentences(message string) (first, rest string) {
	first, rest, _ = strings.Cut(message, ". ")
	return strings.TrimSuffix(first, "."), rest
}

func linted(code lint.Code) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		return s.eachLint(func(w *written, f *lint.Finding) {
			if f.Code == code {
				s.reportLint(c, w, f)
			}
		})
	}
}

func deniesNothing(s *state, c *Check) error {
	return s.eachLint(func(w *written, f *lint.Finding) {
		if st := statementAt(w, f.Path); slices.Contains(never, f.Code) && st != nil && st.Effect == evaluator.Deny {
			s.reportLint(c, w, f)
		}
	})
}

func (s *state) eachLint(f func(*written, *lint.Finding)) error {
	documents, err := s.writtenDocuments()
	if err != nil {
		return err
	}
	for _, w := range documents {
		list := s.lint(w)
		for i := range list {
			f(w, &list[i])
		}
	}
	return nil
}

// statementAt is the statement of a path such as "Statement[1].Action"; nil without one.
func statementAt(w *written, path string) *evaluator.Statement {
	statements, i := w.statements(), 0
	if _, err := fmt.Sscanf(path, "Statement[%d]", &i); err == nil && i >= 0 && i < len(statements) {
		return &statements[i]
	}
	if len(statements) == 1 {
		return &statements[0]
	}
	return nil
}

func (s *state) reportLint(c *Check, w *written, l *lint.Finding) {
	title, advice := sentences(l.Message)
	f := Finding{Principal: w.principal(s), Resource: w.resource(), Title: title, Advice: advice}
	if st := statementAt(w, l.Path); st != nil {
		f.Evidence = []Evidence{s.statement(w.policy, st)}
	} else {
		f.Evidence = []Evidence{{Policy: policyName(w.policy), Text: l.Sentence()}}
	}
	s.find(c, f)
}
