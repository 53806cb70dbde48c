package shop

import (
	"context"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

func TestWhoIsWho(t *testing.T) {
	srv := iamtest.Start(t, iamtest.WithSeedText(people))
	for _, who := range []struct {
		caller *iamtest.Principal
		arn    string
	}{
		{srv.As("ana"), "arn:aws:iam::000000000000:user/ana"},
		{srv.As("deploy", iamtest.SessionName("build")), "arn:aws:sts::000000000000:assumed-role/deploy/build"},
		{srv.As("arn:aws:iam::111122223333:root"), "arn:aws:iam::111122223333:root"},
	} {
		out, err := who.caller.STS().GetCallerIdentity(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if *out.Arn != who.arn {
			t.Errorf("%s; want %s", *out.Arn, who.arn)
		}
	}
}
