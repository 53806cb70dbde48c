//go:build conformance

package conformance_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestGateway calls services with moto behind the gateway: each call is denied once and
// allowed once, by policies that differ in one respect. They are policies of the caller
// or of the resource, with conditions on tags, aliases and other members, or grants.
func TestGateway(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]struct {
		command []string
		calls   int // at least
	}{
		"boto3":   {[]string{tool(t, "python3"), "calls.py"}, 490},
		"AWS CLI": {[]string{tool(t, "python3"), "cli_calls.py"}, 27},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t, iamtest.WithUpstream(testkit.Moto(t)))
			c := exec.Command(client.command[0], client.command[1:]...)
			c.Dir = "testdata/gateway"
			c.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+srv.URL, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=",
				"HOME="+t.TempDir(),
				"AWS_EC2_METADATA_DISABLED=true", "PYTHONDONTWRITEBYTECODE=1", "AWS_MAX_ATTEMPTS=1")
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			atLeast(t, string(out), client.calls)
		})
	}
}

// atLeast checks the number of calls, which is in the last line that a script prints.
func atLeast(t *testing.T, out string, want int) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var got int
	if _, err := fmt.Sscanf(lines[len(lines)-1], "%d calls, each denied and allowed; 0 wrong", &got); err != nil || got < want {
		t.Errorf("the script ends with %q; want at least %d calls", lines[len(lines)-1], want)
	}
}
