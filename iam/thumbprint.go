package iam

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"time"
)

// fetchTimeout bounds how long the host of an identity provider may take.
const fetchTimeout = 5 * time.Second

// A FetchCertificates asks a host, HOST or HOST:PORT, for its certificates, the
// server's own one first.
type FetchCertificates func(ctx context.Context, host string) ([]*x509.Certificate, error)

// fetchThumbprint is the thumbprint of the topmost certificate that the
// issuer's host shows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
func (s *Service) fetchThumbprint(ctx context.Context, issuer string) ([]string, error) {
	host, _, _ := strings.Cut(issuer, "/")
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	chain, err := s.certificates(ctx, host)
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return nil, unusableProvider()
	case err != nil, len(chain) == 0:
		return nil, unreachableProvider("https://" + issuer)
	}
	sum := sha1.Sum(chain[len(chain)-1].Raw)
	return []string{hex.EncodeToString(sum[:])}, nil
}

// DialCertificates is FetchCertificates over the network. Whether the
// certificates are trusted does not matter: their thumbprint is what will be.
func DialCertificates(ctx context.Context, host string) ([]*x509.Certificate, error) {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name, host = host, net.JoinHostPort(host, "443")
	}
	d := tls.Dialer{Config: &tls.Config{ServerName: name, InsecureSkipVerify: true}}
	conn, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates, nil
}
