//go:build conformance

package conformance

import (
	"os/exec"
	"strings"
	"testing"
)

// TestFirstSteps runs the example script, which checks every step itself.
func TestFirstSteps(t *testing.T) {
	tool(t, "aws")
	cmd := exec.Command("../examples/first-steps.sh", binary(t))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "first steps: all as expected") {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("AWS CLI: %d steps shown", strings.Count(string(out), "\n== "))
}
