package webguard

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func newOrigins(t *testing.T, allowed ...string) *Origins {
	t.Helper()
	o, err := NewOrigins(allowed)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	origins := newOrigins(t, "https://App.example.com:443", "http://192.0.2.1:8080", "chrome-extension://abcdefgh")
	for name, c := range map[string]struct {
		origin string
		want   bool
	}{
		"localhost":                              {"http://localhost:3000", true},
		"localhost with TLS, at no port":         {"https://localhost", true},
		"a name below localhost":                 {"http://app.localhost:3000", true},
		"a loopback address":                     {"http://127.0.0.1:3000", true},
		"another loopback address":               {"http://127.9.8.7", true},
		"a loopback address of IPv6":             {"http://[::1]:3000", true},
		"the server's own pages":                 {"http://iam.internal:4260", true},
		"another port of the server":             {"http://iam.internal:3000", false},
		"a name that begins with localhost":      {"http://localhost.evil.example", false},
		"a name that ends like localhost":        {"http://evillocalhost", false},
		"localhost as a user":                    {"http://localhost:3000@evil.example", false},
		"localhost before a path":                {"http://localhost/", false},
		"localhost before a query":               {"http://localhost?", false},
		"localhost before a fragment":            {"http://localhost#", false},
		"localhost in another scheme":            {"capacitor://localhost", false},
		"a page that is allowed":                 {"https://app.example.com", true},
		"a page that is allowed, with its port":  {"https://app.example.com:443", true},
		"a page that is allowed, without TLS":    {"http://app.example.com", false},
		"another port of a page that is allowed": {"https://app.example.com:8443", false},
		"a name below one that is allowed":       {"https://evil.app.example.com", false},
		"an address that is allowed":             {"http://192.0.2.1:8080", true},
		"an extension that is allowed":           {"chrome-extension://abcdefgh", true},
		"another extension":                      {"chrome-extension://hgfedcba", false},
		"another site":                           {"https://evil.example", false},
		"all addresses":                          {"http://0.0.0.0:3000", false},
		"a file or a sandboxed frame":            {"null", false},
		"nothing":                                {"", false},
		"two origins in one":                     {"http://localhost http://evil.example", false},
		"what cannot be read":                    {"http://[", false},
		"no scheme":                              {"//localhost", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
				r := request(t, method, "iam.internal:4260", loopback)
				r.Header["Origin"] = []string{c.origin}
				r.Header.Set("Sec-Fetch-Site", "cross-site") // which the Origin may outweigh
				if err := origins.Check(r); (err == nil) != c.want || err != nil && !errors.Is(err, ErrRefused) {
					t.Errorf("%s with Origin %q: %v", method, c.origin, err)
				}
				r.Header["Origin"] = []string{c.origin, "https://evil.example"}
				if err := origins.Check(r); err == nil {
					t.Errorf("%s with another Origin beside %q: admitted", method, c.origin)
				}
			}
		})
	}
}

func TestFetchMetadata(t *testing.T) {
	t.Parallel()
	const (
		local, remote = "127.0.0.1:4260", "iam.example.com"
		presigned     = "/?Action=CreateUser&X-Amz-Signature=0"
	)
	for name, c := range map[string]struct {
		host, request, headers string
		want                   bool
	}{
		"a program":                             {local, "GET " + presigned, "", true},
		"a program that says its mode, as Node": {local, "POST /", "Sec-Fetch-Mode: cors", true},
		"an image of another site": {
			local, "GET " + presigned, "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: no-cors, Sec-Fetch-Dest: image", false,
		},
		"an image of another port": {
			local, "GET " + presigned, "Sec-Fetch-Site: same-site, Sec-Fetch-Mode: no-cors, Sec-Fetch-Dest: image", true,
		},
		"an image of another name in the domain": {
			remote, "GET " + presigned, "Sec-Fetch-Site: same-site, Sec-Fetch-Mode: no-cors, Sec-Fetch-Dest: image", false,
		},
		"an image of the server's page": {
			remote, "GET " + presigned, "Sec-Fetch-Site: same-origin, Sec-Fetch-Mode: no-cors, Sec-Fetch-Dest: image", true,
		},
		"a form of another site without origin": {
			local, "POST /", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", false,
		},
		"a link of another site": {
			local, "GET /", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", true,
		},
		"a link of another site, without a dest": {local, "GET /", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate", true},
		"a link of the domain": {
			remote, "GET /", "Sec-Fetch-Site: same-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", true,
		},
		"a frame in a page of another site": {
			local, "GET /", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: iframe", false,
		},
		"a link with another method": {
			local, "HEAD /", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", false,
		},
		"a link to another path": {
			local, "GET /user", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", false,
		},
		"a link with a password": {
			local, "GET /", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Authorization: Basic YTpi", false,
		},
		"a link to a presigned GET": {
			local, "GET " + presigned, "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", false,
		},
		"a link to an unsigned call": {
			local, "GET /?Action=AssumeRoleWithSAML", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate", false,
		},
		"a link to an action behind a semicolon": {
			local, "GET /?a;Action=CreateUser", "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate", false,
		},
		"a link to a presigned GET, of this host": {
			local, "GET " + presigned, "Sec-Fetch-Site: same-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", true,
		},
		"a presigned GET in a mail": {
			local, "GET " + presigned, "Sec-Fetch-Site: none, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", false,
		},
		"an address bar": {
			local, "GET /", "Sec-Fetch-Site: none, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", true,
		},
		"an address bar with another path": {
			local, "GET /user", "Sec-Fetch-Site: none, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document", true,
		},
		"a value that nobody has specified": {local, "GET /user", "Sec-Fetch-Site: sibling", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, target, _ := strings.Cut(c.request, " ")
			r := request(t, method, c.host, loopback)
			r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
			for header := range strings.SplitSeq(c.headers, ", ") {
				if name, value, found := strings.Cut(header, ": "); found {
					r.Header.Set(name, value)
				}
			}
			if err := newOrigins(t).Check(r); (err == nil) != c.want || err != nil && !errors.Is(err, ErrRefused) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestForeignOriginNamesTheFlag(t *testing.T) {
	t.Parallel()
	r := request(t, http.MethodPost, "localhost:4260", loopback)
	r.Header.Set("Origin", "https://Evil.example:443")
	if err := newOrigins(t).Check(r); err == nil || !strings.Contains(err.Error(), "--allow-origin https://evil.example if") {
		t.Errorf("%v", err)
	}
}

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://app.example.com": "https://app.example.com", "HTTPS://App.Example.com:443": "https://app.example.com",
		"http://a.example:80":  "http://a.example",
		"http://a.example:443": "http://a.example:443", "http://[::1]:3000": "http://[::1]:3000",
		"chrome-extension://abc": "chrome-extension://abc",
		"":                       "", "*": "", "null": "", "app.example.com": "", "//app.example.com": "", "https://": "",
		"https://*.example.com": "", "https://app.example.com/": "",
		"https://app.example.com/x": "", "https://a@b.example": "", "http://a.example?": "", "http://a.example:x": "", "mailto:a": "",
		"http://a b": "",
	} {
		got, err := ParseOrigin(given)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseOrigin(%q) = %q, %v", given, got, err)
		}
		if _, err := NewOrigins([]string{given}); (err == nil) != (want != "") {
			t.Errorf("NewOrigins(%q): %v", given, err)
		}
	}
}

// What is accepted has the same form when it is read again.
func FuzzParseOrigin(f *testing.F) {
	for _, seed := range []string{
		"http://localhost:3000", "HTTPS://A:443", "null", "http://a@b", "http://[::1]:80", "a://b#", "http://a:80:80",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		origin, err := ParseOrigin(given)
		if err != nil {
			return
		}
		_, host, _ := strings.Cut(origin, "://")
		if again, err := ParseOrigin(origin); err != nil || again != origin || strings.ToLower(origin) != origin ||
			strings.ContainsAny(host, "@/\\?# ") {
			t.Errorf("ParseOrigin(%q) = %q; read again: %q, %v", given, origin, again, err)
		}
	})
}
