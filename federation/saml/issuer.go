package saml

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Issuer makes responses as an identity provider does.
type Issuer struct {
	EntityID    string
	Key         crypto.Signer // RSA
	Certificate []byte        // of the key, in DER
	SignOnURL   string        // where people sign in, for the metadata

	// Method is the algorithm of signatures, a URI; empty is RSA with SHA-256.
	Method string

	Random io.Reader // of IDs; nil: crypto/rand
}

// Claims are what an assertion says. A zero time is left out, except for the time of issue.
type Claims struct {
	Subject       string
	SubjectFormat string // a URI

	Recipient     string
	Audience      string // empty: no restriction
	IssuedAt      time.Time
	NotBefore     time.Time
	Expiry        time.Time // of the conditions and of the subject's confirmation
	SessionExpiry time.Time

	Attributes []Attribute
}

// Respond makes a response with a signed assertion, in base64.
func (i *Issuer) Respond(c *Claims) (string, error) {
	return i.respond(c, func(a *etree.Element) (*etree.Element, error) { return a, nil })
}

// RespondEncrypted makes a response with a signed assertion that is encrypted
// for the RSA key of the certificate.
func (i *Issuer) RespondEncrypted(c *Claims, to *x509.Certificate) (string, error) {
	return i.respond(c, func(a *etree.Element) (*etree.Element, error) { return encrypt(a, to) })
}

func (i *Issuer) respond(c *Claims, wrap func(*etree.Element) (*etree.Element, error)) (string, error) {
	a, err := i.Assertion(c)
	if err != nil {
		return "", err
	}
	if a, err = i.Sign(a); err != nil {
		return "", err
	}
	if a, err = wrap(a); err != nil {
		return "", err
	}
	r, err := i.Response(c.Recipient, c.IssuedAt, a)
	if err != nil {
		return "", err
	}
	return Encode(r)
}

// Assertion makes an assertion without a signature.
func (i *Issuer) Assertion(c *Claims) (*etree.Element, error) {
	a, err := i.element("saml:Assertion", c.IssuedAt)
	if err != nil {
		return nil, err
	}
	a.CreateAttr("xmlns:saml", assertionSpace)
	add(a, "saml:Issuer").SetText(i.EntityID)
	subject := add(a, "saml:Subject")
	add(subject, "saml:NameID", "Format", c.SubjectFormat).SetText(c.Subject)
	confirmation := add(subject, "saml:SubjectConfirmation", "Method", bearer)
	add(confirmation, "saml:SubjectConfirmationData", "NotOnOrAfter", stamp(c.Expiry), "Recipient", c.Recipient)
	conditions := add(a, "saml:Conditions", "NotBefore", stamp(c.NotBefore), "NotOnOrAfter", stamp(c.Expiry))
	if c.Audience != "" {
		add(add(conditions, "saml:AudienceRestriction"), "saml:Audience").SetText(c.Audience)
	}
	statement := add(a, "saml:AuthnStatement", "AuthnInstant", stamp(c.IssuedAt), "SessionNotOnOrAfter", stamp(c.SessionExpiry))
	add(add(statement, "saml:AuthnContext"), "saml:AuthnContextClassRef").SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified")
	if len(c.Attributes) > 0 {
		addAttributes(add(a, "saml:AttributeStatement"), c.Attributes)
	}
	return a, nil
}

func addAttributes(statement *etree.Element, list []Attribute) {
	for _, x := range list {
		el := add(statement, "saml:Attribute", "Name", x.Name)
		for _, v := range x.Values {
			add(el, "saml:AttributeValue").SetText(v)
		}
	}
}

// Response makes a response around an assertion, or several elements.
func (i *Issuer) Response(destination string, issued time.Time, content ...*etree.Element) (*etree.Element, error) {
	r, err := i.element("samlp:Response", issued)
	if err != nil {
		return nil, err
	}
	r.CreateAttr("xmlns:samlp", protocolSpace)
	r.CreateAttr("xmlns:saml", assertionSpace)
	r.CreateAttr("Destination", destination)
	add(r, "saml:Issuer").SetText(i.EntityID)
	add(add(r, "samlp:Status"), "samlp:StatusCode", "Value", success)
	for _, el := range content {
		r.AddChild(el)
	}
	return r, nil
}

// element makes an element with an ID of its own.
func (i *Issuer) element(name string, issued time.Time) (*etree.Element, error) {
	random := i.Random
	if random == nil {
		random = rand.Reader
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(random, id); err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	el := etree.NewElement(name)
	el.CreateAttr("ID", "_"+hex.EncodeToString(id))
	el.CreateAttr("Version", "2.0")
	el.CreateAttr("IssueInstant", stamp(issued))
	return el, nil
}

// Sign returns a copy of an assertion or a response with a signature after its issuer, where the
// schema puts it.
func (i *Issuer) Sign(el *etree.Element) (*etree.Element, error) {
	context, err := dsig.NewSigningContext(i.Key, [][]byte{i.Certificate})
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if i.Method != "" {
		if err := context.SetSignatureMethod(i.Method); err != nil {
			return nil, fmt.Errorf("saml: %w", err)
		}
	}
	signature, err := context.ConstructSignature(el.Copy(), true) // it changes what it reads
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	signed := el.Copy()
	at := 0
	if list := children(signed, assertionSpace, "Issuer"); len(list) > 0 {
		at = list[0].Index() + 1
	}
	signed.InsertChildAt(at, signature)
	return signed, nil
}

// Encode writes a response in base64.
func Encode(el *etree.Element) (string, error) {
	raw, err := write(el)
	return base64.StdEncoding.EncodeToString(raw), err
}

func write(el *etree.Element) ([]byte, error) {
	d := etree.NewDocumentWithRoot(el)
	// Line breaks and tabs must not change when the document is read.
	d.WriteSettings = etree.WriteSettings{CanonicalEndTags: true, CanonicalText: true, CanonicalAttrVal: true}
	raw, err := d.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	return raw, nil
}

// Metadata makes the metadata document for the service provider.
func (i *Issuer) Metadata() (string, error) {
	d := etree.NewDocument()
	d.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	root := d.CreateElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", metadataSpace)
	root.CreateAttr("xmlns:ds", dsigSpace)
	root.CreateAttr("entityID", i.EntityID)
	idp := add(root, "md:IDPSSODescriptor", "WantAuthnRequestsSigned", "false", "protocolSupportEnumeration", protocolSpace)
	data := add(add(add(idp, "md:KeyDescriptor", "use", "signing"), "ds:KeyInfo"), "ds:X509Data")
	add(data, "ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(i.Certificate))
	add(idp, "md:NameIDFormat").SetText(Persistent)
	add(idp, "md:SingleSignOnService", "Binding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "Location", i.SignOnURL)
	d.Indent(2)
	return d.WriteToString()
}

// Persistent is the format of names that remain the same for a person.
const Persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

// add makes a child element with attributes; empty ones are left out.
func add(parent *etree.Element, name string, attributes ...string) *etree.Element {
	el := parent.CreateElement(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			el.CreateAttr(attributes[i], attributes[i+1])
		}
	}
	return el
}

// stamp writes a time as SAML does, in milliseconds; empty for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
