package evaluator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
)

func TestActionPatternAmong(t *testing.T) {
	t.Parallel()
	actions := []string{"iam:GetUser", "iam:ListUsers", "s3:GetObject", "s3:PutObject"}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a name in another case":       {"IAM:getuser", []string{"iam:GetUser"}},
		"a service":                    {"s3:*", []string{"s3:GetObject", "s3:PutObject"}},
		"the same verb of all":         {"*:Get*", []string{"iam:GetUser", "s3:GetObject"}},
		"one character":                {"s3:?utObject", []string{"s3:PutObject"}},
		"everything":                   {"*", actions},
		"a name that no action has":    {"iam:GetUsers", nil},
		"the beginning without a star": {"iam:Get", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, evaluator.NewActionPattern(c.text).Among(actions)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestActionPatternDecidesAsEvaluate compares it with policies.
func TestActionPatternDecidesAsEvaluate(t *testing.T) {
	t.Parallel()
	actions := []string{"iam:GetUser", "s3:GetObject", "s3:PutObjectAcl", "a:b", "kms:*"}
	for _, text := range []string{"*", "*:*", "s3:*Object", "?:?", "S3:GetObject", "*a*e*", "kms:?", "", "s3"} {
		p, err := evaluator.Compile(`{"Statement":{"Effect":"Allow","Action":"`+text+`","Resource":"*"}}`, evaluator.Identity, evaluator.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, a := range actions {
			r := evaluator.Request{Principal: evaluator.Principal{Kind: evaluator.User}, Action: a}
			if evaluator.Decide(&r, &evaluator.Policies{Identity: []*evaluator.Policy{p}}) {
				want = append(want, a)
			}
		}
		if diff := cmp.Diff(want, evaluator.NewActionPattern(text).Among(actions)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
