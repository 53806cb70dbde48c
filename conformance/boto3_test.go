//go:build conformance

package conformance_test

import (
	"os/exec"
	"testing"
)

// TestBoto3 runs the scenario with boto3, which holds every answer against
// botocore's model.
func TestBoto3(t *testing.T) {
	t.Parallel()
	r := runScenario(t, exec.Command(tool(t, "python3"), "testdata/boto3_scenario.py"), "users", "roles", "account", "end")
	r.check(t)
	r.unknown(t, newer)
}
