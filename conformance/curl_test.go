//go:build conformance

package conformance_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestCurlSigner signs with curl's own Signature Version 4.
func TestCurlSigner(t *testing.T) {
	t.Parallel()
	curl, url := tool(t, "curl"), startServer(t)
	const form = "Action=GetCallerIdentity&Version=2011-06-15"
	for _, tt := range []struct {
		name, want string
		args       []string
	}{
		{"POST form", "<Arn>arn:aws:iam::000000000000:root</Arn>", []string{"--user", "test:test", "--data", form, url + "/"}},
		{"GET query", "<Arn>arn:aws:iam::000000000000:root</Arn>", []string{"--user", "test:test", url + "/?" + form}},
		{"wrong secret", "<Code>SignatureDoesNotMatch</Code>", []string{"--user", "test:best", "--data", form, url + "/"}},
		{"unknown key", "<Code>InvalidClientTokenId</Code>", []string{"--user", "nobody:test", "--data", form, url + "/"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := exec.Command(curl, append([]string{"-sS", "--aws-sigv4", "aws:amz:us-east-1:sts"}, tt.args...)...).CombinedOutput()
			if err != nil || !strings.Contains(string(out), tt.want) {
				t.Errorf("%v; want %s in:\n%s", err, tt.want, out)
			}
		})
	}
}
