package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// process is a server in a process of its own.
type process struct {
	*exec.Cmd
	addr string
}

func startProcess(t *testing.T, flags ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command("understudy", append([]string{"serve", "--addr", "127.0.0.1:0", "--json", "--log-level", "error"},
		flags...)...)}
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill() })
	var about struct{ Addr string }
	if err := json.NewDecoder(out).Decode(&about); err != nil {
		t.Fatal(err)
	}
	p.addr = about.Addr
	return p
}

// send opens a connection, sends the text and leaves the connection open.
func (p *process) send(t *testing.T, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends JSON to a management route.
func (p *process) ask(t *testing.T, method, route, body string) string {
	t.Helper()
	r, err := http.NewRequest(method, "http://"+p.addr+"/_understudy/"+route, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s: %d %s, %v", route, answer.StatusCode, text, err)
	}
	return string(text)
}

// head is the head of a request to a path, with the length of its body if it has one.
func head(method, path string, length int) string {
	text := method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	if length > 0 {
		text += fmt.Sprintf("Content-Length: %d\r\n", length)
	}
	return text + "\r\n"
}

// SIGTERM ends the server at once, even if clients have begun requests or do not read. A
// call in progress gets its answer first.
func TestTermination(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	p.ask(t, http.MethodPost, "faults", `{"id":"slow","kind":"delay","duration":"10m","operation":"sts:AssumeRoleWithWebIdentity"}`)

	follower := p.send(t, head(http.MethodGet, "/_understudy/decisions/stream", 0))
	if line, err := bufio.NewReader(follower).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("the stream answers %q, %v", line, err)
	}
	question := fmt.Sprintf(`{"principal":"arn:aws:iam::000000000000:root","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",`+
		`"context":{"x:y":"%s"}}`, strings.Repeat("x", 100_000))
	for range 150 { // more than the buffers of a connection hold
		p.ask(t, http.MethodPost, "authorize", question)
	}
	for _, begun := range []string{
		"",           // a connection that has sent nothing
		"POST / HTT", // the head of a request
		head(http.MethodPost, "/", 100) + "Action=GetUser",
		head(http.MethodPost, "/_understudy/seed", 100) + "{",
		head(http.MethodPost, "/_understudy/nothing", 100) + "{", // whose body nobody reads
	} {
		p.send(t, begun)
	}
	const call = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
	calling := p.send(t, head(http.MethodPost, "/", len(call))+call)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(p.ask(t, http.MethodGet, "faults", ""), `"hits":1`); {
		if time.Now().After(deadline) {
			t.Fatal("the call does not begin")
		}
	}

	begun := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	// A server that waited for one of its clients would give up after ten seconds and end
	// with an error.
	var answer bytes.Buffer
	if _, err := io.Copy(&answer, calling); err != nil || !strings.Contains(answer.String(), "ValidationError") {
		t.Errorf("the call was answered %q, %v", answer.String(), err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the server ends with %v", err)
	}
	t.Logf("stopped after %v", time.Since(begun))
}

// A server whose data directory has been removed ends too. The exit status says that
// something was lost.
func TestTerminationWithoutDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	p := startProcess(t, "--data-dir", dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := p.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitNo {
		t.Errorf("the server ends with %v, want exit status %d", err, exitNo)
	}
}
