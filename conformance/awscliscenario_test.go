//go:build conformance

package conformance_test

import (
	"os/exec"
	"testing"
)

// TestAWSCLI runs the scenario with every command of `aws iam` and `aws sts`.
func TestAWSCLI(t *testing.T) {
	t.Parallel()
	r := runScenario(t, exec.Command(tool(t, "python3"), "testdata/awscli_scenario.py"), "users", "roles", "account", "end")
	r.check(t)
	r.unknown(t, newer)
}
