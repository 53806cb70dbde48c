//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestCloudCustodian asks what Cloud Custodian asks, by boto3: its lists, reports,
// simulations and changes, and what it catches, in its order.
func TestCloudCustodian(t *testing.T) {
	t.Parallel()
	leaf := newCertificate(t, "web.example.com", nil)
	_, signing := idpKey(t)
	given, err := json.Marshal(map[string]string{
		"url": startServer(t), "certificate": leaf.pem, "key": leaf.key, "ssh_key": sshKeys()[0].openSSH,
		"saml": metadata("https://idp.example.com", signing),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "given.json")
	if err := os.WriteFile(file, given, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "python3"), "testdata/custodian.py", file)
	cmd.Env = clientEnv(t)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &complaint)
	}
	var report struct {
		Failures, Operations []string
		Calls                int
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range report.Failures {
		t.Error(f)
	}
	t.Logf("Cloud Custodian: %d operations in %d calls", len(report.Operations), report.Calls)
}
