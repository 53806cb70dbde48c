package webguard

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Host is the name or the address by which a client calls a server.
type Host struct {
	Name string     // in lower case, without the dot at the end; "" for an address
	Addr netip.Addr // not valid for a name
}

// ParseHost reads a Host header: a name or an address, with or without a port.
// What RFC 9110 does not allow there, such as user information, is an error.
// https://www.rfc-editor.org/rfc/rfc9110#name-host-and-authority
func ParseHost(header string) (Host, error) {
	rest, bracketed := strings.CutPrefix(header, "[")
	if bracketed {
		return parseIPv6(header, rest)
	}
	name, port, found := strings.Cut(header, ":")
	if found && !validPort(port) {
		return Host{}, hostError(header)
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if addr, err := netip.ParseAddr(name); err == nil {
		return Host{Addr: addr.Unmap()}, nil
	}
	if !validName(name) {
		return Host{}, hostError(header)
	}
	return Host{Name: name}, nil
}

func parseIPv6(header, rest string) (Host, error) {
	literal, port, closed := strings.Cut(rest, "]")
	addr, err := netip.ParseAddr(literal)
	if !closed || err != nil || addr.Is4() || port != "" && (port[0] != ':' || !validPort(port[1:])) {
		return Host{}, hostError(header)
	}
	return Host{Addr: addr.WithZone("").Unmap()}, nil
}

func hostError(header string) error {
	return fmt.Errorf("%s is not a host name or an address", quoted(header))
}

// quoted shows a header, which may be long.
func quoted(header string) string {
	const shown = 100
	return strconv.Quote(header[:min(len(header), shown)])
}

// validPort accepts the empty port too, as the RFC does.
func validPort(s string) bool {
	if s == "" {
		return true
	}
	if strings.Trim(s, "0123456789") != "" {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// Limits of DNS names. https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
const (
	maxName  = 253
	maxLabel = 63
)

// validName accepts host names, and underscores, which occur in names of
// containers.
func validName(s string) bool {
	if len(s) > maxName {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > maxLabel || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}
