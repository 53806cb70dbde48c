//go:build conformance

package conformance_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// emulators starts dynalite and s3rver, and returns their addresses.
func emulators(t *testing.T, dir string) (at struct{ DynamoDB, S3 string }) {
	t.Helper()
	c := exec.Command(tool(t, "node"), "upstreams.mjs")
	c.Dir, c.Stderr = dir, os.Stderr
	c.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	if err := json.NewDecoder(out).Decode(&at); err != nil {
		t.Fatalf("dynalite and s3rver do not start: %v", err)
	}
	return at
}

// TestGatewayJavaScript calls DynamoDB and S3 with the AWS SDK for JavaScript: dynalite
// is behind the gateway, and s3rver, which knows one key, or moto, which knows trailers.
func TestGatewayJavaScript(t *testing.T) {
	t.Parallel()
	dir := npmCI(t, "gateway/js")
	for name, options := range map[string]func(t *testing.T) (trailers string, options []iamtest.Option){
		"s3rver": func(t *testing.T) (string, []iamtest.Option) {
			at := emulators(t, dir)
			return "no", []iamtest.Option{
				iamtest.WithUpstream("dynamodb=" + at.DynamoDB), iamtest.WithUpstream("s3=" + at.S3),
				iamtest.WithUpstreamCredentials("S3RVER:S3RVER"),
			}
		},
		"moto": func(t *testing.T) (string, []iamtest.Option) {
			return "yes", []iamtest.Option{
				iamtest.WithUpstream("dynamodb=" + emulators(t, dir).DynamoDB), iamtest.WithUpstream(testkit.Moto(t)),
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trailers, options := options(t)
			srv := iamtest.Start(t, options...)
			c := exec.Command(tool(t, "node"), "calls.mjs")
			c.Dir = dir
			c.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+srv.URL, "TRAILERS="+trailers, "HOME="+t.TempDir())
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			atLeast(t, string(out), 38)
		})
	}
}
