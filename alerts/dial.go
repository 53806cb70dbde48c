package alerts

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// Elsewhere is the error of a webhook that would leave this machine without being
// allowed to.
type Elsewhere struct {
	Host string     // as the URL has it
	At   netip.Addr // where it leads
}

// Error says what to do.
func (e *Elsewhere) Error() string {
	return fmt.Sprintf("%s is at %s, which is not this machine; allow it with --alerts-allow %s, or send the alerts to a loopback address",
		e.Host, e.At, e.Host)
}

// reach says where webhooks may go.
type reach struct {
	allowed  []string
	resolver *net.Resolver // nil: the system's
}

// newReach makes a reach of loopback addresses and of the hosts that are allowed:
// names, with any address that they lead to, and addresses.
func newReach(allowed []string) *reach {
	r := &reach{}
	for _, host := range allowed {
		r.allowed = append(r.allowed, plainHost(host))
	}
	return r
}

// plainHost is a host as it is compared.
func plainHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func (r *reach) allows(host string) bool {
	for _, a := range r.allowed {
		if a == plainHost(host) {
			return true
		}
	}
	return false
}

// check refuses an address that the host of a URL leads to.
func (r *reach) check(host string, at netip.Addr) error {
	at = at.Unmap().WithZone("")
	if at.IsLoopback() || r.allows(host) || r.allows(at.String()) {
		return nil
	}
	return &Elsewhere{host, at}
}

// dial opens a connection. Its address is checked when it is known and before a
// byte is sent, so that no name can lead elsewhere.
func (r *reach) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Resolver: r.resolver, Control: func(_, resolved string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return err
		}
		return r.check(host, at.Addr())
	}}
	return d.DialContext(ctx, network, address)
}

// client makes the client of one webhook. It follows no redirect and uses no
// proxy: both would lead to addresses that nobody has checked.
func (r *reach) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: r.dial, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
