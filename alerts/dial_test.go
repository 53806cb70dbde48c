package alerts

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

func TestWhereWebhooksMayGo(t *testing.T) {
	t.Parallel()
	r := newReach([]string{"Hooks.example.com.", "10.0.0.7", "[2001:db8::7]"})
	for _, c := range []struct {
		name, host, at string
		may            bool
	}{
		{"loopback", "localhost", "127.0.0.1", true},
		{"any of the loopback network", "127.3.2.1", "127.3.2.1", true},
		{"loopback of IPv6", "::1", "::1", true},
		{"loopback of IPv4 as IPv6 writes it", "::ffff:127.0.0.1", "::ffff:127.0.0.1", true},
		{"all addresses, which is this machine to some systems only", "0.0.0.0", "0.0.0.0", false},
		{"metadata of a cloud", "169.254.169.254", "169.254.169.254", false},
		{"a private network", "10.0.0.8", "10.0.0.8", false},
		{"link-local with a zone", "fe80::1", "fe80::1%eth0", false},
		{"a name that says loopback and leads elsewhere", "localhost", "192.0.2.1", false},
		{"a name that is allowed", "hooks.example.com", "192.0.2.1", true},
		{"a name that is allowed, with its dot", "HOOKS.example.com.", "192.0.2.1", true},
		{"a name below one that is allowed", "a.hooks.example.com", "192.0.2.1", false},
		{"an address that is allowed", "10.0.0.7", "10.0.0.7", true},
		{"a name that leads to an address that is allowed", "other.example.com", "10.0.0.7", true},
		{"an address of IPv6 that is allowed", "2001:db8::7", "2001:db8::7", true},
	} {
		err := r.check(c.host, netip.MustParseAddr(c.at))
		var elsewhere *Elsewhere
		if (err == nil) != c.may || err != nil && (!errors.As(err, &elsewhere) || elsewhere.Host != c.host) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A name is judged by the address that it has when the connection is made.
func TestANameThatLeadsElsewhere(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	for _, c := range []struct {
		name, leadsTo string
		allowed       []string
		says          string
	}{
		{"to this machine", "127.0.0.1", nil, ""},
		{"elsewhere", "192.0.2.1", nil, "hooks.test is at 192.0.2.1, which is not this machine"},
		{"to an address that is allowed for another name", "192.0.2.1", []string{"other.test"}, "hooks.test is at 192.0.2.1"},
	} {
		r := newReach(c.allowed)
		r.resolver = nameServer(t, netip.MustParseAddr(c.leadsTo))
		asked.Store(0)
		answer, err := r.client().Get("http://hooks.test:" + port)
		if err == nil {
			answer.Body.Close()
		}
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || !hopeless(err)) {
			t.Errorf("%s: %v; want %q, and no other attempt", c.name, err, c.says)
		}
		if n := asked.Load(); (n == 1) != (c.says == "") {
			t.Errorf("%s: the server was asked %d times", c.name, n)
		}
	}
}

// nameServer is a resolver for which each name has the IPv4 address.
func nameServer(t *testing.T, addr netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return // the test has ended
			}
			if _, err := conn.WriteTo(dnsAnswer(buffer[:n], addr), from); err != nil {
				return
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// dnsAnswer answers a question of one name, as RFC 1035 has it: with the address if
// the question is for one of IPv4, else with nothing.
func dnsAnswer(query []byte, addr netip.Addr) []byte {
	const headSize, typeA = 12, 1
	end := headSize
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	question := query[headSize : end+5]
	found := binary.BigEndian.Uint16(question[len(question)-4:]) == typeA
	answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
	if found {
		answer[7] = 1
		answer = append(answer, 0xc0, headSize, 0, typeA, 0, 1, 0, 0, 0, 60, 0, 4)
		answer = append(answer, addr.AsSlice()...)
	}
	return answer
}
