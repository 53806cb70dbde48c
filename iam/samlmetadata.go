package iam

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// errMetadata says that a document is no SAML metadata; callers answer AWS's
// error, which does not say why.
var errMetadata = errors.New("iam: no SAML metadata")

// samlMetadata is what must stand in the metadata of a SAML identity provider.
type samlMetadata struct {
	XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
	EntityID string   `xml:"entityID,attr"`
	Keys     []struct {
		Use          string   `xml:"use,attr"`
		Certificates []string `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo>X509Data>X509Certificate"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:metadata IDPSSODescriptor>KeyDescriptor"`
}

// checkSAMLMetadata refuses a document that does not describe a SAML identity
// provider: its entity ID, and a certificate to verify assertions with, of which
// an RSA key has 1,024 bits at least. A byte order mark and a document type are
// refused too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
//
// Dates in the document do not matter: AWS takes one that has expired (recorded).
func checkSAMLMetadata(document string) error {
	m, err := readSAMLMetadata(document)
	if err != nil || m.EntityID == "" {
		return malformedMetadata()
	}
	signing := 0
	for _, k := range m.Keys {
		for _, text := range k.Certificates {
			if !usableCertificate(text) {
				return malformedMetadata()
			}
			if k.Use != "encryption" {
				signing++
			}
		}
	}
	if signing == 0 {
		return malformedMetadata()
	}
	return nil
}

// readSAMLMetadata reads the document to its end.
func readSAMLMetadata(document string) (*samlMetadata, error) {
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, errMetadata
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, errMetadata
			}
		case xml.StartElement:
			m := &samlMetadata{}
			if err := d.DecodeElement(m, &t); err != nil {
				return nil, err
			}
			return m, onlySpaceFollows(d)
		}
	}
}

func onlySpaceFollows(d *xml.Decoder) error {
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Comment, xml.ProcInst:
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return errMetadata
			}
		default:
			return errMetadata
		}
	}
}

// minRSABits is the least size of an RSA key in metadata.
const minRSABits = 1024

func usableCertificate(text string) bool {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return false
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		return false
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	return !ok || key.N.BitLen() >= minRSABits
}

// isPrivateKey reports whether a text is one private key in PEM: RSA or EC, in
// a form of its own or in PKCS #8.
func isPrivateKey(text string) bool {
	block, rest := pem.Decode([]byte(text))
	if block == nil || strings.TrimSpace(string(rest)) != "" {
		return false
	}
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		_, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		_, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		_, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return false
	}
	return err == nil
}
