package iam

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"time"
)

// certificateBlock is the type of a certificate's block in PEM.
const certificateBlock = "CERTIFICATE"

// A pemPair is a server certificate as it is uploaded.
type pemPair struct {
	body, key, chain string
	keyless          bool // no key has to be checked
}

// check refuses a certificate that a server could not use, and returns it. The
// order of the checks is ours.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html#upload-server-certificate
func (p pemPair) check(now time.Time) (*x509.Certificate, error) {
	list, ok := parseCertificates(p.body)
	if !ok || len(list) != 1 {
		return nil, unreadableCertificate()
	}
	leaf := list[0]
	if err := p.checkKey(leaf); err != nil {
		return nil, err
	}
	if now.After(leaf.NotAfter) {
		return nil, certificateExpired()
	}
	if now.Before(leaf.NotBefore) {
		return nil, certificateTooEarly()
	}
	if p.chain == "" {
		return leaf, nil
	}
	chain, ok := parseCertificates(p.chain)
	if !ok {
		return nil, unreadableChain()
	}
	return leaf, checkChain(leaf, chain, now)
}

// checkKey refuses a private key that is not the certificate's.
func (p pemPair) checkKey(leaf *x509.Certificate) error {
	if p.keyless {
		return nil
	}
	key, ok := parsePrivateKey(p.key)
	if !ok {
		return unreadableKey()
	}
	public, ok := leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(key.Public()) {
		return keyPairMismatch()
	}
	return nil
}

// parseCertificates reads one or more certificates in PEM, with white space around them
// but nothing else.
func parseCertificates(text string) (list []*x509.Certificate, ok bool) {
	rest := []byte(text)
	for {
		if strings.TrimSpace(string(rest)) == "" {
			return list, len(list) > 0
		}
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil || block.Type != certificateBlock {
			return nil, false
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, false
		}
		list = append(list, c)
	}
}

// parsePrivateKey reads a private key in PEM that is not encrypted.
func parsePrivateKey(text string) (crypto.Signer, bool) {
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, false
		}
		if block.Type == "EC PARAMETERS" { // OpenSSL writes them before the key
			continue
		}
		key, err := parseKeyBlock(block)
		if err != nil {
			return nil, false
		}
		signer, ok := key.(crypto.Signer)
		return signer, ok
	}
}

// parseKeyBlock returns nil with an error, never an interface that holds a nil pointer.
func parseKeyBlock(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		return key, nil
	case "EC PRIVATE KEY":
		key, err := x509.ParseECPrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		return key, nil
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

// checkChain refuses a chain that does not lead from the certificate to the chain's last
// one. The index in the refusal is the one that Java's path validation reports, which
// explains what was recorded: the last certificate is the trust anchor, and the path is
// the certificate and the rest of the chain, counted from 0. If the anchor did not issue
// the end of the path, the index is -1. Otherwise the path is checked from the anchor to
// the certificate.
func checkChain(leaf *x509.Certificate, chain []*x509.Certificate, now time.Time) error {
	path := append([]*x509.Certificate{leaf}, chain[:len(chain)-1]...)
	issuer := chain[len(chain)-1]
	if string(path[len(path)-1].RawIssuer) != string(issuer.RawSubject) {
		return invalidChain(-1)
	}
	for i := len(path) - 1; i >= 0; i-- {
		c := path[i]
		if !issued(issuer, c) || now.Before(c.NotBefore) || now.After(c.NotAfter) || i > 0 && !isAuthority(c) {
			return invalidChain(i)
		}
		issuer = c
	}
	return nil
}

func issued(issuer, c *x509.Certificate) bool {
	return string(c.RawIssuer) == string(issuer.RawSubject) &&
		issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// isAuthority reports whether a certificate may sign others.
func isAuthority(c *x509.Certificate) bool {
	return c.BasicConstraintsValid && c.IsCA && (c.KeyUsage == 0 || c.KeyUsage&x509.KeyUsageCertSign != 0)
}
