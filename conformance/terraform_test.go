//go:build conformance

package conformance_test

import (
	"encoding/json"
	"errors"
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

// newTerraform copies files of testdata, named by a pattern, and initializes
// the directory. The provider's endpoints are the server's.
func newTerraform(t *testing.T, pattern, endpoint string) *terraform {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file is %s: %v", pattern, err)
	}
	f := emptyTerraform(t, endpoint)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f.write(filepath.Base(file), string(text))
	}
	f.run("init", "-input=false")
	return f
}

// terraformOf copies a directory of testdata with the modules in it, and
// initializes it.
func terraformOf(t *testing.T, name, endpoint string) *terraform {
	t.Helper()
	f := emptyTerraform(t, endpoint)
	if err := os.CopyFS(f.dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	f.run("init", "-input=false")
	return f
}

// emptyTerraform is a directory without a configuration.
func emptyTerraform(t *testing.T, endpoint string) *terraform {
	t.Helper()
	mirror := os.Getenv("TERRAFORM_PROVIDER_MIRROR")
	if mirror == "" {
		t.Fatal("TERRAFORM_PROVIDER_MIRROR is not set; it names the directory that holds registry.terraform.io")
	}
	f := &terraform{t: t, bin: tool(t, "terraform"), dir: t.TempDir()}
	f.write("terraform.rc", "provider_installation {\n  filesystem_mirror {\n    path = \""+mirror+
		"\"\n  }\n}\ndisable_checkpoint = true\n")
	f.env = append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+filepath.Join(f.dir, "terraform.rc"), "TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color",
		"AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true",
	)
	return f
}

// write writes a file of the directory.
func (f *terraform) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// run runs a command that must succeed and returns its output.
func (f *terraform) run(args ...string) string {
	f.t.Helper()
	out, code := f.exit(args...)
	if code != 0 {
		f.t.Fatalf("terraform %v: exit status %d\n%s", args, code, out)
	}
	return out
}

// exit runs a command and returns what it printed and its exit status.
func (f *terraform) exit(args ...string) (out string, code int) {
	f.t.Helper()
	cmd := exec.Command(f.bin, args...)
	cmd.Dir, cmd.Env = f.dir, f.env
	printed, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return string(printed), exit.ExitCode()
	case err != nil:
		f.t.Fatal(err)
	}
	return string(printed), 0
}

// read runs a command that prints JSON.
func (f *terraform) read(into any, args ...string) {
	f.t.Helper()
	cmd := exec.Command(f.bin, args...)
	cmd.Dir, cmd.Env = f.dir, f.env
	out, err := cmd.Output()
	if err != nil {
		f.t.Fatalf("terraform %v: %v", args, err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		f.t.Fatal(err)
	}
}
