//go:build conformance

package conformance_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestGatewayAccounts calls what another account has, with moto behind the gateway, which
// keeps accounts apart.
func TestGatewayAccounts(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithUpstream(testkit.Moto(t)), iamtest.WithUpstreamAccount("caller"))
	c := exec.Command(tool(t, "python3"), "accounts.py")
	c.Dir = "testdata/gateway"
	c.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+srv.URL, "HOME="+t.TempDir(), "AWS_EC2_METADATA_DISABLED=true",
		"PYTHONDONTWRITEBYTECODE=1")
	out, err := c.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "24 calls between accounts; 0 wrong\n") {
		t.Fatalf("%v\n%s", err, out)
	}
}
