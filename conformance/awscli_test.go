//go:build conformance

package conformance_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// examples are the scripts in examples/, each with the last line that it prints.
var examples = map[string]string{
	"access-keys":          "access keys: all as expected",
	"account":              "account: all as expected",
	"credentials":          "credentials: all as expected",
	"credential-sources":   "credential sources: all as expected",
	"delegation":           "delegation: all as expected",
	"first-steps":          "first steps: all as expected",
	"gateway":              "gateway: all as expected",
	"groups":               "groups: all as expected",
	"identity-providers":   "identity providers: all as expected",
	"instance-profiles":    "instance profiles: all as expected",
	"mfa-devices":          "MFA devices: all as expected",
	"organization":         "organization: all as expected",
	"passwords":            "passwords: all as expected",
	"policies":             "policies: all as expected",
	"reports":              "reports: all as expected",
	"role-templates":       "role templates: all as expected",
	"roles":                "roles: all as expected",
	"saml":                 "SAML: all as expected",
	"server-certificates":  "server certificates: all as expected",
	"service-linked-roles": "service-linked roles: all as expected",
	"simulation":           "simulation: all as expected",
	"web-identity":         "web identity: all as expected",
	"users":                "users: all as expected",
}

// TestExamples runs the example scripts, which check every step themselves.
func TestExamples(t *testing.T) {
	t.Parallel()
	tool(t, "aws")
	tool(t, "curl")        // for what the CLI does not know
	tool(t, "moto_server") // behind the gateway
	for name, last := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command("../examples/"+name+".sh", binary(t)).CombinedOutput()
			if err != nil || !strings.HasSuffix(string(out), "\n"+last+"\n") {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("AWS CLI: %d steps shown", strings.Count(string(out), "\n== "))
		})
	}
}

// Without an emulator the example of the gateway says what to install.
func TestGatewayExampleWithoutMoto(t *testing.T) {
	t.Parallel()
	c := exec.Command(tool(t, "bash"), "../examples/gateway.sh", binary(t))
	c.Env = []string{"PATH=" + t.TempDir()}
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "pip install 'moto[server]'") || strings.Count(string(out), "\n") != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}

// Every script in examples/ is run.
func TestEveryExampleIsRun(t *testing.T) {
	scripts, err := filepath.Glob("../examples/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".sh")
		if _, ok := examples[name]; !ok && name != "lib" {
			t.Errorf("%s is in no list", script)
		}
	}
}
