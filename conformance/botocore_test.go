//go:build conformance

package conformance_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestBotocoreSigner signs with botocore: by header, presigned, and with the
// credentials of a role session.
func TestBotocoreSigner(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(tool(t, "python3"), "testdata/botocore_signer.py", startServer(t)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "botocore: all as expected") {
		t.Fatalf("%v\n%s", err, out)
	}
}
