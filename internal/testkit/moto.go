package testkit

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"testing"
)

// motoAt matches the line that moto's server prints when it listens.
var motoAt = regexp.MustCompile(`Running on (http://[^\s]+)`)

// Moto starts moto's server on a free port, and returns its URL. The server stops
// when the test ends.
func Moto(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("moto_server")
	if err != nil {
		t.Fatalf("moto's server is needed, install it with pip install 'moto[server]': %v", err)
	}
	c := exec.Command(path, "-p", "0")
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if found := motoAt.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, log) }() // it writes a line for each request
			return found[1]
		}
	}
	t.Fatal("moto's server ended before it listened")
	return ""
}
