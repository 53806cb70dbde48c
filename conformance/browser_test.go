//go:build conformance

package conformance_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
)

// browserPatience bounds what a test waits for in a browser.
const browserPatience = 10 * time.Minute

//go:embed testdata/page.html
var callingPage string

// attempt is a way in which a page calls the server: as root, to make a user of the
// attempt's name.
type attempt struct {
	Name    string            `json:"name"`
	Kind    string            `json:"kind"` // a function of the page
	URL     string            `json:"url"`
	Mode    string            `json:"mode,omitempty"`
	Body    string            `json:"body,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
}

var rootKeys = aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// presigned is the URL of a call of CreateUser, signed for the host of the server.
// With POST the name is in the body.
func presigned(t *testing.T, server, method, name string) (address, body string) {
	t.Helper()
	query := url.Values{"Action": {"CreateUser"}, "Version": {"2010-05-08"}}
	if body = (url.Values{"UserName": {name}}).Encode(); method == http.MethodGet {
		query.Set("UserName", name)
		body = ""
	}
	r, err := http.NewRequest(method, server+"/?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	address, _, err = v4.NewSigner().PresignHTTP(context.Background(), rootKeys, r, hashOf(body), "iam", "us-east-1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return address, body
}

// attempts are all ways that a page has. Those with headers of their own are asked
// for first by the browser (a preflight).
func attempts(t *testing.T, server string) []attempt {
	t.Helper()
	var list []attempt
	for _, a := range []attempt{
		{Kind: "cors"}, {Kind: "opaque"}, {Kind: "image"}, {Kind: "script"}, {Kind: "frame"}, {Kind: "posted"}, {Kind: "form"},
		{Kind: "sandboxed", Mode: "cors"}, {Kind: "sandboxed", Mode: "no-cors"},
	} {
		method := http.MethodGet
		if a.Kind == "posted" || a.Kind == "form" {
			method = http.MethodPost
		}
		a.Name = a.Kind + a.Mode
		a.URL, a.Body = presigned(t, server, method, a.Name)
		list = append(list, a)
	}
	return append(list, preflighted(t, server))
}

func preflighted(t *testing.T, server string) attempt {
	t.Helper()
	a := attempt{Name: "preflighted", Kind: "preflighted", URL: server + "/",
		Body: "Action=CreateUser&Version=2010-05-08&UserName=preflighted"}
	r, err := http.NewRequest(http.MethodPost, a.URL, strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = -1 // the browser's own header is not signed
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := v4.NewSigner().SignHTTP(context.Background(), rootKeys, r, hashOf(a.Body), "iam", "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	a.Headers = map[string]string{}
	for name := range r.Header {
		a.Headers[name] = r.Header.Get(name)
	}
	return a
}

// pages serves the page that makes the attempts, and gets what it has read.
type pages struct {
	port     string
	attempts []attempt
	results  chan map[string]string
}

func servePages(t *testing.T) *pages {
	t.Helper()
	p := &pages{results: make(chan map[string]string, 1)}
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(callingPage))
	})
	m.HandleFunc("GET /attempts", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(p.attempts) })
	m.HandleFunc("GET /link", func(w http.ResponseWriter, r *http.Request) { // a page that goes on to another one
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		to, _ := json.Marshal(r.URL.Query().Get("to"))
		_, _ = w.Write([]byte("<!doctype html><script>location.href = " + string(to) + "</script>"))
	})
	m.HandleFunc("POST /done", func(_ http.ResponseWriter, r *http.Request) {
		var got map[string]string
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		p.results <- got
	})
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	p.port = s.URL[strings.LastIndexByte(s.URL, ':'):]
	return p
}

// browse opens an address in Chromium, in which the names that pages have lead to
// this machine. It returns what the browser writes, and ends with the context.
func browse(ctx context.Context, t *testing.T, address string, flags ...string) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, tool(t, "chromium"), slices.Concat([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
		"--ignore-certificate-errors",
		"--user-data-dir=" + t.TempDir(),
	}, flags, []string{address})...)
	cmd.WaitDelay = 10 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		t.Fatalf("chromium: %v\n%s", err, errs.String())
	}
	return out.String()
}

// resolve makes names lead to this machine, and AWS's page to the address.
func resolve(home string) string {
	rules := []string{"MAP aws.amazon.com " + home}
	for _, name := range []string{"attacker.test", "allowed.test", "rebound.example"} {
		rules = append(rules, "MAP "+name+" 127.0.0.1")
	}
	return "--host-resolver-rules=" + strings.Join(rules, ",")
}

// usersOf are the names of the users that there are.
func usersOf(t *testing.T, server string) []string {
	t.Helper()
	out, err := rootClient(server).ListUsers(context.Background(), &iam.ListUsersInput{})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, u := range out.Users {
		names = append(names, *u.UserName)
	}
	return names
}

// TestPagesInABrowser lets a page call the server in every way that a page has: as
// a page of somebody else, of this machine, and of an origin that is allowed.
func TestPagesInABrowser(t *testing.T) {
	for _, c := range []struct {
		name, host string
		may        []string // the attempts that take effect
	}{
		{"somebody else's", "attacker.test", []string{}},
		{"of this machine", "localhost", []string{"cors", "opaque", "posted", "form", "preflighted"}},
		{"of an origin that is allowed", "allowed.test", []string{"cors", "posted", "form", "preflighted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := servePages(t)
			server := startServer(t, "--allow-origin", "http://allowed.test"+p.port)
			p.attempts = attempts(t, server)
			ctx, end := context.WithTimeout(t.Context(), browserPatience)
			defer end()
			var got map[string]string
			go func() {
				select {
				case got = <-p.results:
				case <-ctx.Done():
				}
				end()
			}()
			browse(ctx, t, "http://"+c.host+p.port+"/", resolve("127.0.0.1"))
			if len(got) != len(p.attempts) {
				t.Fatalf("the page has made %d attempts of %d: %v", len(got), len(p.attempts), got)
			}
			for _, name := range []string{"cors", "preflighted"} {
				if saw := strings.Contains(got[name], "<UserName>"+name+"</UserName>"); saw != slices.Contains(c.may, name) {
					t.Errorf("%s: the page reads %q", name, got[name])
				}
			}
			for name, text := range got {
				if !slices.Contains(c.may, name) && strings.Contains(text, "<User") {
					t.Errorf("%s: the page reads %q", name, text)
				}
			}
			t.Log(got)
			made := usersOf(t, server)
			for _, name := range []string{"cors", "posted", "form", "preflighted"} {
				if slices.Contains(made, name) != slices.Contains(c.may, name) {
					t.Errorf("%s: the users are %v", name, made)
				}
			}
			if len(c.may) == 0 {
				if diff := cmp.Diff([]string{}, made); diff != "" {
					t.Errorf("users (-want +got):\n%s", diff)
				}
			}
			for _, name := range []string{"sandboxedcors", "sandboxedno-cors"} {
				if slices.Contains(made, name) {
					t.Errorf("a frame without an origin has made a user: %v", made)
				}
			}
		})
	}
}

// TestLinksInABrowser follows links of a page of somebody else: one to the server's
// first page opens the console, or AWS's page where there is no console; and one that is a
// call changes nothing, nor does a name that the page's owner has made lead to the server.
func TestLinksInABrowser(t *testing.T) {
	opened := make(chan string, 10)
	home := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opened <- r.Host + r.URL.Path
		_, _ = w.Write([]byte("<p>AWS's page</p>"))
	}))
	t.Cleanup(home.Close)
	p := servePages(t)
	server := startServer(t)
	rebound := strings.Replace(server, "127.0.0.1", "rebound.example", 1)
	ctx, end := context.WithTimeout(t.Context(), browserPatience)
	defer end()
	open := func(address string) string {
		return browse(ctx, t, address, resolve(strings.TrimPrefix(home.URL, "https://")), "--dump-dom", "--virtual-time-budget=10000")
	}
	link := func(to string) string { return "http://attacker.test" + p.port + "/link?to=" + url.QueryEscape(to) }
	if got := open(link(server + "/")); !strings.Contains(got, "Acting as <b>root</b>") || len(opened) > 0 {
		t.Errorf("the console does not open: %s", got)
	}
	if got := open(link(startServer(t, "--console=off") + "/")); !strings.Contains(got, "AWS's page") || len(opened) == 0 {
		t.Errorf("AWS's page does not open: %s", got)
	}
	call, _ := presigned(t, server, http.MethodGet, "link")
	typed, _ := presigned(t, server, http.MethodGet, "typed")
	bound, _ := presigned(t, rebound, http.MethodGet, "rebound")
	for name, address := range map[string]string{
		"a link": link(call), "an address from a mail": typed, "a name that was made to lead here": bound,
	} {
		if got := open(address); !strings.Contains(got, "WebPageRefused") {
			t.Errorf("%s is answered %s", name, got)
		}
	}
	if made := usersOf(t, server); len(made) > 0 {
		t.Errorf("the users are %v", made)
	}
}
