package iam

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// fetchTimeout bounds how long the host of an identity provider may take.
const fetchTimeout = 5 * time.Second

// A Thumbprint finds the thumbprint of the host of an OpenID Connect provider, HOST or
// HOST:PORT, when the provider is made without one. The error is ErrNoHost if there is no
// such host.
type Thumbprint func(ctx context.Context, host string) (string, error)

// ErrNoHost is returned when a host cannot be found by its name.
var ErrNoHost = errors.New("there is no such host")

// thumbprintOf finds the thumbprint of an issuer.
func (s *Service) thumbprintOf(ctx context.Context, issuer string) (string, error) {
	host, _, _ := strings.Cut(issuer, "/")
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	sum, err := s.thumbprint(ctx, host)
	switch {
	case errors.Is(err, ErrNoHost):
		return "", unusableProvider()
	case err != nil:
		return "", unreachableProvider("https://" + issuer)
	}
	return sum, nil
}

// DerivedThumbprint derives a thumbprint from the host's name, so that a provider can be
// made without a network. The error is ErrNoHost for hosts that cannot exist for AWS:
// names of one label, and names that are reserved for other uses.
// https://www.iana.org/assignments/special-use-domain-names/special-use-domain-names.xhtml
func DerivedThumbprint(_ context.Context, host string) (string, error) {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if net.ParseIP(strings.Trim(name, "[]")) == nil && !isPublicName(name) {
		return "", fmt.Errorf("%s: %w", host, ErrNoHost)
	}
	sum := sha1.Sum([]byte("understudy: thumbprint of " + name))
	return hex.EncodeToString(sum[:]), nil
}

// setAside are the reserved top-level names, under which there are no public hosts.
var setAside = map[string]bool{"alt": true, "example": true, "internal": true, "invalid": true, "local": true, "localhost": true,
	"onion": true, "test": true}

// isPublicName reports whether a name in lower case could be the name of a host on the
// internet, judged by its spelling.
func isPublicName(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 || setAside[labels[len(labels)-1]] {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}

// FetchThumbprint asks the host for its certificates, as AWS does, and returns the
// thumbprint of the topmost certificate in its chain. The certificates need not be
// trusted: the thumbprint is what makes them so.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
func FetchThumbprint(ctx context.Context, host string) (string, error) {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name, host = host, net.JoinHostPort(host, "443")
	}
	d := tls.Dialer{Config: &tls.Config{ServerName: name, InsecureSkipVerify: true}}
	conn, err := d.DialContext(ctx, "tcp", host)
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return "", fmt.Errorf("%w: %w", ErrNoHost, err)
	case err != nil:
		return "", err
	}
	defer conn.Close()
	chain := conn.(*tls.Conn).ConnectionState().PeerCertificates // a handshake without certificates fails
	return ThumbprintOf(chain[len(chain)-1]), nil
}

// ThumbprintOf returns the thumbprint of a certificate: its SHA-1 sum in lower-case
// hexadecimal digits.
func ThumbprintOf(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw)
	return hex.EncodeToString(sum[:])
}
