//go:build conformance

package conformance_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestGatewayMirror lets calls with boto3 name instance profiles and server certificates
// with moto behind the gateway, which looks them up in an IAM of its own.
func TestGatewayMirror(t *testing.T) {
	t.Parallel()
	moto, dir := testkit.Moto(t), t.TempDir()
	srv := iamtest.Start(t, iamtest.WithUpstream(moto))
	alone := iamtest.Start(t, iamtest.WithUpstream(moto), iamtest.WithUpstreamMirror(false))
	c := newCertificate(t, "shop.example.com", nil)
	for name, text := range map[string]string{"certificate.pem": c.pem, "key.pem": c.key} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command(t, "testdata/gateway", []string{
		"AWS_ENDPOINT_URL=" + srv.URL, "ALONE_URL=" + alone.URL, "MOTO_URL=" + moto, "CERTIFICATES=" + dir, "HOME=" + dir,
		"AWS_EC2_METADATA_DISABLED=true", "PYTHONDONTWRITEBYTECODE=1",
	}, tool(t, "python3"), "mirror.py")
}
