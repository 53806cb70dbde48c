package oidc

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits of what is fetched from an issuer.
const (
	fetchTimeout  = 5 * time.Second // for discovery and keys together
	maxDocument   = 1 << 20         // bytes of a document
	maxRedirects  = 3
	discoveryPath = "/.well-known/openid-configuration"
)

// Issuer is an issuer of tokens.
type Issuer struct {
	URL string // as tokens name it: https://...

	// Thumbprints are the SHA-1 sums, in lower-case hexadecimal, of certificates
	// that are trusted besides the system's.
	Thumbprints []string
}

// SourceOptions configures a Source; the zero value works.
type SourceOptions struct {
	// Fixed are the keys of issuers that are never asked, by their URLs.
	Fixed map[string]*Keys

	// Local returns the key of our own identity provider with the ID, or nil if there is none. Such
	// a key is accepted for every issuer without fixed keys, before the issuer is asked. If Local
	// itself is nil, there is no such provider.
	Local func(ctx context.Context, keyID string) (*Keys, error)

	// Now is the clock that decides how old fetched keys are; nil is time.Now.
	Now func() time.Time
}

// fetch asks the issuer where its keys are, and gets them.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
func fetch(ctx context.Context, issuer Issuer) (*Keys, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	client := issuer.client()
	defer client.CloseIdleConnections()
	var configuration struct {
		Issuer  string `json:"issuer"`
		KeysURL string `json:"jwks_uri"`
	}
	document, err := get(ctx, client, strings.TrimSuffix(issuer.URL, "/")+discoveryPath)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(document, &configuration); err != nil {
		return nil, fmt.Errorf("oidc: configuration of %s: %w", issuer.URL, err)
	}
	if configuration.Issuer != issuer.URL {
		return nil, fmt.Errorf("oidc: %s says that it is %q", issuer.URL, configuration.Issuer)
	}
	if document, err = get(ctx, client, configuration.KeysURL); err != nil {
		return nil, err
	}
	return ParseKeys(document)
}

func get(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" {
		return nil, fmt.Errorf("oidc: %q is not an https URL", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("oidc: %s answers %s", address, answer.Status)
	}
	document, err := io.ReadAll(io.LimitReader(answer.Body, maxDocument+1))
	if err == nil && len(document) > maxDocument {
		err = fmt.Errorf("%s is larger than %d bytes", address, maxDocument)
	}
	if err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	return document, nil
}

// errRedirect is returned for a redirection that is not followed.
var errRedirect = errors.New("oidc: redirected too often, or away from https")

// client makes the HTTP client for the issuer.
func (i Issuer) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			// The connection is verified below, also by thumbprint.
			TLSClientConfig:        &tls.Config{InsecureSkipVerify: true, VerifyConnection: i.verify},
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || r.URL.Scheme != "https" {
				return errRedirect
			}
			return nil
		},
	}
}

// verify trusts the authorities of the system and, if they do not vouch for the
// host, a certificate of its chain that has one of the thumbprints.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
func (i Issuer) verify(c tls.ConnectionState) error {
	chain := c.PeerCertificates
	if len(chain) == 0 {
		return errors.New("oidc: the host shows no certificate")
	}
	o := x509.VerifyOptions{DNSName: c.ServerName, Intermediates: x509.NewCertPool()}
	pinned := x509.NewCertPool()
	for _, certificate := range chain {
		o.Intermediates.AddCert(certificate)
		if sum := sha1.Sum(certificate.Raw); slices.Contains(i.Thumbprints, hex.EncodeToString(sum[:])) {
			pinned.AddCert(certificate)
		}
	}
	_, err := chain[0].Verify(o)
	if err == nil {
		return nil
	}
	o.Roots = pinned
	if _, pinnedErr := chain[0].Verify(o); pinnedErr == nil {
		return nil
	}
	return fmt.Errorf("oidc: %s: %w", c.ServerName, err)
}
