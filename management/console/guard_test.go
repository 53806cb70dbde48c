package console_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management/console"
)

// TestPagesOfOthersAreRefused: another origin's page can lead here, and nothing more.
func TestPagesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	b := open(t)
	visit := func(where string) map[string]string {
		return map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": where}
	}
	for _, c := range []struct {
		name, method, path string
		header             map[string]string
		want               int
	}{
		{"a link", "GET", "", visit("document"), 200},
		{"a frame", "GET", "", visit("iframe"), 403},
		{"a fetch", "GET", "decisions", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403},
		{"a form", "POST", "act", map[string]string{"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site",
			"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 403},
		{"another port", "POST", "act", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"a name that is not ours", "GET", "", map[string]string{"Host": "elsewhere.example"}, 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, b.url+console.Path+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		r.Host = c.header["Host"]
		answer, err := b.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := read(t, answer); status != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, status, c.want, body)
		}
	}
}

// TestPagesKeepToThemselves: nothing but what the server serves is loaded, and no page has a
// script or a style of its own.
func TestPagesKeepToThemselves(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.fill()
	for _, path := range []string{"", "decisions", "principals", "principals/users/ana", "principals/roles/deploy", "act", "none"} {
		answer, err := b.http.Do(testkit.Must(http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+console.Path+path, nil))(t))
		if err != nil {
			t.Fatal(err)
		}
		policy := answer.Header.Get("Content-Security-Policy")
		_, page := read(t, answer)
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%q: the policy %q lacks %s", path, policy, part)
			}
		}
		for _, odd := range []string{"<script>", " style=", "onclick", "javascript:", `src="http`, `href="http`} {
			if strings.Contains(page, odd) {
				t.Errorf("%q has %s", path, odd)
			}
		}
	}
}

// TestSignIn: who comes from another machine shows the root credentials first.
func TestSignIn(t *testing.T) {
	t.Parallel()
	asked := 0
	c, err := console.New(console.Options{Account: "000000000000", RootAccessKeyID: "test", RootSecretAccessKey: "other",
		Server: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			w.WriteHeader(http.StatusNotFound)
		})})
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path string, form url.Values, cookies []*http.Cookie) *http.Response {
		far := context.WithValue(t.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 4260})
		r := httptest.NewRequest(method, console.Path+path, strings.NewReader(form.Encode())).WithContext(far)
		r.Host = "192.0.2.1:4260"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, each := range cookies {
			r.AddCookie(each)
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		return w.Result()
	}
	for _, path := range []string{"", "decisions", "principals/users/ana", "none"} {
		if answer := call("GET", path, nil, nil); answer.StatusCode != http.StatusUnauthorized || asked != 0 {
			t.Errorf("%q without credentials: %d after %d calls", path, answer.StatusCode, asked)
		}
	}
	wrong := call("POST", "sign-in", url.Values{"accessKeyId": {"test"}, "secretAccessKey": {"test"}}, nil)
	if wrong.StatusCode != http.StatusUnauthorized {
		t.Errorf("wrong credentials: %d", wrong.StatusCode)
	}
	if again := call("GET", "act", nil, wrong.Cookies()); again.StatusCode != http.StatusUnauthorized {
		t.Errorf("after wrong credentials: %d", again.StatusCode)
	}
	right := call("POST", "sign-in", url.Values{"accessKeyId": {"test"}, "secretAccessKey": {"other"}}, nil)
	if right.StatusCode != http.StatusSeeOther || len(right.Cookies()) != 1 || !right.Cookies()[0].HttpOnly {
		t.Fatalf("right credentials: %d, %v", right.StatusCode, right.Cookies())
	}
	if page := call("GET", "act", nil, right.Cookies()); page.StatusCode != http.StatusOK {
		t.Errorf("signed in: %d", page.StatusCode)
	}
	call("POST", "sign-out", nil, right.Cookies())
	if page := call("GET", "act", nil, right.Cookies()); page.StatusCode != http.StatusUnauthorized {
		t.Errorf("signed out: %d", page.StatusCode)
	}
}

// TestVisitors: browsers that open the server's address are led to the pages, and other
// clients get what AWS sends.
func TestVisitors(t *testing.T) {
	t.Parallel()
	b := open(t)
	for accept, location := range map[string]string{
		"text/html,application/xhtml+xml": console.Path, "*/*": "https://aws.amazon.com/iam", "": "https://aws.amazon.com/iam",
	} {
		r := testkit.Must(http.NewRequestWithContext(t.Context(), http.MethodGet, b.url, nil))(t)
		r.Header.Set("Accept", accept)
		answer, err := testkit.HTTP.Transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, _ = read(t, answer); answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != location {
			t.Errorf("Accept %q: %d, %s", accept, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}
