package idp

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

// A certificate is valid for this long before and after the time at which it was made, since tests
// move the clock.
const (
	certificateBefore = 10 * 365 * 24 * time.Hour
	certificateAfter  = 20 * 365 * 24 * time.Hour
)

// certify makes the certificate of the provider's host, signed with its own key.
func (p *Provider) certify(signer crypto.Signer) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, err
	}
	now := p.options.Now().UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: Host, Organization: []string{"Understudy"}},
		DNSNames:     []string{Host},
		NotBefore:    now.Add(-certificateBefore), NotAfter: now.Add(certificateAfter),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign,
		IsCA:     true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return der, nil
}
