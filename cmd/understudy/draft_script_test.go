package main

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// drafted is the state before the calls from which the scripts draft policies.
const drafted = `
accounts:
  - id: "000000000000"
    users:
      - name: app
        inline:
          own:
            Version: "2012-10-17"
            Statement:
              - {Sid: Look, Effect: Allow, Action: ["iam:GetUser", "iam:ListRoles"], Resource: "*"}
              - {Sid: Never, Effect: Allow, Action: "s3:*", Resource: "*"}
      - {name: bob}
    roles:
      - name: deploy
        trust:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::000000000000:user/app"}, Action: "sts:AssumeRole"}]
`

// TestDraftScripts runs testdata/draft: each file is a session at a shell, with a server
// of its own at UNDERSTUDY_ADDR that lets calls pass that would be denied. The user app
// has read itself and bob, has attached a policy to the role deploy and has assumed that
// role.
func TestDraftScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/draft", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		return startDrafted(env, iamtest.WithSeedText(drafted))
	}})
}

// TestDraftOfAFullServer drafts from a server that keeps three calls.
func TestDraftOfAFullServer(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/draftgap", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		return startDrafted(env, iamtest.WithSeedText(drafted), iamtest.WithServer(func(o *server.Options) { o.Events = 3 }))
	}})
}

// limits deny the user of drafted something that a draft would allow.
const limits = `
organization:
  management: "999900001111"
  policies:
    - {name: Guard, type: SCP, document: {Version: 2012-10-17, Statement: [
        {Sid: NoAttaching, Effect: Deny, Action: "iam:AttachRolePolicy", Resource: "*"}]}}
  root: {policies: [Guard], accounts: ["000000000000"]}
`

// TestDraftOfALimitedUser drafts for a user whom an SCP and a permissions boundary limit.
func TestDraftOfALimitedUser(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/draftlimits", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		seed := strings.Replace(drafted, "- name: app\n", "- name: app\n        boundary: AmazonS3FullAccess\n", 1) + limits
		return startDrafted(env, iamtest.WithSeedText(seed))
	}})
}

func startDrafted(env *testscript.Env, options ...iamtest.Option) error {
	s := iamtest.Start(starter{env}, append(options, iamtest.WithEnforcement("log"))...)
	env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
	ctx, app := context.Background(), s.As("app")
	for _, name := range []string{"app", "bob"} {
		if _, err := app.IAM().GetUser(ctx, &iam.GetUserInput{UserName: aws.String(name)}); err != nil {
			return err
		}
	}
	if _, err := app.IAM().ListUsers(ctx, nil); err != nil {
		return err
	}
	_, err := app.IAM().AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
		RoleName: aws.String("deploy"), PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"),
	})
	if err != nil {
		return err
	}
	_, err = app.IAM().CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("app")})
	if err != nil {
		return err
	}
	return assumeDrafted(ctx, s, app)
}

// assumeDrafted makes app assume the role, and a session of the role create a user.
func assumeDrafted(ctx context.Context, s *iamtest.Server, app *iamtest.Principal) error {
	out, err := app.STS().AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/deploy"), RoleSessionName: aws.String("build"), ExternalId: aws.String("x1"),
	})
	if err != nil {
		return err
	}
	issued := out.Credentials
	session := iam.NewFromConfig(s.ConfigFor(aws.Credentials{
		AccessKeyID: *issued.AccessKeyId, SecretAccessKey: *issued.SecretAccessKey, SessionToken: *issued.SessionToken,
	}))
	_, err = session.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("made")})
	return err
}
