//go:build conformance

package conformance_test

import (
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/iamtest"
)

// moto starts moto's server, and returns its address when it answers.
func moto(t *testing.T) string {
	t.Helper()
	url := "http://127.0.0.1:" + freePort(t)
	c := exec.Command(tool(t, "moto_server"), "-p", url[len("http://127.0.0.1:"):])
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(url + "/moto-api/data.json")
		if err == nil {
			_ = res.Body.Close()
			return url
		}
		if time.Now().After(deadline) {
			t.Fatalf("moto does not answer: %v", err)
		}
	}
}

// TestGateway calls S3, DynamoDB, SQS and SNS with moto behind the gateway: each call
// is denied once and allowed once, by policies that differ in one respect.
func TestGateway(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{
		"boto3":   {tool(t, "python3"), "testdata/gateway/calls.py"},
		"AWS CLI": {"testdata/gateway/calls.sh"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tool(t, "aws")
			srv := iamtest.Start(t, iamtest.WithUpstream(moto(t)))
			c := exec.Command(command[0], command[1:]...)
			c.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+srv.URL, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=", "HOME="+t.TempDir(),
				"AWS_EC2_METADATA_DISABLED=true", "PYTHONDONTWRITEBYTECODE=1", "AWS_MAX_ATTEMPTS=1")
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s: %s", name, out)
		})
	}
}
