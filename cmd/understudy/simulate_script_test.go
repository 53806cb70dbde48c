package main

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestSimulateScripts runs testdata/simulate: each file is a session at a shell, with a
// server of its own at UNDERSTUDY_ADDR that has the user ann, the group readers and the
// role deployer.
func TestSimulateScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/simulate", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env})
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		return populate(s.IAM())
	}})
}

// starter makes a script's environment the owner of a server.
type starter struct{ *testscript.Env }

func (starter) Helper()            {}
func (s starter) Cleanup(f func()) { s.Defer(f) }
func (starter) Fatalf(format string, args ...any) {
	panic("iamtest: " + format) // testscript reports it with the script's name
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
	`"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func populate(c *iam.Client) error {
	ctx := context.Background()
	ann, readers, deployer := aws.String("ann"), aws.String("readers"), aws.String("deployer")
	one := func(effect, action string) *string {
		return aws.String("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    { \"Effect\": \"" + effect + "\", \"Action\": " +
			"\"" + action + "\", \"Resource\": \"*\" }\n  ]\n}")
	}
	var errs []error
	did := func(err error) { errs = append(errs, err) }
	did(testkit.Refused(c.CreateUser(ctx, &iam.CreateUserInput{UserName: ann, Path: aws.String("/staff/")})))
	did(testkit.Refused(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: readers})))
	did(testkit.Refused(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: ann, GroupName: readers})))
	did(testkit.Refused(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: deployer, AssumeRolePolicyDocument: aws.String(trust)})))
	did(testkit.Refused(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: ann, PolicyName: aws.String("no-put"),
		PolicyDocument: one("Deny", "s3:Put*")})))
	did(testkit.Refused(c.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: readers, PolicyName: aws.String("read"),
		PolicyDocument: one("Allow", "s3:Get*")})))
	did(testkit.Refused(c.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: deployer, PolicyName: aws.String("tag"),
		PolicyDocument: one("Allow", "iam:Tag*")})))
	for _, name := range []string{"list", "limit"} {
		did(testkit.Refused(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: one("Allow", "s3:List*")})))
	}
	did(testkit.Refused(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: readers,
		PolicyArn: aws.String("arn:aws:iam::000000000000:policy/list")})))
	did(testkit.Refused(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: deployer,
		PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})))
	did(testkit.Refused(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: ann,
		PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMReadOnlyAccess")})))
	did(testkit.Refused(c.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
		RoleName: deployer, PermissionsBoundary: aws.String("arn:aws:iam::000000000000:policy/limit"),
	})))
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
