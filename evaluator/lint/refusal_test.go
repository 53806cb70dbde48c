package lint_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// What AWS refuses is told by the check that has the document for its example.
func TestRefusalsOfExamples(t *testing.T) {
	t.Parallel()
	others := map[lint.Code]bool{ // AWS refuses their examples for another reason
		lint.VariableUnsupportedInElement: true,
	}
	for code, p := range examples(t) {
		o := p.options()
		err := evaluator.Validate(p.document, o.Kind)
		if err == nil {
			continue
		}
		f, ok := lint.Refusal(p.document, o.Kind, err)
		if !ok {
			t.Errorf("%s: %v is not told", code, err)
			continue
		}
		want := code
		if c, _ := lint.Find(code); others[code] || c.Type != lint.Error && !strings.HasPrefix(string(code), "TYPE_MISMATCH_") {
			want = lint.Refused
		}
		if f.Code != want {
			t.Errorf("%s: it is told as %s: %s", code, f.Code, f.Sentence())
		}
		checkPlace(t, p.document, f)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind           evaluator.Kind
		document, want string
		code           lint.Code
		path           string
	}{
		"beside a misspelt action": {
			evaluator.Identity, one(`{"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*", "Conditions": {}}`),
			"The policy element Conditions is not valid. Did you mean Condition?", lint.InvalidPolicyElement, "Statement[0].Conditions",
		},
		"behind a misspelt action": {
			evaluator.SCP, one(`{"Effect": "Deny", "Action": "s3:GetObjct", "Resource": "*", "Principal": "*"}`),
			"SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.", lint.SCPSyntaxErrorPrincipal,
			"Statement[0].Principal",
		},
		"of the second statement": {
			evaluator.Identity, one(plain, put(`"Effect": "Allow", `, ``)),
			"Add an Effect element to the policy statement with a value of Allow or Deny.", lint.MissingEffect, "Statement[1]",
		},
		"that no check knows": {
			evaluator.Identity, one(put(`s3:GetObject`, `s3*:GetObject`)),
			"AWS refuses to store this document: Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.", lint.Refused,
			"Statement[0].Action",
		},
		"of no document": {
			evaluator.Identity, "", "Fix the JSON syntax error at index 0 line 1 column 1: expected a value.", lint.JSONSyntaxError, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, ok := lint.Refusal(c.document, c.kind, evaluator.Validate(c.document, c.kind))
			if !ok || f.Code != c.code || f.Sentence() != c.want || f.Path != c.path {
				t.Errorf("it is %s at %q: %s", f.Code, f.Path, f.Sentence())
			}
		})
	}
	if f, ok := lint.Refusal(one(plain), evaluator.Identity, errors.New("the disk is full")); ok {
		t.Errorf("an error of something else is told as %+v", f)
	}
}

func TestStorable(t *testing.T) {
	t.Parallel()
	broken := put(`"Effect": "Allow", `, ``)
	for name, c := range map[string]struct {
		document, want string
		kind           evaluator.Kind
	}{
		"right":               {one(plain), "", evaluator.Identity},
		"behind white space":  {"\r\n \t" + one(plain), "", evaluator.Identity},
		"guessed":             {granted(user, ""), "", evaluator.NoKind},
		"a resource's":        {granted(user, ""), "", evaluator.Resource},
		"a role's":            {calling("sts:AssumeRole", user, ""), "", evaluator.Resource},
		"at fault":            {one(broken), "line 1, column 41: " + noEffect, evaluator.Identity},
		"at fault, guessed":   {one(broken), "line 1, column 41: " + noEffect, evaluator.NoKind},
		"at fault, of a line": {"  " + one(broken), "line 1, column 43: " + noEffect, evaluator.Identity},
		"at fault, of lines":  {"\n\r\r\n " + one(broken), "line 4, column 42: " + noEffect, evaluator.Identity},
		"not JSON, of lines":  {"\n {", "line 2, column 3: Fix the JSON syntax error at index 3 line 2 column 3: expected the name of a member. (JSON_SYNTAX_ERROR)", evaluator.Identity},
		"of a later line":     {" \n" + one("\n"+broken), "line 3, column 1: " + noEffect, evaluator.Identity},
		"a role's, at fault":  {calling("sts:AssumeRole", `"*", "Efect": 1`, ""), "line 1, column 79: The policy element Efect is not valid. Did you mean Effect? (INVALID_POLICY_ELEMENT)", evaluator.Resource},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := lint.Storable(evaluator.Validation{}, c.document, c.kind)
			var refused *lint.RefusedError
			if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
				t.Errorf("the error is %v", err)
			}
			if errors.As(err, &refused) && refused.Document != c.document {
				t.Errorf("the error is of the document %s", refused.Document)
			} else if err != nil {
				checkPlace(t, c.document, refused.Finding)
			}
		})
	}
}

const noEffect = "Add an Effect element to the policy statement with a value of Allow or Deny. (MISSING_EFFECT)"
