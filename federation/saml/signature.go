package saml

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// signatureOf is the signature that is directly in an element; nil if it has
// none, an error if it has several.
func signatureOf(el *etree.Element) (*etree.Element, error) {
	list := children(el, dsigSpace, "Signature")
	switch len(list) {
	case 0:
		return nil, nil
	case 1:
		return list[0], nil
	}
	return nil, malformed("%s has several signatures", el.Tag)
}

// verified returns the element without its signature, parsed again from the bytes that a
// certificate of the metadata verified, and that certificate.
func (p *Provider) verified(el *etree.Element) (*etree.Element, *x509.Certificate, error) {
	id := attribute(el, "ID")
	copied, err := detached(el)
	if err != nil {
		return nil, nil, ErrSignature
	}
	signature, err := signatureOf(copied)
	if err != nil {
		return nil, nil, err
	}
	if signature == nil || id == "" || !refersTo(signature, id) {
		return nil, nil, ErrSignature
	}
	prepare(signature)
	for _, c := range p.Metadata.Certificates {
		context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{c}})
		context.Clock = dsig.NewFakeClockAt(c.NotBefore) // its dates are ignored
		v, err := context.Validate(copied)
		if err == nil && v.Tag == el.Tag && v.NamespaceURI() == el.NamespaceURI() && attribute(v, "ID") == id {
			return v, c, nil
		}
	}
	return nil, nil, ErrSignature
}

// keyHash is the SHA-256 of the public key of a certificate, in hexadecimal.
func keyHash(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// detached copies an element with the namespaces that are declared around it.
func detached(el *etree.Element) (*etree.Element, error) {
	around, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	return etreeutils.NSDetatch(around, el)
}

// refersTo reports whether a signature is for the element of the ID and for
// nothing else.
func refersTo(signature *etree.Element, id string) bool {
	info, err := only(signature, dsigSpace, "SignedInfo")
	if err != nil {
		return false
	}
	reference, err := only(info, dsigSpace, "Reference")
	return err == nil && attribute(reference, "URI") == "#"+id
}

// prepare changes a copied signature so that the library can read it. KeyInfo is removed, since
// only the keys of the metadata count. Neither KeyInfo nor the spelling of the value is part of
// what is signed.
func prepare(signature *etree.Element) {
	for _, k := range children(signature, dsigSpace, "KeyInfo") {
		signature.RemoveChild(k)
	}
	value, err := only(signature, dsigSpace, "SignatureValue")
	if err != nil {
		return
	}
	encoded := strings.Join(strings.Fields(value.Text()), "")
	if raw, err := base64.StdEncoding.DecodeString(encoded); err == nil && byCurve(signature) {
		encoded = base64.StdEncoding.EncodeToString(inASN1(raw))
	}
	value.SetText(encoded)
}

func byCurve(signature *etree.Element) bool {
	info, err := only(signature, dsigSpace, "SignedInfo")
	if err != nil {
		return false
	}
	method, err := only(info, dsigSpace, "SignatureMethod")
	return err == nil && strings.Contains(attribute(method, "Algorithm"), "#ecdsa-")
}

// inASN1 writes the two numbers of an ECDSA signature, which follow each other in XML, in the form
// that the library expects. https://www.w3.org/TR/xmldsig-core1/#sec-ECDSA
func inASN1(raw []byte) []byte {
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(raw, &pair); err == nil && len(rest) == 0 {
		return raw // it already has that form
	}
	half := len(raw) / 2
	pair.R, pair.S = new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])
	der, err := asn1.Marshal(pair)
	if err != nil {
		return raw
	}
	return der
}
