// Package saml verifies SAML 2.0 responses with the metadata of the identity
// provider that made them: a Response with one Assertion, plain or encrypted, as
// browsers post it. It also makes such responses, for tests and practice.
//
// It guarantees that everything in an Assertion was signed by the provider; a library for XML
// signatures verifies it, and an assertion is read only from the bytes that were verified. XML that
// two programs may read in two ways is refused before anything else: document types and entities,
// processing instructions, names with stray colons, two attributes with the same name, two elements
// with the same ID.
//
// # Caveats
//
// The caller decides whom an assertion is for, and whether it is still valid: dates, audiences and
// recipients are read, not checked. Assertions are not remembered. A response has at most 1,000
// elements, a limit of the signature library. Certificates of metadata are trusted as they are,
// expired or not (recorded of AWS).
package saml

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
)

// Namespaces of the elements.
const (
	assertionSpace = "urn:oasis:names:tc:SAML:2.0:assertion"
	protocolSpace  = "urn:oasis:names:tc:SAML:2.0:protocol"
	metadataSpace  = "urn:oasis:names:tc:SAML:2.0:metadata"
	dsigSpace      = "http://www.w3.org/2000/09/xmldsig#"
	xmlencSpace    = "http://www.w3.org/2001/04/xmlenc#"
)

const (
	bearer  = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	success = "urn:oasis:names:tc:SAML:2.0:status:Success"
)

var (
	// ErrMalformed is returned for anything but a response of the expected form, and for everything
	// that is wrong with an encrypted assertion: saying more would help an attacker to decrypt it.
	ErrMalformed = errors.New("saml: not a usable response")

	// ErrUnsigned is returned if there is no assertion with a signature of its own.
	ErrUnsigned = errors.New("saml: no signed assertion")

	// ErrSignature is returned if a signature is there and cannot be verified.
	ErrSignature = errors.New("saml: the signature is not the provider's")

	// ErrIssuer is returned for an assertion whose issuer is not that of the metadata.
	ErrIssuer = errors.New("saml: the issuer is another one")
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}

// Provider is what is known about an identity provider.
type Provider struct {
	Metadata *Metadata

	// Keys decrypt assertions; any of them may be the right one.
	Keys []*rsa.PrivateKey

	// EncryptionRequired refuses assertions that are not encrypted.
	EncryptionRequired bool
}

// Assertion is what a provider says about somebody. A time that is missing is the zero time.
type Assertion struct {
	ID       string
	Issuer   string
	IssuedAt time.Time

	Subject       string // the NameID
	SubjectFormat string // its format, usually a URI

	// Recipient and SubjectExpiry are those of the subject's confirmation.
	Recipient     string
	SubjectExpiry time.Time

	NotBefore time.Time  // of the conditions
	Expiry    time.Time  // of the conditions
	Audiences [][]string // one list for each restriction

	SessionExpiry time.Time // SessionNotOnOrAfter, the earliest if there are several

	Attributes []Attribute

	// ResponseIssuer is the issuer of the response around the assertion, which
	// nothing proves; empty if it has none.
	ResponseIssuer string

	// SignedBy is the SHA-256, in hexadecimal, of the public key that verified the assertion;
	// Encrypted says that it was encrypted.
	SignedBy  string
	Encrypted bool
}

// Attribute is a named list of values. Spaces around a value are not part of it.
type Attribute struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Values returns the values of all attributes of the name.
func (a *Assertion) Values(name string) []string {
	var all []string
	for _, x := range a.Attributes {
		if x.Name == name {
			all = append(all, x.Values...)
		}
	}
	return all
}

// Verify verifies and reads a response in base64. The error is one of those above.
func (p *Provider) Verify(text string) (*Assertion, error) {
	root, err := decode(text)
	if err != nil {
		return nil, err
	}
	r, err := readResponse(root)
	if err != nil {
		return nil, err
	}
	if r.signed {
		if _, _, err := p.verified(root); err != nil {
			return nil, err
		}
	}
	var a *Assertion
	switch {
	case r.encrypted != nil:
		if a, err = p.openEncrypted(r.encrypted); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, errEncrypted)
		}
		a.Encrypted = true
	case p.EncryptionRequired:
		return nil, malformed("the assertion must be encrypted")
	default:
		if a, err = p.open(r.assertion); err != nil {
			return nil, err
		}
	}
	a.ResponseIssuer = r.issuer
	return a, nil
}

// open verifies an assertion and reads it. The issuer is checked first because it says whose
// signature to expect.
func (p *Provider) open(el *etree.Element) (*Assertion, error) {
	signature, err := signatureOf(el)
	if err != nil {
		return nil, err
	}
	if signature == nil {
		return nil, ErrUnsigned
	}
	issuer, err := issuerOf(el)
	if err != nil {
		return nil, err
	}
	if issuer != p.Metadata.EntityID {
		return nil, fmt.Errorf("%w: %s", ErrIssuer, issuer)
	}
	verified, by, err := p.verified(el)
	if err != nil {
		return nil, err
	}
	a, err := readAssertion(verified)
	if err != nil {
		return nil, err
	}
	a.SignedBy = keyHash(by)
	if a.Issuer != p.Metadata.EntityID {
		return nil, ErrIssuer
	}
	return a, nil
}
