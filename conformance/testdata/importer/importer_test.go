// Package importer is a module of somebody else that tests with iamtest.
package importer

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
)

func TestDenied(t *testing.T) {
	srv := iamtest.Start(t)
	ctx := context.Background()
	name := aws.String("ana")
	if _, err := srv.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	_, err := srv.As("ana").IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")})
	srv.AssertDenied(t, err, iamtest.Action("iam:CreateUser"), iamtest.By(iamtest.Identity), iamtest.ImplicitDeny())
}
