package main

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// TestLintScripts runs testdata/lint: each file is a session at a shell, with a server of
// its own at UNDERSTUDY_ADDR that has the state of testdata/lint.yaml.
func TestLintScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/lint", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithSeed("testdata/lint.yaml"))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		return nil
	}})
}
