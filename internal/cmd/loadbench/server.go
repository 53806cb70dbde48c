package main

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// process is a server in its own process.
type process struct {
	addr        string
	command     *exec.Cmd
	firstAnswer time.Duration // the time from the start of the process to the first signed answer
}

func startServer(binary string, flags ...string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	args := append([]string{"serve", "--addr", addr, "--log-level", "warn"}, flags...)
	return startProcess(addr, exec.Command(binary, args...), sign(addr, root, "sts", getCallerIdentity()))
}

func startProcess(addr string, command *exec.Cmd, probe []byte) (*process, error) {
	var stderr bytes.Buffer
	command.Stderr = &stderr
	begin := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	p := &process{addr: addr, command: command}
	for time.Since(begin) < 20*time.Second {
		if status, _, err := once(addr, probe); err == nil && status == http.StatusOK {
			p.firstAnswer = time.Since(begin)
			return p, nil
		}
		time.Sleep(500 * time.Microsecond)
	}
	return nil, fmt.Errorf("%s did not answer: %s (stopping it: %v)", command.Path, stderr.String(), p.stop())
}

func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// once sends one request on its own connection.
func once(addr string, raw []byte) (int, []byte, error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close()
	if _, err := conn.Write(raw); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	return resp.StatusCode, b.Bytes(), err
}

func (p *process) stop() error {
	if err := p.command.Process.Kill(); err != nil {
		return err
	}
	_ = p.command.Wait() // it reports the kill
	return nil
}

// residentMB returns the resident set size, from Linux's /proc; 0 elsewhere.
func (p *process) residentMB() float64 { return p.statusMB("VmRSS:") }

// peakMB returns the largest resident set size that the process has had.
func (p *process) peakMB() float64 { return p.statusMB("VmHWM:") }

func (p *process) statusMB(name string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			if err == nil {
				return kb * 1024 / 1e6
			}
		}
	}
	return 0
}

// do sends a request as root and decodes its answer into out.
func (p *process) do(service string, form url.Values, out any) error {
	status, body, err := once(p.addr, sign(p.addr, root, service, form))
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: %d %s", form.Get("Action"), status, body)
	}
	if out == nil {
		return nil
	}
	return xml.Unmarshal(body, out)
}

// prepare makes the user and the role that the loads use.
func (p *process) prepare() error {
	for _, form := range []url.Values{
		createUser(benchUser),
		action("iam", "PutUserPolicy", "UserName", benchUser, "PolicyName", "p", "PolicyDocument", allow),
		action("iam", "CreateRole", "RoleName", benchRole, "AssumeRolePolicyDocument", trust),
	} {
		if err := p.do("iam", form, nil); err != nil {
			return err
		}
	}
	return nil
}

func (p *process) userKey() (aws.Credentials, error) {
	var out struct {
		ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
		Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
	}
	err := p.do("iam", action("iam", "CreateAccessKey", "UserName", benchUser), &out)
	return aws.Credentials{AccessKeyID: out.ID, SecretAccessKey: out.Secret}, err
}

// fill creates n users over eight connections.
func (p *process) fill(n int) error {
	const workers = 8
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			i := w - workers
			_, errs[w] = drive(p.addr, true, func() []byte {
				if i += workers; i >= n {
					return nil
				}
				return sign(p.addr, root, "iam", createUser(fmt.Sprintf("user-%07d", i)))
			})
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// middlePage returns a request for 100 users from the middle of n: it gets there in
// pages of 1,000.
func (p *process) middlePage(n int) ([]byte, error) {
	marker := ""
	size := min(1000, n/2)
	for range n / 2 / size {
		form := action("iam", "ListUsers", "MaxItems", strconv.Itoa(size))
		if marker != "" {
			form.Set("Marker", marker)
		}
		var out struct {
			Marker string `xml:"ListUsersResult>Marker"`
		}
		if err := p.do("iam", form, &out); err != nil {
			return nil, err
		}
		marker = out.Marker
	}
	return sign(p.addr, root, "iam", action("iam", "ListUsers", "MaxItems", "100", "Marker", marker)), nil
}

// serveEmpty serves the yardstick: net/http with a handler that does nothing.
func serveEmpty(addr string) error {
	return http.ListenAndServe(addr, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

// startEmpty starts the empty handler in its own process.
func startEmpty(probe []byte) (*process, error) { return startSelf(probe, "-empty") }

// startSelf starts this program in its own process, to serve what the flag says on the
// address that follows the flag.
func startSelf(probe []byte, flag string, more ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return startProcess(addr, exec.Command(self, append([]string{flag, addr}, more...)...), probe)
}
