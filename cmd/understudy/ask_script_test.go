package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// TestAskScripts runs testdata/ask: each file is a session at a shell, with a server of
// its own at UNDERSTUDY_ADDR that has the state of the seed file $SEED.
func TestAskScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/ask", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithSeed("testdata/ask.yaml"))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		seed, err := filepath.Abs("testdata/ask.yaml")
		env.Setenv("SEED", seed)
		return err
	}})
}
