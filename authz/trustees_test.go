package authz_test

import (
	"testing"

	"github.com/understudy-iam/understudy/authz"
)

func TestTrustees(t *testing.T) {
	t.Parallel()
	toService := `{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	for name, c := range map[string]struct {
		trust             string
		mayAdmit, isNamed bool
	}{
		"the user":                         {trust("Allow", anaID), true, true},
		"the account":                      {trust("Allow", account), true, false},
		"the root user":                    {trust("Allow", "arn:aws:iam::"+account+":root"), true, false},
		"another account":                  {trust("Allow", other), false, false},
		"everybody":                        {trust("Allow", "*"), true, true},
		"a service":                        {toService, false, false},
		"an ARN without an account":        {trust("Allow", "arn:aws:iam:::user/x"), true, true},
		"what cannot be read":              {"{", true, true},
		"nobody: there is no trust policy": {"", false, false},
		"all but one: it has NotPrincipal": {`{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"` + other + `"},"Action":"*"}]}`, true, true},
	} {
		h := &authz.Holder{Kind: "user", Account: account, ID: anaID}
		if got := authz.NewTrustees(c.trust); got.MayAdmit(h) != c.mayAdmit || got.Names(h) != c.isNamed {
			t.Errorf("%s: it may be admitted: %v, and without a permission: %v", name, got.MayAdmit(h), got.Names(h))
		}
	}
}
