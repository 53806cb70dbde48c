//go:build conformance

package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// terraform is a working directory of Terraform with the AWS provider from the
// mirror that TERRAFORM_PROVIDER_MIRROR names: the directory that holds
// registry.terraform.io.
type terraform struct {
	t        *testing.T
	bin, dir string
	env      []string
}

// newTerraform copies a configuration of testdata and initializes it. The
// provider's endpoints are the server's.
func newTerraform(t *testing.T, configuration, endpoint string) *terraform {
	t.Helper()
	mirror := os.Getenv("TERRAFORM_PROVIDER_MIRROR")
	if mirror == "" {
		t.Fatal("TERRAFORM_PROVIDER_MIRROR is not set; it names the directory that holds registry.terraform.io")
	}
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join("testdata", configuration))
	if err != nil {
		t.Fatal(err)
	}
	config := "provider_installation {\n  filesystem_mirror {\n    path = \"" + mirror + "\"\n  }\n}\ndisable_checkpoint = true\n"
	for name, content := range map[string]string{"main.tf": string(text), "terraform.rc": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := &terraform{t: t, bin: tool(t, "terraform"), dir: dir, env: append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+filepath.Join(dir, "terraform.rc"), "TF_IN_AUTOMATION=1",
		"AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true",
	)}
	f.run("init", "-input=false", "-no-color")
	return f
}

// run runs a command that must succeed and returns its output.
func (f *terraform) run(args ...string) string {
	f.t.Helper()
	cmd := exec.Command(f.bin, args...)
	cmd.Dir, cmd.Env = f.dir, f.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.t.Fatalf("terraform %v: %v\n%s", args, err, out)
	}
	return string(out)
}
