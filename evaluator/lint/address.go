package lint

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// parseNetwork reads an address or a range.
func parseNetwork(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}

// hidden reports whether no request from outside of a VPC has an address of the range.
func hidden(p netip.Prefix) bool {
	a := p.Masked().Addr()
	private := []string{
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128",
	}
	for _, s := range private {
		if whole := netip.MustParsePrefix(s); whole.Contains(a) && p.Bits() >= whole.Bits() {
			return true
		}
	}
	return false
}

// addresses looks at the ranges of IpAddress and NotIpAddress.
func (l *linter) addresses(c *condition) {
	if c.op.Type != evaluator.IPValue {
		return
	}
	read, private := 0, 0
	for _, v := range c.values {
		p, ok := parseNetwork(v.text)
		if !ok {
			continue
		}
		read++
		if hidden(p) {
			private++
		}
		if p != p.Masked() {
			f := l.report(ImproveIPRange, v.spot, p.Masked().String())
			f.fix(v.span.From, v.span.To, strconv.Quote(p.Masked().String()))
		}
	}
	if lower(c.key) != "aws:sourceip" || private == 0 {
		return
	}
	all := private == read
	switch {
	case all && c.op.Negated:
		l.report(PrivateNotIPAddress, c.body)
	case all:
		l.report(PrivateIPAddress, c.body)
	case c.op.Negated:
		l.report(PrivateNotIPAddressSubset, c.body)
	default:
		l.report(PrivateIPAddressSubset, c.body)
	}
}
