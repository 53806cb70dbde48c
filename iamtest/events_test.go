package iamtest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(`accounts: [{id: "000000000000", users: [{name: ana}]}]`))
	_, _ = srv.As("ana").IAM().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("bob")})
	_, _ = srv.IAM().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("bob")})
	for name, c := range map[string]struct {
		filters []events.Filter
		want    []string
	}{
		"all, the oldest first": {nil, []string{"ana AccessDenied", " NoSuchEntityException"}},
		"one":                   {[]events.Filter{{EventName: "DeleteUser", Error: "AccessDenied"}}, []string{"ana AccessDenied"}},
		"of two filters":        {[]events.Filter{{Source: "iam"}, {Verdict: "allowed"}}, []string{" NoSuchEntityException"}},
		"none":                  {[]events.Filter{{Principal: "ana"}, {Verdict: "allowed"}}, []string{}},
	} {
		got := []string{}
		for _, r := range srv.Events(c.filters...) {
			got = append(got, r.UserIdentity.UserName+" "+r.ErrorCode)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	none := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Events = -1 }))
	_, _ = none.IAM().ListUsers(t.Context(), &iam.ListUsersInput{})
	if got := none.Events(); len(got) != 0 {
		t.Errorf("a server that keeps none has %v", got)
	}
}

// Events record who did what.
func ExampleServer_Events() {
	srv := iamtest.Start(exampleTB{})
	defer func() { must(srv.Stop()) }()
	_, err := srv.IAM().CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("ana")})
	must(err)

	for _, r := range srv.Events(events.Filter{EventName: "CreateUser"}) {
		fmt.Println(r.UserIdentity.Type, r.EventSource, r.EventName, string(r.RequestParameters))
	}
	// Output: Root iam.amazonaws.com CreateUser {"userName":"ana"}
}
