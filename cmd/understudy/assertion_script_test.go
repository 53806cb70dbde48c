package main

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// TestAssertionScripts runs testdata/assertion, each with a server of its own at
// UNDERSTUDY_ADDR that has the local identity provider, and at PLAIN one without.
func TestAssertionScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/assertion", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithServer(func(o *server.Options) { o.IdentityProvider = true }))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		env.Setenv("PLAIN", strings.TrimPrefix(iamtest.Start(starter{env}).URL, "http://"))
		return nil
	}})
}
