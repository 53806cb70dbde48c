//go:build conformance

package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// npmCI installs the packages that package-lock.json has, beside the scripts of a
// directory of testdata, and returns where they are.
func npmCI(t *testing.T, scripts string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", scripts))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir
}

// TestJavaScript runs the scenario with the AWS SDK for JavaScript.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	script := filepath.Join(npmCI(t, "js"), "scenario.mjs")
	r := runScenario(t, exec.Command(tool(t, "node"), script), "users", "roles", "account", "new", "scoped", "origin", "end")
	r.check(t)
	r.unknown(t, nil)
}
