package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// ErrMetadata is returned for a document that is not the metadata of a SAML identity provider.
var ErrMetadata = errors.New("saml: not the metadata of an identity provider")

// Metadata is what the metadata of an identity provider says.
type Metadata struct {
	EntityID     string              // the issuer of its assertions
	Certificates []*x509.Certificate // any of them may have signed an assertion
}

// descriptor is what must be in a metadata document.
type descriptor struct {
	XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
	EntityID string   `xml:"entityID,attr"`
	Keys     []struct {
		Use          string   `xml:"use,attr"`
		Certificates []string `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo>X509Data>X509Certificate"`
	} `xml:"urn:oasis:names:tc:SAML:2.0:metadata IDPSSODescriptor>KeyDescriptor"`
}

// ParseMetadata reads the metadata of an identity provider: its entity ID and at least one
// certificate to verify assertions with. RSA keys of certificates have at least 1,024 bits. A byte
// order mark and a document type are refused.
//
// Dates in the document are ignored.
func ParseMetadata(document string) (*Metadata, error) {
	d, err := readDescriptor(document)
	if err != nil {
		return nil, errors.Join(ErrMetadata, err)
	}
	m := &Metadata{EntityID: d.EntityID}
	for _, k := range d.Keys {
		for _, text := range k.Certificates {
			c, err := usableCertificate(text)
			if err != nil {
				return nil, err
			}
			if k.Use != "encryption" {
				m.Certificates = append(m.Certificates, c)
			}
		}
	}
	if m.EntityID == "" || len(m.Certificates) == 0 {
		return nil, ErrMetadata
	}
	return m, nil
}

// readDescriptor reads the document to its end.
func readDescriptor(document string) (*descriptor, error) {
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, ErrMetadata
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, ErrMetadata
			}
		case xml.StartElement:
			m := &descriptor{}
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
				return ErrMetadata
			}
		default:
			return ErrMetadata
		}
	}
}

// minRSABits is the least size of an RSA key in metadata.
const minRSABits = 1024

func usableCertificate(text string) (*x509.Certificate, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, ErrMetadata
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, ErrMetadata
	}
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < minRSABits {
		return nil, ErrMetadata
	}
	return c, nil
}
