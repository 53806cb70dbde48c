package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// TestCredentialsScripts runs testdata/credentials: each file is a session at a
// shell, with a server of its own at UNDERSTUDY_ADDR. The command "whoami" is a
// program with the SDK's default credential chain.
func TestCredentialsScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/credentials", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithSeed("testdata/credentials.yaml"))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		env.Setenv("AWS_ENDPOINT_URL", s.URL)
		env.Setenv("AWS_REGION", "us-east-1")
		return nil
	}})
}

// whoami prints whose credentials the default chain finds.
func whoami() {
	ctx := context.Background()
	c, err := config.LoadDefaultConfig(ctx)
	if err == nil {
		var out *sts.GetCallerIdentityOutput
		if out, err = sts.NewFromConfig(c).GetCallerIdentity(ctx, nil); err == nil {
			fmt.Println(*out.Arn)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
