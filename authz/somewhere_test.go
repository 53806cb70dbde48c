package authz_test

import (
	"testing"

	"github.com/understudy-iam/understudy/authz"
)

func TestMaySomewhere(t *testing.T) {
	t.Parallel()
	on := func(effect, action, resource string) string {
		return `{"Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource + `"}`
	}
	const role = "arn:aws:iam::111122223333:role/"
	for name, c := range map[string]struct {
		identity []string
		boundary string
		want     bool
	}{
		"on everything":                         {identity: []string{on("Allow", "iam:PassRole", "*")}, want: true},
		"on one resource":                       {identity: []string{on("Allow", "iam:*", role+"app")}, want: true},
		"on some resources":                     {identity: []string{on("Allow", "*", role+"app-*")}, want: true},
		"on some, of which some are denied":     {identity: []string{on("Allow", "iam:Pass*", role+"*"), on("Deny", "*", role+"app-*")}, want: true},
		"on some, and all of them are denied":   {identity: []string{on("Allow", "iam:Pass*", role+"app-*"), on("Deny", "*", role+"app*")}},
		"another action on some":                {identity: []string{on("Allow", "iam:GetRole", role+"app-*")}},
		"by what is not named, on some":         {identity: []string{`{"Effect":"Allow","NotAction":"s3:*","Resource":"` + role + `x"}`}, want: true},
		"named among what is not allowed":       {identity: []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"` + role + `x"}`}},
		"on a role with the name of the user":   {identity: []string{on("Allow", "iam:PassRole", role+"${aws:username}")}, want: true},
		"on a role with a tag that nobody has":  {identity: []string{on("Allow", "iam:PassRole", role+"${aws:PrincipalTag/none}")}},
		"on a role of another account":          {identity: []string{on("Allow", "iam:PassRole", "arn:aws:iam::"+other+":role/x")}},
		"on some, and the boundary allows them": {[]string{on("Allow", "iam:PassRole", role+"app-*")}, allow("iam:PassRole"), true},
		"on some that the boundary leaves out":  {[]string{on("Allow", "iam:PassRole", role+"app-*")}, allow("s3:*"), false},
		"nothing":                               {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.stand(c.identity, c.boundary, "", "")
			s.inquire(s.authorizer(), anaID, func(q *authz.Inquiry) {
				if got, err := q.MaySomewhere("iam:PassRole"); err != nil || got != c.want {
					t.Errorf("may pass a role: %t, %v, want %t", got, err, c.want)
				}
			})
		})
	}
}
