package main

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/principal"
)

// TestPartitionScripts runs testdata/partition: each file is a session at a shell,
// with a server of its own in China at UNDERSTUDY_ADDR.
func TestPartitionScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/partition", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithPartition(principal.China), iamtest.WithSeedText(`
accounts:
  - id: "000000000000"
    users: [{name: alice, policies: [IAMReadOnlyAccess]}]
    roles: [{name: app, trust: {Version: 2012-10-17, Statement: {Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}}}]
`))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		env.Setenv("AWS_ENDPOINT_URL", s.URL)
		return nil
	}})
}
