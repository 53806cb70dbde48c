package iamtest_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/iamtest"
)

// The first steps of examples/first-steps.sh with the AWS SDK: a user who may do
// what both the group's policy and the permissions boundary allow, a role that the
// user assumes, the simulator, and a restart.
func Example_firstSteps() {
	dir, err := os.MkdirTemp("", "first-steps-")
	must(err)
	defer os.RemoveAll(dir)
	ctx := context.Background()

	srv := iamtest.Start(exampleTB{}, iamtest.WithDataDir(dir))
	alice := prepare(ctx, srv.IAM(), srv)

	me, err := alice.sts.GetCallerIdentity(ctx, nil)
	must(err)
	fmt.Println("I am", *me.Arn)
	bob, err := alice.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")})
	must(err)
	fmt.Println("created", *bob.User.Arn)
	_, err = alice.iam.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("bob")})
	fmt.Println("denied:", reason(err))

	role, err := alice.sts.AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/reader"), RoleSessionName: aws.String("tour"),
	})
	must(err)
	reader := clients(srv, session(role.Credentials))
	users, err := reader.iam.ListUsers(ctx, nil)
	must(err)
	fmt.Println("the role lists", len(users.Users), "users")

	for _, action := range []string{"iam:CreateUser", "iam:DeleteUser"} {
		out, err := srv.IAM().SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: me.Arn, ActionNames: []string{action}, ResourceArns: []string{*bob.User.Arn},
		})
		must(err)
		fmt.Println("simulated", action+":", out.EvaluationResults[0].EvalDecision)
	}

	must(srv.Stop())
	srv = iamtest.Start(exampleTB{}, iamtest.WithDataDir(dir))
	alice = clients(srv, alice.key)
	_, err = alice.iam.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("bob")})
	fmt.Println("after a restart, denied:", reason(err))
	must(srv.Stop())

	// Output:
	// I am arn:aws:iam::000000000000:user/staff/alice
	// created arn:aws:iam::000000000000:user/bob
	// denied: because no permissions boundary allows the iam:DeleteUser action
	// the role lists 2 users
	// simulated iam:CreateUser: allowed
	// simulated iam:DeleteUser: implicitDeny
	// after a restart, denied: because no permissions boundary allows the iam:DeleteUser action
}

// principalClients are the clients of one principal.
type principalClients struct {
	iam *iam.Client
	sts *sts.Client
	key aws.Credentials
}

func clients(srv *iamtest.Server, key aws.Credentials) principalClients {
	c := srv.ConfigFor(key)
	return principalClients{iam.NewFromConfig(c), sts.NewFromConfig(c), key}
}

// prepare makes alice, her group, her boundary and the role, as root, and returns
// alice's clients.
func prepare(ctx context.Context, root *iam.Client, srv *iamtest.Server) principalClients {
	alice := aws.String("alice")
	_, err := root.CreateUser(ctx, &iam.CreateUserInput{UserName: alice, Path: aws.String("/staff/")})
	must(err)
	_, err = root.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("builders")})
	must(err)
	_, err = root.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{
		GroupName: aws.String("builders"), PolicyName: aws.String("builders"),
		PolicyDocument: allow("iam:CreateUser", "iam:DeleteUser", "sts:AssumeRole"),
	})
	must(err)
	_, err = root.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("builders"), UserName: alice})
	must(err)
	limit, err := root.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: aws.String("limit"), PolicyDocument: allow("iam:CreateUser", "sts:*"),
	})
	must(err)
	_, err = root.PutUserPermissionsBoundary(ctx,
		&iam.PutUserPermissionsBoundaryInput{UserName: alice, PermissionsBoundary: limit.Policy.Arn})
	must(err)
	_, err = root.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("reader"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}`)})
	must(err)
	_, err = root.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
		RoleName: aws.String("reader"), PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMReadOnlyAccess"),
	})
	must(err)
	key, err := root.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: alice})
	must(err)
	return clients(srv, aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey})
}

func allow(actions ...string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["` +
		strings.Join(actions, `","`) + `"],"Resource":"*"}}`)
}

func session(c *ststypes.Credentials) aws.Credentials {
	return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
}

// reason returns the end of a denial's message, which gives the reason.
func reason(err error) string {
	if err == nil {
		return "not at all"
	}
	_, text, _ := strings.Cut(err.Error(), "because ")
	return "because " + text
}

func must(err error) {
	if err != nil {
		log.Panic(err)
	}
}

// exampleTB lets an example, which has no *testing.T, start a server.
type exampleTB struct{}

func (exampleTB) Helper()                           {}
func (exampleTB) Cleanup(func())                    {}
func (exampleTB) Fatalf(format string, args ...any) { log.Panicf(format, args...) }
