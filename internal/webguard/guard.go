package webguard

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ErrRefused is returned for a request that a web page could have made.
var ErrRefused = errors.New("refused")

// refusal is an ErrRefused with the sentence for the client.
type refusal string

func (r refusal) Error() string { return string(r) }

func (r refusal) Is(target error) bool { return target == ErrRefused }

// localNames lists names that nobody can have on the Internet: localhost and test
// are reserved by RFC 6761, and internal by ICANN, for private use.
// https://www.rfc-editor.org/rfc/rfc6761
var localNames = []string{"localhost", ".localhost", ".internal", ".test"}

// awsNames lists AWS's own names, for clients that reach the server through a proxy
// or /etc/hosts.
var awsNames = []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"}

// clusterNames lists the names of services in Kubernetes.
// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
var clusterNames = []string{".svc", ".svc.cluster.local"}

// Guard refuses requests that a web page could have made. Clients may call the
// server by an address, a local name, one of AWS's names or a name that the user
// allows.
type Guard struct {
	near, far Hosts // for connections to loopback addresses, and to others
}

// New makes a Guard that admits more names; see ParseName for their form.
func New(allowed []string) (*Guard, error) {
	names := slices.Concat(localNames, awsNames)
	for _, given := range allowed {
		name, err := ParseName(given)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return &Guard{
		near: Hosts{Names: names},
		far:  Hosts{Names: slices.Concat(names, clusterNames), Dotless: true},
	}, nil
}

// Check returns an ErrRefused for a request that a web page could have made. Its
// text is a sentence for the client.
func (g *Guard) Check(r *http.Request) error {
	if err := g.CheckHost(r); err != nil {
		return err
	}
	return checkPage(r)
}

// CheckHost returns an ErrRefused for a request to a name that a page's owner could
// have pointed to this machine. It does not look at the page.
func (g *Guard) CheckHost(r *http.Request) error {
	host, err := ParseHost(r.Host)
	if err != nil {
		return refusal("the Host header " + err.Error() + "; call the server by its address or by a name")
	}
	hosts := &g.near
	if IsFar(r) {
		hosts = &g.far
	}
	if hosts.admit(host) {
		return nil
	}
	return refusal(fmt.Sprintf("the server was called by the name %[1]s, and a web page can make such a name lead here; "+
		"call the server by its address, or start it with --allow-host %[1]s if the name is yours", host.Name))
}

// IsFar reports whether the request came over a connection to an address that is
// not a loopback address, so that the server can be reached by other machines.
func IsFar(r *http.Request) bool {
	var at netip.AddrPort
	switch local := r.Context().Value(http.LocalAddrContextKey).(type) {
	case *net.TCPAddr: // the usual case: no string is needed
		at = local.AddrPort()
	case net.Addr:
		at, _ = netip.ParseAddrPort(local.String()) // an address without an IP, such as a socket file, is not far
	}
	return at.IsValid() && !at.Addr().Unmap().IsLoopback()
}

// checkPage refuses a request that a browser marks as sent by a page of another
// origin. A page of another port of the same host, which the browser calls
// same-site, can make reads whose answers it does not see, as links do.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
func checkPage(r *http.Request) error {
	for _, origin := range r.Header.Values("Origin") {
		if !isOwn(origin, r) {
			return refusal("a web page of another origin (" + quoted(origin) + ") sent the request; send it from a program")
		}
	}
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site == "same-origin" || site == "none" || site == "same-site" && safe {
			continue
		}
		return refusal("a web page of another site sent the request; send it from a program")
	}
	return nil
}

// isOwn reports whether an Origin is that of the server's own pages: it has the host
// and the port of the request. Schemes are compared only by their default ports,
// since a proxy may speak TLS for the server on another port.
func isOwn(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" { // url.Parse makes it lower-case
		return false
	}
	name, port := hostAndPort(u.Host, u.Scheme)
	ownName, ownPort := hostAndPort(r.Host, scheme(r))
	return strings.EqualFold(name, ownName) && port == ownPort
}

// hostAndPort splits a host, with the default port of the scheme if it has none.
func hostAndPort(host, scheme string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil && port != "" {
		return name, port
	}
	name = strings.TrimSuffix(strings.Trim(host, "[]"), ":")
	switch strings.ToLower(scheme) {
	case "http":
		return name, "80"
	case "https":
		return name, "443"
	}
	return name, ""
}

// scheme returns the scheme that the client used. A proxy's header about it is
// trusted: a page cannot send such a header to another origin without asking first.
func scheme(r *http.Request) string {
	forwarded, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	if r.TLS != nil || strings.EqualFold(strings.TrimSpace(forwarded), "https") {
		return "https"
	}
	return "http"
}
