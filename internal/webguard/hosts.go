package webguard

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Hosts says by which names and addresses clients may call a server. The zero value
// admits addresses only.
type Hosts struct {
	// Addr says which addresses are admitted; nil admits every address, since no web
	// page can point an address elsewhere.
	Addr func(netip.Addr) bool

	// Names lists the admitted names, in lower case. One that begins with a dot means
	// all names below it.
	Names []string

	// Dotless admits names without a dot, as containers have them.
	Dotless bool
}

// Admit reports whether a Host header is admitted.
func (h *Hosts) Admit(header string) bool {
	host, err := ParseHost(header)
	if err != nil {
		return false
	}
	return h.admit(host)
}

func (h *Hosts) admit(host Host) bool {
	if host.Name == "" {
		return h.Addr == nil || h.Addr(host.Addr)
	}
	if h.Dotless && !strings.Contains(host.Name, ".") {
		return true
	}
	return slices.ContainsFunc(h.Names, func(want string) bool {
		return host.Name == want || strings.HasPrefix(want, ".") && strings.HasSuffix(host.Name, want)
	})
}

// ParseName reads a name as a user gives it for Hosts.Names: a host name without
// a port, with a dot in front for all names below it.
func ParseName(given string) (string, error) {
	rest, below := strings.CutPrefix(given, ".")
	host, err := ParseHost(rest)
	if err != nil || strings.Contains(rest, ":") || below && host.Name == "" {
		return "", fmt.Errorf("%q is not a host name; give one such as iam.example.com, or .example.com for all names below it, without a port", given)
	}
	if host.Name == "" {
		return "", fmt.Errorf("%q is an address, and addresses are always admitted; leave it out", given)
	}
	if below {
		return "." + host.Name, nil
	}
	return host.Name, nil
}
