package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

func TestGuessTellsKindsApart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		document string
		want     evaluator.Kind
	}{
		"without a principal":          {one(plain), evaluator.Identity},
		"with a principal":             {granted(user, overTLS), evaluator.Resource},
		"that lets somebody in":        {calling("sts:AssumeRole", user, overTLS), evaluator.Trust},
		"that would, with a principal": {one(`{"Effect": "Allow", "Action": "sts:AssumeRole"}`), evaluator.Trust},
		"that lets assume a role":      {one(`{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}`), evaluator.Identity},
		"that is not JSON":             {`{`, evaluator.Identity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lint.Guess(c.document); got != c.want {
				t.Errorf("it is taken for %s, not %s", got, c.want)
			}
		})
	}
}

func TestFindingsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	src := "{\"Version\": \"2012-10-17\",\r\n \"Statement\": {\"Effect\": \"Allow\",\n  \"Action\": [\"s3:GetObject\", \"s3:GetObjct\"], \"Resource\": \"*\"}}"
	f := finding(lint.Lint(src, lint.Options{}), lint.InvalidAction)
	if f == nil {
		t.Fatal("the action is not found")
	}
	if f.Path != "Statement.Action[1]" || src[f.Span.From:f.Span.To] != `"s3:GetObjct"` || f.Nearest != "s3:GetObject" {
		t.Errorf("it is %+v", *f)
	}
	if diff := cmp.Diff(evaluator.Position{Line: 3, Column: 30}, f.Span.Start); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAFaultOfTheSyntaxHasItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		want string
	}{
		"behind a line feed":       {"{\n\"a\" 1}", "Fix the JSON syntax error at index 6 line 2 column 5."},
		"behind CR LF":             {"{\r\n\"a\" 1}", "Fix the JSON syntax error at index 7 line 2 column 5."},
		"behind a wide character":  {"{\"\U0001F600\" 1}", "Fix the JSON syntax error at index 8 line 1 column 7."},
		"at the end of a document": {"{", "Fix the JSON syntax error at index 1 line 1 column 2."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := lint.Lint(c.src, lint.Options{})
			if len(list) != 1 || list[0].Message != c.want {
				t.Errorf("findings:\n%s", told(list))
			}
		})
	}
}

func TestOneFaultDoesNotHideOthers(t *testing.T) {
	t.Parallel()
	src := `{"Version": 1, "Statements": [], "Statement": [{"Effect": "Alow", "Action": "s3:GetObjct", "Resource": [1, "x"]}, 2]}`
	var got []lint.Code
	for _, f := range lint.Lint(src, lint.Options{}) {
		got = append(got, f.Code)
	}
	want := []lint.Code{
		lint.DataTypeMismatch, lint.InvalidPolicyElement, lint.InvalidEffect, lint.InvalidAction, lint.DataTypeMismatch,
		lint.InvalidARNPrefix, lint.DataTypeMismatch,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheLengthOfAnAnswerIsBounded(t *testing.T) {
	t.Parallel()
	src := one(`{"Effect": "Allow", "Resource": "*", "Action": [` + strings.Repeat(`"`+strings.Repeat("x", 300)+`", `, 1500) + `"s3:*"]}`)
	list := lint.Lint(src, lint.Options{})
	if len(list) != lint.MaxFindings {
		t.Errorf("there are %d findings", len(list))
	}
	for _, f := range list {
		if len(f.Message) > 500 {
			t.Fatalf("a message has %d bytes", len(f.Message))
		}
	}
}

func TestTypesAreInOrder(t *testing.T) {
	t.Parallel()
	if !lint.Error.AtLeast(lint.SecurityWarning) || lint.Suggestion.AtLeast(lint.Warning) || !lint.Warning.AtLeast(lint.Warning) {
		t.Error("an error is worse than a security warning, and a warning than a suggestion")
	}
}

func TestChecksAreSortedAndLinked(t *testing.T) {
	t.Parallel()
	list := lint.Checks()
	if c, ok := lint.Find(lint.InvalidAction); !ok || !strings.HasSuffix(c.Link(), "#access-analyzer-reference-policy-checks-error-invalid-action") {
		t.Errorf("the link is %s", c.Link())
	}
	codes := make(map[lint.Code]bool)
	aws := 0
	for _, c := range list {
		if codes[c.Code] {
			t.Errorf("%s is there twice", c.Code)
		}
		codes[c.Code] = true
		if !c.Code.Own() {
			aws++
		}
	}
	const promised = 120
	if aws < promised {
		t.Errorf("there are %d checks of AWS's, not %d", aws, promised)
	}
	if !slices.IsSortedFunc(list, func(a, b lint.Check) int {
		if a.Code.Own() != b.Code.Own() {
			return 0
		}
		return strings.Compare(string(a.Code), string(b.Code))
	}) {
		t.Error("the checks are not in the order of their codes")
	}
}

// An account needs no external ID for its own roles.
func TestATrustInTheOwnAccount(t *testing.T) {
	t.Parallel()
	src := calling("sts:AssumeRole", `{"AWS": "arn:aws:iam::111122223333:root"}`, "")
	for account, want := range map[string]bool{"": true, "444455556666": true, "111122223333": false} {
		list := lint.Lint(src, lint.Options{Kind: evaluator.Trust, Account: account})
		if got := finding(list, lint.TrustAccountWithoutExternalID) != nil; got != want {
			t.Errorf("in account %q it is found: %v", account, got)
		}
	}
}
