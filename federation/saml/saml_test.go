package saml

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	dsig "github.com/russellhaering/goxmldsig"
)

func TestAResponseSaysWhatWasClaimed(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	text, err := s.Respond(claims())
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.provider.Verify(text)
	if err != nil {
		t.Fatal(err)
	}
	want := &Assertion{
		ID: a.ID, Issuer: entity, IssuedAt: issued, Subject: "ana", SubjectFormat: Persistent, Recipient: SignInURL,
		SubjectExpiry: issued.Add(5 * time.Minute), NotBefore: issued, Expiry: issued.Add(5 * time.Minute),
		Audiences: [][]string{{"urn:amazon:webservices"}}, SessionExpiry: issued.Add(time.Hour),
		Attributes: claims().Attributes, ResponseIssuer: entity, SignedBy: keyHash(s.provider.Metadata.Certificates[0]),
	}
	if diff := cmp.Diff(want, a); diff != "" || len(a.ID) < 32 {
		t.Errorf("assertion (-want +got):\n%s", diff)
	}
	if got := a.Values("Role"); strings.Join(got, " ") != "one two" || a.Values("None") != nil {
		t.Errorf("Values = %q", got)
	}
}

func TestAlgorithmsOfSignatures(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	for _, method := range []string{
		dsig.RSASHA1SignatureMethod, dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod,
	} {
		s.Method = method
		if _, err := s.verify(s.written(s.response(s.assertion()))); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
	s.Method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
	if _, err := s.Respond(claims()); err == nil {
		t.Error("a shared secret signs")
	}
}

// The numbers of an ECDSA signature stand one after the other in XML; the
// library writes them in ASN.1.
func TestSignaturesByCurves(t *testing.T) {
	t.Parallel()
	s := newSide(t, ecKey())
	a := s.assertion()
	if _, err := s.verify(s.written(s.response(a.Copy()))); err != nil {
		t.Errorf("in ASN.1: %v", err)
	}
	value := find(t, a, "SignatureValue")
	der, err := base64.StdEncoding.DecodeString(value.Text())
	if err != nil {
		t.Fatal(err)
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		t.Fatal(err)
	}
	raw := append(pair.R.FillBytes(make([]byte, 32)), pair.S.FillBytes(make([]byte, 32))...)
	value.SetText("\n\t" + base64.StdEncoding.EncodeToString(raw) + " \n")
	if _, err := s.verify(s.written(s.response(a.Copy()))); err != nil {
		t.Errorf("as the standard has it: %v", err)
	}
	for name, spoiled := range map[string][]byte{
		"one byte changed": append([]byte{raw[0] ^ 1}, raw[1:]...), "nothing": nil, "one byte": {1}, "zeros": make([]byte, 64),
	} {
		value.SetText(base64.StdEncoding.EncodeToString(spoiled))
		if _, err := s.verify(s.written(s.response(a.Copy()))); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Other identity providers canonicalize otherwise, indent and wrap.
func TestOtherFormsOfGoodResponses(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	context, err := dsig.NewSigningContext(s.Key, [][]byte{s.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	for name, canonicalizer := range map[string]dsig.Canonicalizer{
		"inclusive 1.1": dsig.MakeC14N11Canonicalizer(), "inclusive 1.0": dsig.MakeC14N10RecCanonicalizer(),
		"exclusive with comments": dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList(""),
	} {
		context.Canonicalizer = canonicalizer
		a, err := s.Assertion(claims())
		if err != nil {
			t.Fatal(err)
		}
		root := s.response(a)
		inPlace, err := detached(a) // inclusive forms count the namespaces around it
		if err != nil {
			t.Fatal(err)
		}
		signature, err := context.ConstructSignature(inPlace, true)
		if err != nil {
			t.Fatal(err)
		}
		a.AddChild(signature)
		if _, err := s.verify(s.written(root)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := s.written(s.response(s.assertion()))
	for name, document := range map[string]string{
		"a declaration": `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + good + "\n",
		"comments":      "<!-- a -->" + strings.Replace(good, "<samlp:Status>", "<!-- b --><samlp:Status>", 1) + "<!-- c -->",
	} {
		if _, err := s.verify(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	encoded := s.encode(s.response(s.assertion()))
	if _, err := s.provider.Verify("\n" + encoded[:76] + "\r\n " + encoded[76:] + "\n"); err != nil {
		t.Errorf("wrapped: %v", err)
	}
	signed := s.sign(s.response(s.assertion()))
	find(t, signed, "KeyInfo").Parent().RemoveChild(find(t, signed, "KeyInfo"))
	if _, err := s.verify(s.written(signed)); err != nil {
		t.Errorf("signed twice, and without the key in one of them: %v", err)
	}
}

func TestWhoseSignature(t *testing.T) {
	t.Parallel()
	s, other := newSide(t, rsaKey()), newSide(t, newRSAKey())
	theirs := other.written(other.response(other.assertion()))
	s.refused(t, theirs, ErrSignature)
	s.refused(t, s.written(other.sign(s.response(s.assertion()))), ErrSignature)
	both := *s.provider.Metadata
	both.Certificates = append(both.Certificates, other.provider.Metadata.Certificates...)
	s.provider.Metadata = &both
	if _, err := s.verify(theirs); err != nil {
		t.Errorf("with two certificates: %v", err)
	}
	foreign := newSide(t, rsaKey())
	foreign.EntityID = "https://other.example.com/"
	s.refused(t, foreign.written(foreign.response(foreign.assertion())), ErrIssuer)
	unsigned, err := s.Assertion(claims())
	if err != nil {
		t.Fatal(err)
	}
	s.refused(t, s.written(s.response(unsigned.Copy())), ErrUnsigned)
	s.refused(t, s.written(s.sign(s.response(unsigned))), ErrUnsigned)
	s.refused(t, s.written(s.response()), ErrUnsigned)
	mismatched := s.response(s.assertion())
	find(t, mismatched, "Issuer").SetText("https://other.example.com/")
	if a, err := s.verify(s.written(mismatched)); err != nil || a.ResponseIssuer != "https://other.example.com/" {
		t.Errorf("the response's issuer: %+v, %v", a, err)
	}
}

// whatever is changed in a signed assertion makes it worthless.
func TestTamperedAssertions(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	for name, change := range map[string]func(*etree.Element){
		"the subject":        func(a *etree.Element) { find(t, a, "NameID").SetText("root") },
		"an attribute":       func(a *etree.Element) { find(t, a, "AttributeValue").SetText("three") },
		"an attribute added": func(a *etree.Element) { addAttributes(find(t, a, "AttributeStatement"), claims().Attributes[:1]) },
		"the expiry": func(a *etree.Element) {
			find(t, a, "SubjectConfirmationData").CreateAttr("NotOnOrAfter", "2040-01-01T00:00:00Z")
		},
		"the ID":     func(a *etree.Element) { a.CreateAttr("ID", "_x") },
		"no ID":      func(a *etree.Element) { a.RemoveAttr("ID") },
		"the digest": func(a *etree.Element) { find(t, a, "DigestValue").SetText("AAAA") },
		"no digest":  func(a *etree.Element) { find(t, a, "DigestValue").SetText("") },
		"the algorithm": func(a *etree.Element) {
			find(t, a, "SignatureMethod").CreateAttr("Algorithm", dsig.RSASHA1SignatureMethod)
		},
		"an unknown algorithm": func(a *etree.Element) { find(t, a, "SignatureMethod").CreateAttr("Algorithm", "none") },
		"no value":             func(a *etree.Element) { find(t, a, "SignatureValue").SetText("") },
		"no element of value":  func(a *etree.Element) { find(t, a, "Signature").RemoveChild(find(t, a, "SignatureValue")) },
		"no SignedInfo":        func(a *etree.Element) { find(t, a, "Signature").RemoveChild(find(t, a, "SignedInfo")) },
		"no reference":         func(a *etree.Element) { find(t, a, "SignedInfo").RemoveChild(find(t, a, "Reference")) },
		"a reference to all":   func(a *etree.Element) { find(t, a, "Reference").CreateAttr("URI", "") },
		"a strange transform": func(a *etree.Element) {
			find(t, a, "Transform").CreateAttr("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
		},
		"an empty signature": func(a *etree.Element) { find(t, a, "Signature").Child = nil },
	} {
		t.Run(name, func(t *testing.T) {
			a := s.assertion()
			change(a)
			s.refused(t, s.written(s.response(a)), ErrSignature)
		})
	}
}

// A comment in a name splits its text; who reads only the first part takes
// ana@example.com.evil.org for ana@example.com.
func TestCommentsInNames(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	for _, canonicalizer := range []dsig.Canonicalizer{
		dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""), dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList(""),
	} {
		c := claims()
		c.Subject = "ana@example.com.evil.org"
		unsigned, err := s.Assertion(c)
		if err != nil {
			t.Fatal(err)
		}
		context, err := dsig.NewSigningContext(s.Key, [][]byte{s.Certificate})
		if err != nil {
			t.Fatal(err)
		}
		context.Canonicalizer = canonicalizer
		if canonicalizer.Algorithm() == dsig.CanonicalXML10ExclusiveWithCommentsAlgorithmId {
			name := find(t, unsigned, "NameID")
			name.SetText("ana@example.com")
			name.CreateComment("x")
			name.CreateText(".evil.org")
		}
		signed, err := context.SignEnveloped(unsigned)
		if err != nil {
			t.Fatal(err)
		}
		document := strings.Replace(s.written(s.response(signed)), "ana@example.com.evil.org", "ana@example.com<!-- x -->.evil.org", 1)
		if a, err := s.verify(document); err != nil || a.Subject != c.Subject {
			t.Errorf("%s: %+v, %v", canonicalizer.Algorithm(), a, err)
		}
	}
	a := s.assertion(func(a *etree.Element) { find(t, a, "NameID").CreateElement("saml:x") })
	s.refused(t, s.written(s.response(a)), ErrMalformed)
}

func TestACertificateWithAnotherKindOfKeyVerifiesNothing(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	c, err := x509.ParseCertificate(certificateOf(t, ecKey()))
	if err != nil {
		t.Fatal(err)
	}
	s.provider.Metadata = &Metadata{EntityID: entity, Certificates: []*x509.Certificate{c}}
	s.refused(t, s.written(s.response(s.assertion())), ErrSignature)
}
