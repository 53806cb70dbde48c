package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// TestGovernScripts runs testdata/govern: each file is a session at a shell, with a
// server of its own at UNDERSTUDY_ADDR. The commands "assume-role", "session-token",
// "list-users" and "delete-role" are programs with the SDK's default credential chain.
func TestGovernScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/govern", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithSeed("testdata/govern.yaml"))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		env.Setenv("AWS_ENDPOINT_URL", s.URL)
		env.Setenv("AWS_REGION", "us-east-1")
		env.Setenv("AWS_CONFIG_FILE", env.WorkDir+"/config")
		return nil
	}})
}

// assumeRole prints the credentials of a session: the arguments are a role, the session's name
// and the source identity.
func assumeRole() {
	program(func(ctx context.Context, c aws.Config) error {
		in := &sts.AssumeRoleInput{RoleArn: &os.Args[1], RoleSessionName: &os.Args[2]}
		if len(os.Args) > 3 {
			in.SourceIdentity = &os.Args[3]
		}
		out, err := sts.NewFromConfig(c).AssumeRole(ctx, in)
		if err != nil {
			return err
		}
		return printSession(out.Credentials)
	})
}

// sessionToken prints the credentials of a session from GetSessionToken.
func sessionToken() {
	program(func(ctx context.Context, c aws.Config) error {
		out, err := sts.NewFromConfig(c).GetSessionToken(ctx, nil)
		if err != nil {
			return err
		}
		return printSession(out.Credentials)
	})
}

func printSession(c *types.Credentials) error {
	return printJSON(processCredentials{Version: 1, AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey,
		SessionToken: *c.SessionToken, Expiration: time.Now().Add(time.Hour).UTC().Format(time.RFC3339)})
}

// deleteRole deletes a role and its inline policies, as root.
func deleteRole() {
	program(func(ctx context.Context, c aws.Config) error {
		c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		})
		client, role := iam.NewFromConfig(c), &os.Args[1]
		list, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: role})
		if err != nil {
			return err
		}
		for _, name := range list.PolicyNames {
			if _, err := client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: role, PolicyName: &name}); err != nil {
				return err
			}
		}
		_, err = client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: role})
		return err
	})
}

// listUsers lists users.
func listUsers() {
	program(func(ctx context.Context, c aws.Config) error {
		out, err := iam.NewFromConfig(c).ListUsers(ctx, nil)
		if err == nil {
			fmt.Println(len(out.Users), "users")
		}
		return err
	})
}

// program runs with the default chain, and reports an error of AWS only by its code.
func program(run func(context.Context, aws.Config) error) {
	ctx := context.Background()
	c, err := config.LoadDefaultConfig(ctx)
	if err == nil {
		err = run(ctx, c)
	}
	if err == nil {
		return
	}
	var api interface{ ErrorCode() string }
	if errors.As(err, &api) {
		err = errors.New(api.ErrorCode())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
