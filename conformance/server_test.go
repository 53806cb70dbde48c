//go:build conformance

package conformance_test

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// binary is the understudy under test.
func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("UNDERSTUDY_BINARY")
	if path == "" {
		t.Fatal("UNDERSTUDY_BINARY is not set; run `make conformance`")
	}
	return path
}

// tool is the path of a client that must be installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed: %v", name, err)
	}
	return path
}

var announced = regexp.MustCompile(` on (http://\S+)\s`)

// startServer starts a server with a clean state on a free port and returns its
// URL; it is stopped when the test ends.
func startServer(t *testing.T, flags ...string) string {
	t.Helper()
	cmd := exec.Command(binary(t), append([]string{"serve", "--addr", "127.0.0.1:0", "--log-level", "warn"}, flags...)...)
	cmd.Stderr = os.Stderr
	url := announceOf(t, cmd)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not stop cleanly: %v", err)
		}
	})
	return url
}

// announceOf starts the command and returns the URL that it announces.
func announceOf(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not announce itself: %v", err)
	}
	m := announced.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("no URL in %q", line)
	}
	return m[1]
}
