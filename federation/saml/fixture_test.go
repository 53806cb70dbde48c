package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
)

const entity = "https://idp.example.com/"

// rsaKey is one key for all tests: making it takes long.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return newRSAKey() })

func newRSAKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func ecKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// certificateOf is a certificate of the key, which has expired.
func certificateOf(tb testing.TB, key crypto.Signer) []byte {
	tb.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"},
		NotBefore: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	return der
}

// side is an identity provider and what the other side knows of it.
type side struct {
	testing.TB
	*Issuer
	provider *Provider
}

func newSide(tb testing.TB, key crypto.Signer) *side {
	tb.Helper()
	s := &side{tb, &Issuer{EntityID: entity, Key: key, Certificate: certificateOf(tb, key), SignOnURL: entity + "sso"}, nil}
	document, err := s.Metadata()
	if err != nil {
		tb.Fatal(err)
	}
	metadata, err := ParseMetadata(document)
	if err != nil {
		tb.Fatal(err)
	}
	s.provider = &Provider{Metadata: metadata}
	return s
}

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func claims() *Claims {
	return &Claims{
		Subject: "ana", SubjectFormat: Persistent, Recipient: SignInURL, Audience: "urn:amazon:webservices",
		IssuedAt: issued, NotBefore: issued, Expiry: issued.Add(5 * time.Minute), SessionExpiry: issued.Add(time.Hour),
		Attributes: []Attribute{{"Role", []string{"one", "two"}}, {"Empty", []string{""}}, {"Text", []string{"a<b> & \"c\"\t\n d"}}},
	}
}

// assertion is a signed assertion; change works on it before it is signed.
func (s *side) assertion(change ...func(*etree.Element)) *etree.Element {
	s.Helper()
	a, err := s.Assertion(claims())
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range change {
		c(a)
	}
	return s.sign(a)
}

func (s *side) sign(el *etree.Element) *etree.Element {
	s.Helper()
	signed, err := s.Sign(el)
	if err != nil {
		s.Fatal(err)
	}
	return signed
}

func (s *side) response(content ...*etree.Element) *etree.Element {
	s.Helper()
	r, err := s.Response(SignInURL, issued, content...)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

func (s *side) encode(el *etree.Element) string {
	s.Helper()
	text, err := Encode(el)
	if err != nil {
		s.Fatal(err)
	}
	return text
}

// written is the document of an element.
func (s *side) written(el *etree.Element) string {
	s.Helper()
	raw, err := base64.StdEncoding.DecodeString(s.encode(el))
	if err != nil {
		s.Fatal(err)
	}
	return string(raw)
}

// verify reads a document.
func (s *side) verify(document string) (*Assertion, error) {
	return s.provider.Verify(base64.StdEncoding.EncodeToString([]byte(document)))
}

// refused checks that a document is refused with the error.
func (s *side) refused(t *testing.T, document string, want error) {
	t.Helper()
	if a, err := s.verify(document); !errors.Is(err, want) {
		t.Errorf("Verify = %+v, %v; want %v", a, err, want)
	}
}

// find is the first element of the name, wherever it is.
func find(tb testing.TB, root *etree.Element, name string) *etree.Element {
	tb.Helper()
	if el := root.FindElement("//" + name); el != nil {
		return el
	}
	tb.Fatalf("no %s", name)
	return nil
}
