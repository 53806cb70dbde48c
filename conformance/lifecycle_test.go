//go:build conformance

package conformance_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestHealth asks the management route for the server's state.
func TestHealth(t *testing.T) {
	t.Parallel()
	url := startServer(t, "--account", "123456789012", "--enforcement", "log")
	resp, err := testkit.HTTP.Get(url + "/_understudy/health")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || got["status"] != "ok" || got["account"] != "123456789012" || got["enforcement"] != "log" {
		t.Errorf("health = %d %v", resp.StatusCode, got)
	}
}

// TestDirectoryInUse starts a second server on the directory of a running one.
func TestDirectoryInUse(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	startServer(t, "--data-dir", dir)
	out, err := exec.Command(binary(t), "serve", "--addr", "127.0.0.1:0", "--data-dir", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use") || strings.Count(strings.TrimSpace(string(out)), "\n") != 0 {
		t.Errorf("%v; want one sentence about a directory in use:\n%s", err, out)
	}
}

// TestAddressInUse starts a second server on the address of a running one.
func TestAddressInUse(t *testing.T) {
	t.Parallel()
	addr := strings.TrimPrefix(startServer(t), "http://")
	out, err := exec.Command(binary(t), "serve", "--addr", addr).CombinedOutput()
	if err == nil || !strings.Contains(string(out), addr+" is in use by another process") {
		t.Errorf("%v; want a sentence about an address in use:\n%s", err, out)
	}
}

// TestSIGTERMDrains ends a server while a request is under way: the request is
// answered, and the process ends with status 0. A server that stops waits half a second
// for what is left of a body: where that comes later, the request may be cut.
func TestSIGTERMDrains(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(binary(t), "serve", "--addr", "127.0.0.1:0", "--log-level", "warn")
	cmd.Stderr = os.Stderr
	url := announceOf(t, cmd)
	body, feed := io.Pipe()
	reading := make(chan struct{}) // closed when the server asks for the body
	trace := &httptrace.ClientTrace{Got100Continue: func() { close(reading) }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), trace), http.MethodPost, url+"/", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Expect", "100-continue")
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answered := make(chan error, 1)
	go func() {
		resp, err := client.Do(r)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		answered <- err
	}()
	<-reading
	if _, err := feed.Write([]byte("Action=GetCallerIdentity")); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_, err = feed.Write([]byte("&Version=2011-06-15"))
	cut := time.Since(begun) > time.Second/2
	if err != nil && !cut {
		t.Fatal(err)
	}
	feed.Close()
	if err := <-answered; err != nil && !cut {
		t.Errorf("the request under way was not answered: %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
