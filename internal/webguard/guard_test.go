package webguard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

// Local addresses of connections.
const (
	loopback  = "127.0.0.1:4260"
	loopback6 = "[::1]:4260"
	container = "172.17.0.2:4260"
)

// request returns a request that came over a connection with the local address, or
// without a connection if it is "".
func request(t *testing.T, method, host, local string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, "/", nil)
	r.Host = host
	if local == "" {
		return r
	}
	addr := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(local))
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
}

func newGuard(t *testing.T, allowed ...string) *Guard {
	t.Helper()
	g, err := New(allowed)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestHosts(t *testing.T) {
	t.Parallel()
	guard := newGuard(t, "iam.example.com", ".Corp.Example.")
	for name, c := range map[string]struct {
		host      string
		near, far bool
	}{
		"a loopback address":                     {"127.0.0.1:4260", true, true},
		"a loopback address of IPv6":             {"[::1]:4260", true, true},
		"any address":                            {"192.0.2.1:4260", true, true},
		"localhost":                              {"localhost:4260", true, true},
		"localhost in capitals with a dot":       {"LOCALHOST.:4260", true, true},
		"a name below localhost":                 {"iam.localhost:4260", true, true},
		"a name that ends like localhost":        {"evillocalhost.example", false, false},
		"a name that begins with localhost":      {"localhost.evil.example", false, false},
		"a name below internal":                  {"host.docker.internal:4260", true, true},
		"a name below test":                      {"understudy.test", true, true},
		"internal alone, which has no dot":       {"internal", false, true},
		"a service of a compose file":            {"understudy:4260", false, true},
		"an alias with an underscore":            {"my_iam:4260", false, true},
		"a service in Kubernetes":                {"iam.dev.svc:4260", false, true},
		"a service in Kubernetes, whole":         {"iam.dev.svc.cluster.local.:4260", false, true},
		"a name that ends like a service":        {"evil-svc.example", false, false},
		"AWS's endpoint of a region":             {"sts.us-east-1.amazonaws.com", true, true},
		"AWS's endpoint in China":                {"sts.cn-north-1.amazonaws.com.cn", true, true},
		"AWS's endpoint for two stacks":          {"iam.global.api.aws", true, true},
		"a name that ends like AWS's":            {"evilamazonaws.com", false, false},
		"AWS's name before another":              {"sts.amazonaws.com.evil.example", false, false},
		"AWS's domain alone":                     {"amazonaws.com", false, false},
		"a name that is allowed":                 {"IAM.example.com.:4260", true, true},
		"a name below one that is allowed":       {"a.iam.example.com", false, false},
		"a name below a domain that is allowed":  {"a.b.corp.example", true, true},
		"a domain below which names are allowed": {"corp.example", false, false},
		"a name on the Internet":                 {"evil.example:4260", false, false},
		"a name of one letter after a dot":       {"x.y", false, false},
		"user information":                       {"localhost@evil.example", false, false},
		"no host":                                {"", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for local, want := range map[string]bool{"": c.near, loopback: c.near, loopback6: c.near, container: c.far} {
				err := guard.Check(request(t, http.MethodGet, c.host, local))
				if (err == nil) != want || err != nil && !errors.Is(err, ErrRefused) {
					t.Errorf("Host %q at %q: %v", c.host, local, err)
				}
			}
		})
	}
}

// The endpoints of each partition have AWS's names.
func TestHostsOfPartitions(t *testing.T) {
	t.Parallel()
	guard := newGuard(t)
	for _, p := range []principal.Partition{principal.AWS, principal.China, principal.GovCloud} {
		for _, domain := range []string{p.Domain(), p.DualStackDomain()} {
			if err := guard.Check(request(t, http.MethodGet, "sts."+p.Region()+"."+domain, loopback)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestRefusalNamesTheFlag(t *testing.T) {
	t.Parallel()
	err := newGuard(t).Check(request(t, http.MethodGet, "Evil.example:4260", loopback))
	if want := "--allow-host evil.example "; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %q in it", err, want)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	guard := newGuard(t)
	const host = "localhost:4260"
	for name, c := range map[string]struct {
		header, value string
		read, change  bool
	}{
		"a program":                         {"Accept", "*/*", true, true},
		"a page of the server":              {"Origin", "http://localhost:4260", true, true},
		"a page of the server behind TLS":   {"Origin", "https://LOCALHOST:4260", true, true},
		"a page of another port":            {"Origin", "http://localhost:3000", false, false},
		"a page of a default port":          {"Origin", "http://localhost", false, false},
		"a page of another name":            {"Origin", "https://evil.example", false, false},
		"a page with the host as user":      {"Origin", "http://localhost:4260@evil.example", false, false},
		"a page without an origin":          {"Origin", "null", false, false},
		"an empty origin":                   {"Origin", "", false, false},
		"a file with the server's host":     {"Origin", "file://localhost:4260", false, false},
		"an extension with that host":       {"Origin", "chrome-extension://localhost:4260", false, false},
		"an extension of the browser":       {"Origin", "chrome-extension://abcdefgh", false, false},
		"an origin that cannot be read":     {"Origin", "http://[", false, false},
		"a page of another site":            {"Sec-Fetch-Site", "cross-site", false, false},
		"a page of the same site":           {"Sec-Fetch-Site", "same-site", true, false},
		"a page of the same origin":         {"Sec-Fetch-Site", "same-origin", true, true},
		"an address bar":                    {"Sec-Fetch-Site", "none", true, true},
		"a value that nobody has specified": {"Sec-Fetch-Site", "sibling", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, want := range map[string]bool{
				"GET": c.read, "HEAD": c.read, "POST": c.change, "PUT": c.change, "DELETE": c.change,
			} {
				r := request(t, method, host, loopback)
				r.Header[c.header] = []string{c.value}
				if err := guard.Check(r); (err == nil) != want || err != nil && !errors.Is(err, ErrRefused) {
					t.Errorf("%s with %s %q: %v", method, c.header, c.value, err)
				}
			}
		})
	}
}

// A page of the same host is the server's own if it has the same port, which the
// scheme alone can give.
func TestOwnPages(t *testing.T) {
	t.Parallel()
	guard := newGuard(t)
	for name, c := range map[string]struct {
		host, origin, proto string
		own                 bool
	}{
		"port 80":                                 {"localhost", "http://localhost", "", true},
		"port 80, said once":                      {"localhost:80", "http://localhost", "", true},
		"port 443 of the host of port 80":         {"localhost", "https://localhost", "", false},
		"port 443, by way of a proxy":             {"localhost", "https://localhost", "https", true},
		"port 443, by way of two proxies":         {"localhost", "https://localhost", "HTTPS, http", true},
		"port 80 of the host of port 443":         {"localhost", "http://localhost", "https", false},
		"port 443, said once":                     {"localhost:443", "https://localhost", "", true},
		"another port by way of a proxy":          {"localhost:4260", "https://localhost:4260", "", true},
		"another port of an address of IPv6":      {"[::1]:4260", "http://[::1]:4260", "", true},
		"port 80 of an address of IPv6":           {"[::1]", "http://[::1]", "", true},
		"port 443 of an address of IPv6":          {"[::1]", "https://[::1]", "", false},
		"another scheme with the port of no host": {"localhost", "chrome-extension://localhost", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t, http.MethodPost, c.host, loopback)
			r.Header.Set("Origin", c.origin)
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			if err := guard.Check(r); (err == nil) != c.own {
				t.Errorf("Origin %s at %s: %v", c.origin, c.host, err)
			}
		})
	}
}

// Of two headers of one name, the worse one counts.
func TestSecondOriginCounts(t *testing.T) {
	t.Parallel()
	r := request(t, http.MethodGet, "localhost:4260", loopback)
	r.Header["Origin"] = []string{"http://localhost:4260", "https://evil.example"}
	if err := newGuard(t).Check(r); err == nil {
		t.Error("admitted")
	}
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"iam.example.com": "iam.example.com", "IAM.Example.com.": "iam.example.com", ".example.com": ".example.com", "iam": "iam",
		"": "", ".": "", "*": "", "*.example.com": "", "http://iam.example.com": "", "iam.example.com:4260": "", "127.0.0.1": "",
		".127.0.0.1": "",
		"[::1]":      "", "a b": "",
	} {
		got, err := ParseName(given)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseName(%q) = %q, %v", given, got, err)
		}
		if _, err := New([]string{given}); (err == nil) != (want != "") {
			t.Errorf("New(%q): %v", given, err)
		}
	}
}

func TestOwnList(t *testing.T) {
	t.Parallel()
	hosts := Hosts{Addr: netip.Addr.IsLoopback, Names: []string{"localhost"}}
	for host, want := range map[string]bool{
		"localhost:1338": true, "127.0.0.1": true, "[::1]:1338": true, "192.0.2.1": false, "x.localhost": false, "x": false, "": false,
	} {
		if got := hosts.Admit(host); got != want {
			t.Errorf("Admit(%q) = %v", host, got)
		}
	}
}

// The guard looks at every request: for an address, the usual case, it must not
// allocate.
func TestAddressesAllocateNothing(t *testing.T) {
	guard := newGuard(t)
	for _, host := range []string{"127.0.0.1:4260", "[::1]:4260", "192.0.2.1"} {
		r := request(t, http.MethodPost, host, loopback)
		if n := testing.AllocsPerRun(100, func() { _ = guard.Check(r) }); n != 0 {
			t.Errorf("%s: %v allocations", host, n)
		}
	}
}
