package iamtest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
)

// people is a seed with a user and a role.
const people = `
accounts:
  - id: "000000000000"
    users:
      - {name: ana, policies: [IAMReadOnlyAccess]}
    roles:
      - name: deploy
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}]}
        inline: {own: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}'}
`

func ExampleServer_As() {
	srv := iamtest.Start(exampleTB{}, iamtest.WithSeedText(people))
	defer srv.Stop()
	ctx := context.Background()
	for _, p := range []*iamtest.Principal{
		srv.As("ana"),
		srv.As("deploy", iamtest.SessionName("build")),
		srv.As("arn:aws:iam::111122223333:root"),
	} {
		who, err := p.STS().GetCallerIdentity(ctx, nil)
		must(err)
		fmt.Println(*who.Arn)
	}
	// Output:
	// arn:aws:iam::000000000000:user/ana
	// arn:aws:sts::000000000000:assumed-role/deploy/build
	// arn:aws:iam::111122223333:root
}

func ExampleServer_AssertDenied() {
	t := exampleTB{}
	srv := iamtest.Start(t, iamtest.WithSeedText(people))
	defer srv.Stop()
	_, err := srv.As("ana").IAM().CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("bob")})
	srv.AssertDenied(t, err, iamtest.Action("iam:CreateUser"), iamtest.By(iamtest.Identity), iamtest.ImplicitDeny())

	d := srv.WhyDenied(err)
	fmt.Println(d.Action, "by", d.Layer)
	fmt.Println(d.Advice[0].Steps[0].Sentence)
	// Output:
	// iam:CreateUser by identity
	// Give user ana a policy that allows iam:CreateUser on arn:aws:iam::000000000000:user/bob.
}

func ExampleServer_Seed() {
	srv := iamtest.Start(exampleTB{})
	defer srv.Stop()
	srv.Seed(people)
	srv.Seed(`accounts: [{id: "000000000000", users: [{name: bob}]}]`)
	users, err := srv.IAM().ListUsers(context.Background(), nil)
	must(err)
	for _, u := range users.Users {
		fmt.Println(*u.UserName)
	}
	// Output:
	// ana
	// bob
}

func ExampleServer_Decisions() {
	srv := iamtest.Start(exampleTB{}, iamtest.WithSeedText(people))
	defer srv.Stop()
	ctx := context.Background()
	ana := srv.As("ana").IAM()
	_, _ = ana.ListUsers(ctx, nil)
	_, _ = ana.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("ana")})
	for _, d := range srv.Decisions(events.Filter{Principal: "ana"}) {
		fmt.Println(d.Operation, d.Verdict)
	}
	// Output:
	// ListUsers allowed
	// DeleteUser denied
}

// A session expires after an hour, and the test does not have to wait for it.
func ExampleServer_clock() {
	srv := iamtest.Start(exampleTB{}, iamtest.WithSeedText(people))
	defer srv.Stop()
	deploy := srv.As("deploy").IAM()
	for range 2 {
		_, err := deploy.ListUsers(context.Background(), nil)
		var refused smithy.APIError
		if errors.As(err, &refused) {
			fmt.Println(refused.ErrorCode())
		}
		srv.Clock.Advance(time.Hour)
	}
	// Output: ExpiredToken
}

// Code that loads its own configuration from the environment needs no change:
// in a test, give each variable to t.Setenv.
func ExamplePrincipal_Env() {
	srv := iamtest.Start(exampleTB{}, iamtest.WithSeedText(people))
	defer srv.Stop()
	env := srv.As("ana").Env()
	fmt.Println(env["AWS_ENDPOINT_URL"] == srv.URL, env["AWS_REGION"], env["AWS_ACCESS_KEY_ID"][:4])
	// Output: true us-east-1 AKIA
}
