package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endOfBanner matches the sentence about calls of services other than IAM and STS.
var endOfBanner = regexp.MustCompile(`\n(Calls of other services are refused|Their resources are those of)[^\n]*\.\n$`)

// announced starts a server, and returns what it prints until it can be called. Its log
// is in the buffer, which is complete when the server has ended.
func announced(t *testing.T, flags ...string) (banner string, end func() (log string, took time.Duration)) {
	t.Helper()
	c := exec.Command("understudy", append([]string{"serve", "--log-level", "warn"}, flags...)...)
	var log bytes.Buffer
	c.Stderr = &log
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	var b strings.Builder
	for one := make([]byte, 1); !endOfBanner.MatchString(b.String()); {
		if _, err := out.Read(one); err != nil {
			t.Fatalf("%v after %q; %s", err, b.String(), log.String())
		}
		b.Write(one)
	}
	return b.String(), func() (string, time.Duration) {
		begun := time.Now()
		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(out)
		if err := c.Wait(); err != nil {
			t.Errorf("%v; %s", err, log.String())
		}
		return string(rest) + log.String(), time.Since(begun)
	}
}

// The banner shows the keys that everybody knows and hides others.
func TestBanner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		flags []string
		want  string
	}{
		{"by default", []string{"--addr", "127.0.0.1:0"}, `^Understudy \S+ is AWS IAM and STS on http://127\.0\.0\.1:\d+
\(account 000000000000, state in memory, enforcement on\)\.
Point a client at it:  eval "\$\(understudy env --addr 127\.0\.0\.1:\d+\)"
or set AWS_ENDPOINT_URL=http://127\.0\.0\.1:\d+ and the keys test / test\.
Calls of other services are refused; --upstream URL sends them on to an emulator\.
$`},
		{"with a secret", []string{"--addr", "127.0.0.1:0", "--root-access-key-id", "mine", "--root-secret-access-key", "hidden"},
			`--root-access-key-id mine\)"
or set .* and the keys mine / \*\*\*\*\.
Calls of other services `},
		{"with an upstream for all", []string{"--addr", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1"}, `the keys test / test\.
All other services: decided here, and sent on to http://127\.0\.0\.1:1\.
Their resources are those of account 000000000000\.
$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			banner, end := announced(t, c.flags...)
			if !regexp.MustCompile(c.want).MatchString(banner) || strings.Contains(banner, "hidden") {
				t.Errorf("the banner is\n%s", banner)
			}
			if log, _ := end(); strings.Contains(log, "hidden") {
				t.Errorf("the log is\n%s", log)
			}
		})
	}
}

// If an upstream is only for some services, the banner says that calls of others are
// refused. An upstream that does not answer is named, but the server starts.
func TestBannerAboutUpstreams(t *testing.T) {
	t.Parallel()
	_, end := announced(t, "--addr", "127.0.0.1:0", "--upstream", "s3,sqs=http://127.0.0.1:1")
	said, _ := end()
	if !strings.HasPrefix(said, "Calls of other services are refused; an --upstream URL without names takes them.\n") {
		t.Errorf("it says\n%s", said)
	}
}

// The addresses that are printed for a server on all addresses can be called.
func TestAddressesOfAll(t *testing.T) {
	t.Parallel()
	all := &net.TCPAddr{IP: net.IPv6unspecified, Port: 4260}
	if got := reachable(all); got != "127.0.0.1:4260" {
		t.Errorf("reachable at %s", got)
	}
	if got := outside(all); !regexp.MustCompile(`http://localhost:PORT, with the PORT that is\npublished for 4260; from other containers ` +
		`and machines: http://\S+:4260\.\n$`).MatchString(got) {
		t.Errorf("outside: %q", got)
	}
	one := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4260}
	if got := reachable(one) + outside(one); got != "127.0.0.1:4260" {
		t.Errorf("of one address: %q", got)
	}
}

// A role of the instance that does not trust EC2 is reported at the start; one that does
// not exist yet may be made later.
func TestRoleOfTheInstanceIsChecked(t *testing.T) {
	t.Parallel()
	const trust = `accounts: [{id: "000000000000", roles: [{name: app, trust: {Statement: {Effect: Allow, Principal: {Service: ` +
		`SERVICE}, Action: "sts:AssumeRole"}}}]}]`
	for service, warned := range map[string]bool{"lambda.amazonaws.com": true, "ec2.amazonaws.com": false} {
		file := filepath.Join(t.TempDir(), "iam.yaml")
		text := strings.ReplaceAll(trust, "SERVICE", service)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, end := announced(t, "--addr", "127.0.0.1:0", "--seed", file, "--imds", "127.0.0.1:0", "--imds-role", "app")
		log, _ := end()
		if strings.Contains(log, "role app gets no credentials: its trust policy does not allow sts:AssumeRole to the "+
			"service ec2.amazonaws.com") != warned {
			t.Errorf("%s: the log is\n%s", service, log)
		}
	}
	_, end := announced(t, "--addr", "127.0.0.1:0", "--imds", "127.0.0.1:0", "--imds-role", "later")
	if log, _ := end(); log != "" && strings.Contains(log, "imds-role") {
		t.Errorf("the log is\n%s", log)
	}
}

// A server that is interrupted says what it keeps, even if clients have connections open.
func TestFarewell(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	for want, flags := range map[string][]string{
		"Stopped. The state was in memory and is gone; --data-dir DIR keeps it.\n": {"--addr", "127.0.0.1:0"},
		"Stopped. The state is kept in " + dir + ".\n":                             {"--addr", "127.0.0.1:0", "--data-dir", dir},
	} {
		banner, end := announced(t, flags...)
		addr := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(banner)
		half, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer half.Close()
		if _, err := io.WriteString(half, head("POST", "/", 100)+"Action="); err != nil {
			t.Fatal(err)
		}
		said, took := end()
		if said != want {
			t.Errorf("it says %q; want %q", said, want)
		}
		t.Logf("stopped after %v", took)
	}
}
