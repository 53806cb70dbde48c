package evaluator

import (
	"encoding/binary"
	"strings"
)

// address is an IP address, IPv4 in the low 32 bits of low.
type address struct {
	six       bool
	high, low uint64
}

// network is the pattern of IpAddress: an address and how many of its first
// bits count.
type network struct {
	address
	bits int
}

// parseAddress reads an address of a request. IPv4 needs four decimal parts,
// which may have leading zeros; an IPv4-mapped IPv6 address counts as IPv4; no
// other IPv6 address may have a dotted end (recorded).
func parseAddress(s string) (address, bool) {
	if strings.IndexByte(s, ':') < 0 {
		return parseIPv4(s)
	}
	a, dotted, ok := parseIPv6(s)
	if ok && a.high == 0 && a.low>>32 == 0xFFFF {
		return address{low: a.low & 0xFFFFFFFF}, true
	}
	return a, ok && !dotted
}

// parseNetwork reads a pattern: an address, or CIDR notation. IPv4 may have
// host bits, which do not count; IPv6 may not, and may have no dotted end; IPv6
// is never taken for IPv4 (recorded).
func parseNetwork(s string) (network, bool) {
	text, prefix, found := strings.Cut(s, "/")
	var n network
	var ok, dotted bool
	if strings.IndexByte(text, ':') < 0 {
		n.address, ok = parseIPv4(text)
		n.bits = 32
	} else {
		n.address, dotted, ok = parseIPv6(text)
		n.bits = 128
	}
	if !ok || dotted {
		return n, false
	}
	if found {
		bits, ok := parseUint(strings.TrimPrefix(prefix, "+"), 10, uint64(n.bits))
		if !ok {
			return n, false
		}
		n.bits = int(bits)
	}
	return n, !n.six || n.mask(n.address) == n.address
}

// mask clears the bits of a that do not count in n.
func (n *network) mask(a address) address {
	switch {
	case !n.six:
		a.low &^= 1<<(32-n.bits) - 1
	case n.bits >= 64:
		a.low &^= 1<<(128-n.bits) - 1
	default:
		a.low = 0
		a.high &^= 1<<(64-n.bits) - 1
	}
	return a
}

// contains reports whether a is in n; the families are never mixed.
func (n *network) contains(a address) bool {
	return n.six == a.six && n.mask(n.address) == n.mask(a)
}

func parseIPv4(s string) (address, bool) {
	var a address
	for i := range 4 {
		part, rest, found := strings.Cut(s, ".")
		v, ok := parseUint(part, 10, 255)
		if !ok || len(part) > 3 || found != (i < 3) {
			return a, false
		}
		a.low = a.low<<8 | v
		s = rest
	}
	return a, true
}

// parseIPv6 reads groups of hexadecimal digits. One gap of two or three colons
// means zeros, and a single colon may end the text (three colons and a trailing one are
// recorded as accepted).
func parseIPv6(s string) (a address, dotted, ok bool) {
	var bytes [16]byte
	n, gap := 0, -1
	for s != "" {
		colons := len(s) - len(strings.TrimLeft(s, ":"))
		s = s[colons:]
		switch {
		case colons > 3, colons > 1 && gap >= 0, colons == 1 && n == 0, colons == 0 && n > 0:
			return a, false, false
		case colons > 1:
			gap = n
		}
		if s == "" {
			break
		}
		group := s
		if i := strings.IndexByte(s, ':'); i >= 0 {
			group = s[:i]
		}
		s = s[len(group):]
		size := putGroup(bytes[n:], group)
		if size == 0 {
			return a, false, false
		}
		n, dotted = n+size, size == 4
	}
	if n == 16 == (gap >= 0) {
		return a, false, false
	}
	if gap >= 0 {
		copy(bytes[16-(n-gap):], bytes[gap:n])
		clear(bytes[gap : 16-(n-gap)])
	}
	return address{true, binary.BigEndian.Uint64(bytes[:8]), binary.BigEndian.Uint64(bytes[8:])}, dotted, true
}

// putGroup writes a group of two bytes, or a dotted end of four, to b and
// returns its size; 0 if it is malformed or does not fit.
func putGroup(b []byte, group string) int {
	if strings.IndexByte(group, '.') >= 0 {
		v4, ok := parseIPv4(group)
		if !ok || len(b) < 4 {
			return 0
		}
		binary.BigEndian.PutUint32(b, uint32(v4.low))
		return 4
	}
	v, ok := parseUint(group, 16, 0xFFFF)
	if !ok || len(group) > 4 || len(b) < 2 {
		return 0
	}
	binary.BigEndian.PutUint16(b, uint16(v))
	return 2
}
