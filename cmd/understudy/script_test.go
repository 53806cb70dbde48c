package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"understudy": main, "whoami": whoami, "assume-role": assumeRole, "session-token": sessionToken, "list-users": listUsers,
		"delete-role": deleteRole,
	})
}

// TestScripts runs testdata/script: each file is a session at a shell.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		return nil
	}})
}
