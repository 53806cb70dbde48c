package compare_test

import (
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

// Policies of an organization that only deny are beside AWS's policy that allows everything: what
// they deny no longer is granted.
func TestPoliciesThatOnlyDeny(t *testing.T) {
	t.Parallel()
	const nothing = 99
	for _, kind := range []evaluator.Kind{evaluator.SCP, evaluator.RCP} {
		var more []string
		if kind == evaluator.RCP {
			more = []string{`"Principal":"*"`}
		}
		deny := func(action string) string { return statement("Deny", action, "*", more...) }
		allow := func(action string) string { return statement("Allow", action, "*", more...) }
		for name, c := range map[string]struct {
			old, new []string
			want     int // the statement that grants something; or nothing
			action   string
		}{
			"the same":                {[]string{deny("s3:*")}, []string{deny("s3:*")}, nothing, ""},
			"more":                    {[]string{deny("s3:GetObject")}, []string{deny("s3:*")}, nothing, ""},
			"less":                    {[]string{deny("s3:*")}, []string{deny("s3:Get*")}, compare.FullAccess, "s3:AbortMultipartUpload"},
			"another":                 {[]string{deny("s3:GetObject")}, []string{deny("s3:PutObject")}, compare.FullAccess, "s3:GetObject"},
			"allowed by a statement":  {[]string{deny("s3:GetObject")}, []string{allow("*")}, 0, "s3:GetObject"},
			"less than all is denied": {[]string{allow("s3:GetObject")}, []string{deny("s3:*")}, compare.FullAccess, "iam:CreateUser"},
			"only some is allowed":    {[]string{deny("s3:*")}, []string{allow("iam:GetUser")}, nothing, ""},
		} {
			t.Run(kind.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				grants, err := compare.Compare(document(t, c.old...), document(t, c.new...), kind)
				if err != nil {
					t.Fatal(err)
				}
				if c.want == nothing {
					if len(grants) != 0 {
						t.Errorf("got %+v, want none", grants)
					}
					return
				}
				if len(grants) == 0 {
					t.Fatal("got no grants")
				}
				for _, g := range grants {
					if g.Statement != c.want || !g.Proved {
						t.Errorf("got %+v, want statement %d", g, c.want)
					}
				}
				if grants[0].Action != c.action {
					t.Errorf("got %s, want %s", grants[0].Action, c.action)
				}
			})
		}
	}
}
