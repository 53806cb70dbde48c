package lint_test

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// pair is a document with the fault that a check finds, and what is written there in the
// nearest document without it.
type pair struct {
	kind         evaluator.Kind // Identity if it is not given
	resourceType string
	document     string
	wrong, right string
}

// one is a document with the statements.
func one(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`
}

// pairs are the examples by theme.
var pairs = []map[lint.Code]pair{
	grammarPairs, variablePairs, actionPairs, grantPairs, resourcePairs, conditionPairs, valuePairs, supportPairs,
	principalPairs, trustPairs, organizationPairs, sizePairs, ownPairs,
}

func (p pair) options() lint.Options {
	o := lint.Options{Kind: p.kind, ResourceType: p.resourceType}
	if o.Kind == evaluator.NoKind {
		o.Kind = evaluator.Identity
	}
	return o
}

// sound is the nearest document without the fault.
func (p pair) sound() string { return strings.Replace(p.document, p.wrong, p.right, 1) }

// examples has the pair of each check.
func examples(t *testing.T) map[lint.Code]pair {
	t.Helper()
	all := make(map[lint.Code]pair)
	for _, theme := range pairs {
		for code, p := range theme {
			if _, twice := all[code]; twice {
				t.Errorf("%s has two examples", code)
			}
			all[code] = p
		}
	}
	return all
}

func finding(list []lint.Finding, code lint.Code) *lint.Finding {
	for i := range list {
		if list[i].Code == code {
			return &list[i]
		}
	}
	return nil
}

func TestEachCheckFindsItsFaultAndNothingInTheNearestDocument(t *testing.T) {
	t.Parallel()
	all := examples(t)
	for _, c := range lint.Checks() {
		t.Run(string(c.Code), func(t *testing.T) {
			t.Parallel()
			p, ok := all[c.Code]
			if !ok {
				t.Fatal("the check has no example")
			}
			if p.wrong == "" || !strings.Contains(p.document, p.wrong) {
				t.Fatalf("the document does not have %q", p.wrong)
			}
			f := finding(lint.Lint(p.document, p.options()), c.Code)
			if f == nil {
				t.Fatalf("the fault is not found; findings:\n%s", told(lint.Lint(p.document, p.options())))
			}
			checkFinding(t, c, f, p)
			if f := finding(lint.Lint(p.sound(), p.options()), c.Code); f != nil {
				t.Errorf("found in %s: %s", p.sound(), f.Message)
			}
		})
	}
	for code := range all {
		if _, ok := lint.Find(code); !ok {
			t.Errorf("there is an example of %s, which is not a check", code)
		}
	}
}

func checkFinding(t *testing.T, c lint.Check, f *lint.Finding, p pair) {
	t.Helper()
	if f.Type != c.Type || strings.Contains(f.Message, "{{") {
		t.Errorf("the finding is %s: %s", f.Type, f.Message)
	}
	if f.Span.From < 0 || f.Span.To < f.Span.From || f.Span.To > len(p.document) {
		t.Errorf("the span %+v is not within the document", f.Span)
	}
	if f.Fix != nil {
		fixed := f.Fix.Apply(p.document)
		if again := finding(lint.Lint(fixed, p.options()), c.Code); again != nil {
			t.Errorf("the fix leaves it as it was: %s", fixed)
		}
	}
}

func told(list []lint.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString(string(f.Code) + " " + f.Path + ": " + f.Message + "\n")
	}
	return b.String()
}
