package main

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// TestGovernScripts runs testdata/govern: each file is a session at a shell, with a
// server of its own at UNDERSTUDY_ADDR. The command "call" is a program that makes one
// call with the credentials of its environment.
func TestGovernScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/govern", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithSeed("testdata/govern.yaml"))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		env.Setenv("AWS_ENDPOINT_URL", s.URL)
		env.Setenv("AWS_REGION", "us-east-1")
		return nil
	}})
}
