package shop

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
)

const people = `
accounts:
- id: "000000000000"
  users:
  - {name: ana, policies: [IAMReadOnlyAccess]}
  roles:
  - name: deploy
    trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}}
    policies: [IAMFullAccess]
`

func TestAnaReadsOnly(t *testing.T) {
	srv := iamtest.Start(t, iamtest.WithSeedText(people))
	ana := srv.As("ana").IAM()
	ctx := context.Background()
	if _, err := ana.ListUsers(ctx, nil); err != nil {
		t.Error(err)
	}
	_, err := ana.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")})
	srv.AssertDenied(t, err, iamtest.Action("iam:CreateUser"), iamtest.By(iamtest.Identity), iamtest.ImplicitDeny())
}
