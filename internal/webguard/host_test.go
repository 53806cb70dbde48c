package webguard

import (
	"net/netip"
	"strings"
	"testing"
)

func TestParseHost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ header, host, addr string }{
		"a name":                          {"iam.example.com", "iam.example.com", ""},
		"a name with a port":              {"iam.example.com:4260", "iam.example.com", ""},
		"a name without a dot":            {"understudy:4260", "understudy", ""},
		"upper case":                      {"LocalHost:4260", "localhost", ""},
		"a dot at the end":                {"localhost.:4260", "localhost", ""},
		"an underscore, as in containers": {"my_app-1", "my_app-1", ""},
		"an empty port":                   {"localhost:", "localhost", ""},
		"the highest port":                {"localhost:65535", "localhost", ""},
		"an IPv4 address":                 {"127.0.0.1", "", "127.0.0.1"},
		"an IPv4 address with a port":     {"127.0.0.1:4260", "", "127.0.0.1"},
		"an IPv4 address with a dot":      {"127.0.0.1.:4260", "", "127.0.0.1"},
		"an IPv6 address":                 {"[::1]", "", "::1"},
		"an IPv6 address with a port":     {"[::1]:4260", "", "::1"},
		"an IPv6 address of an IPv4 one":  {"[::ffff:127.0.0.1]:4260", "", "127.0.0.1"},
		"an IPv6 address with a zone":     {"[fe80::1%eth0]:4260", "", "fe80::1"},
		"an address in octal is a name":   {"0177.0.0.1", "0177.0.0.1", ""},
		"the longest label":               {strings.Repeat("a", 63) + ".test", strings.Repeat("a", 63) + ".test", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := Host{Name: c.host}
			if c.addr != "" {
				want.Addr = netip.MustParseAddr(c.addr)
			}
			if got, err := ParseHost(c.header); err != nil || got != want {
				t.Errorf("ParseHost(%q) = %+v, %v", c.header, got, err)
			}
		})
	}
}

func TestParseHostRefuses(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"nothing":                           "",
		"a port alone":                      ":4260",
		"a dot alone":                       ".",
		"two dots at the end":               "localhost..",
		"an empty label":                    "a..test",
		"user information":                  "127.0.0.1@evil.example",
		"user information with a password":  "localhost:80@evil.example",
		"user information before localhost": "evil.example@localhost",
		"a path":                            "localhost/evil.example",
		"a backslash":                       `localhost\.evil.example`,
		"a fragment":                        "localhost#.evil.example",
		"a space":                           "localhost evil.example",
		"two hosts":                         "localhost,evil.example",
		"a percent sign":                    "localhost%2eevil.example",
		"a port that is not a number":       "localhost:http",
		"a port that is too high":           "localhost:65536",
		"a signed port":                     "localhost:+80",
		"an IPv6 address without brackets":  "::1",
		"a bracket that is not closed":      "[::1",
		"a bracket that is not opened":      "::1]",
		"an IPv4 address in brackets":       "[127.0.0.1]",
		"a name in brackets":                "[localhost]",
		"text after the bracket":            "[::1]evil.example",
		"letters that are not ASCII":        "ｌocalhost",
		"a zero byte":                       "localhost\x00.evil.example",
		"a label that is too long":          strings.Repeat("a", 64),
		"a name that is too long":           strings.Repeat("a.", 126) + "aa",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseHost(header)
			if err == nil {
				t.Fatalf("ParseHost(%q) = %+v", header, got)
			}
			if len(err.Error()) > 500 {
				t.Errorf("the error repeats %d bytes", len(err.Error()))
			}
		})
	}
}

// Whatever is accepted is a plain name or an address, and means the same when it
// is read again.
func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{
		"localhost", "LOCALHOST.:80", "127.0.0.1:4260", "[::1]:1", "[fe80::1%25eth0]", "a@b", "x..y", "sts.us-east-1.amazonaws.com",
		"0x7f.1", "[::1]]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		host, err := ParseHost(header)
		if err != nil {
			return
		}
		again := host.Name
		if host.Name == "" {
			again = host.Addr.String()
			if host.Addr.Is6() {
				again = "[" + again + "]"
			}
		} else if host.Addr.IsValid() || strings.ToLower(host.Name) != host.Name || strings.ContainsAny(host.Name, "@/\\:#?[]% ") {
			t.Errorf("ParseHost(%q) = %+v", header, host)
		}
		if same, err := ParseHost(again); err != nil || same != host {
			t.Errorf("ParseHost(%q) = %+v; read again: %+v, %v", header, host, same, err)
		}
	})
}
