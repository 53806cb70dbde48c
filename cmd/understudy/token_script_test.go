package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// TestTokenScripts runs testdata/token: each file is a session at a shell, with
// a server of its own at UNDERSTUDY_ADDR whose identity provider is on, and
// another one at $OFF. These commands are there too:
//
//	provider URL CLIENT   make a provider, and the role "web" for the subject ana
//	assume FILE SESSION   assume the role with the token in the file
//	mode FILE OCTAL       the permissions of the file
func TestTokenScripts(t *testing.T) {
	t.Parallel()
	type key struct{}
	type commands = map[string]func(*testscript.TestScript, bool, []string)
	running := func(ts *testscript.TestScript) *iamtest.Server { return ts.Value(key{}).(*iamtest.Server) }
	testscript.Run(t, testscript.Params{
		Dir: "testdata/token",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			on := iamtest.Start(starter{env}, iamtest.WithServer(func(o *server.Options) { o.IdentityProvider = true }))
			env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(on.URL, "http://"))
			env.Setenv("OFF", strings.TrimPrefix(iamtest.Start(starter{env}).URL, "http://"))
			env.Values[key{}] = on
			return nil
		},
		Cmds: commands{
			"provider": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(provide(running(ts), args[0], args[1]))
			},
			"assume": func(ts *testscript.TestScript, neg bool, args []string) {
				if err := assume(running(ts), ts.ReadFile(args[0]), args[1]); (err != nil) != neg {
					ts.Fatalf("assume: %v", err)
				}
			},
			"mode": func(ts *testscript.TestScript, _ bool, args []string) {
				info, err := os.Stat(ts.MkAbs(args[0]))
				ts.Check(err)
				if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[1] {
					ts.Fatalf("%s has mode %s", args[0], got)
				}
			},
		},
	})
}

// provide makes a provider and a role that trusts its subject ana.
func provide(s *iamtest.Server, url, client string) error {
	ctx, c := context.Background(), s.IAM()
	out, err := c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: &url, ClientIDList: []string{client}, ThumbprintList: []string{strings.Repeat("0", 40)},
	})
	if err != nil {
		return err
	}
	document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"%s"},`+
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"%s:sub":"ana"}}}}`,
		*out.OpenIDConnectProviderArn, strings.TrimPrefix(url, "https://"))
	return testkit.Refused(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("web"), AssumeRolePolicyDocument: &document}))
}

func assume(s *iamtest.Server, token, session string) error {
	config := s.ConfigFor(aws.Credentials{})
	config.Credentials = aws.AnonymousCredentials{}
	return testkit.Refused(sts.NewFromConfig(config).AssumeRoleWithWebIdentity(context.Background(), &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/web"), RoleSessionName: &session, WebIdentityToken: &token,
	}))
}
