package iamtest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
)

// users returns the names of the users that exist.
func users(t *testing.T, srv *iamtest.Server) string {
	t.Helper()
	names := ""
	for _, u := range sure(srv.IAM().ListUsers(t.Context(), nil))(t).Users {
		names += *u.UserName + " "
	}
	return names
}

func TestSnapshotsAreRestored(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(`accounts: [{id: "000000000000", users: [{name: ann}]}]`))
	add := func(name string) {
		sure(srv.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(name)}))(t)
	}
	add("bob")
	prepared := srv.Snapshot()
	for _, name := range []string{"carl", "dora"} {
		add(name)
		if got, want := users(t, srv), "ann bob "+name+" "; got != want {
			t.Errorf("users = %q, want %q", got, want)
		}
		srv.Restore(prepared)
		if got := users(t, srv); got != "ann bob " {
			t.Errorf("restored users = %q", got)
		}
	}
	srv.Reset()
	if got := users(t, srv); got != "ann " {
		t.Errorf("users after a reset = %q", got)
	}
}
