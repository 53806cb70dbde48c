package lint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// What a template leaves open has no findings, and everything else has those of a policy.
func TestTemplates(t *testing.T) {
	t.Parallel()
	const read = `"Effect": "Allow", "Action": "s3:GetObject"`
	for name, c := range map[string]struct {
		document             string
		asPolicy, asTemplate []lint.Code
	}{
		"a bucket":   {one(`{` + read + `, "Resource": "arn:aws:s3:::@{bucket}/*"}`), nil, nil},
		"a resource": {one(`{` + read + `, "Resource": "@{bucket}"}`), []lint.Code{"UNDERSTUDY_ACTION_MATCHES_NO_RESOURCE", "INVALID_ARN_PREFIX"}, nil},
		"an account": {one(`{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::@{account}:role/app"}`), []lint.Code{lint.InvalidARNAccount}, nil},
		"an action":  {one(`{"Effect": "Allow", "Action": "s3:@{verb}Object", "Resource": "arn:aws:s3:::a/*"}`), []lint.Code{lint.InvalidAction}, nil},
		"an enabled statement": {
			one(`{"@Enabled": "ON", ` + read + `, "Resource": "arn:aws:s3:::a/*"}`), []lint.Code{"INVALID_POLICY_ELEMENT"}, nil,
		},
		"a misspelt action beside them": {
			one(`{"Effect": "Allow", "Action": ["s3:GetObjct", "s3:@{verb}Object"], "Resource": "arn:aws:s3:::@{bucket}/*"}`),
			[]lint.Code{lint.InvalidAction, lint.InvalidAction},
			[]lint.Code{lint.InvalidAction},
		},
		"everything": {
			one(`{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}`),
			[]lint.Code{lint.PassRoleWithStarInResource}, []lint.Code{lint.PassRoleWithStarInResource},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for template, want := range map[bool][]lint.Code{false: c.asPolicy, true: c.asTemplate} {
				var got []lint.Code
				for _, f := range lint.Lint(c.document, lint.Options{Kind: evaluator.Identity, Template: template}) {
					got = append(got, f.Code)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("template %t: -want +got:\n%s", template, diff)
				}
			}
		})
	}
}
