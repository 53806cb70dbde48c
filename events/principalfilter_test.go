package events

import "testing"

// Who called can be written as the end of an ARN.
func TestAdmitsPrincipal(t *testing.T) {
	t.Parallel()
	const home = "arn:aws:iam::000000000000:"
	for _, c := range []struct {
		wanted, arn, name string
		want              bool
	}{
		{"root", home + "root", "", true},
		{"Root", home + "root", "", true},
		{"root", home + "user/ana", "ana", false},
		{"root", home + "user/root", "root", true},
		{"user/ana", home + "user/ana", "ana", true},
		{"user/Ana", home + "user/team/ana", "ana", true},
		{"user/team/ana", home + "user/team/ana", "ana", true},
		{"user/*", home + "user/team/ana", "ana", true},
		{"user/bob", home + "user/ana", "ana", false},
		{"role/deploy", "arn:aws-cn:sts::000000000000:assumed-role/deploy/ci", "deploy", true},
		{"role/ci", "arn:aws:sts::000000000000:assumed-role/deploy/ci", "deploy", false},
		{"user/deploy", "arn:aws:sts::000000000000:assumed-role/deploy/ci", "deploy", false},
		{"root", "", "", false},
		{"user/ana", "", "", false},
	} {
		f := &Filter{Principal: c.wanted}
		if got := f.admitsPrincipal(c.arn, c.name); got != c.want {
			t.Errorf("%s admits %s: %t", c.wanted, c.arn, got)
		}
	}
}
