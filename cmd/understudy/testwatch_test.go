package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The tests run again when a file that they read changes, also in another folder, and
// also after an error.
func TestTestWatches(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	policy := func(action string) string {
		return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "` + action + `", "Resource": "*"}]}`
	}
	if err := os.Mkdir(filepath.Join(dir, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("policies/app.json", policy("s3:GetObject"))
	const tests = "state: {policies: {app: policies/app.json}}\nallow: [{principal: app, action: s3:GetObject}]\n"
	write("tests.yaml", tests)

	c := exec.Command("understudy", "test", "--watch", "--quiet", filepath.Join(dir, "tests.yaml"))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	lines := bufio.NewScanner(out)
	until := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("it ended without %q", want)
	}
	until("1 row passes.")
	write("policies/app.json", policy("s3:PutObject"))
	until("1 of 1 row fails.")
	write("tests.yaml", "state: [")
	write("policies/app.json", policy("s3:Get*"))
	write("tests.yaml", tests+"deny: [{principal: app, action: s3:PutObject}]\n")
	until("All 2 rows pass.")
}
