package saml

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"
)

// recipient is who decrypts.
func recipient(tb testing.TB, key *rsa.PrivateKey) *x509.Certificate {
	tb.Helper()
	c, err := x509.ParseCertificate(certificateOf(tb, key))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// encrypted wraps what an element is written as.
func (s *side) encrypted(el *etree.Element, by xmlenc.RSA, to *x509.Certificate) *etree.Element {
	s.Helper()
	data, err := by.Encrypt(to, []byte(s.written(el)), nil)
	if err != nil {
		s.Fatal(err)
	}
	data.CreateAttr("Type", "http://www.w3.org/2001/04/xmlenc#Element")
	wrapper := etree.NewElement("saml:EncryptedAssertion")
	wrapper.AddChild(data)
	return wrapper
}

func with(by xmlenc.RSA, cipher xmlenc.BlockCipher, digest xmlenc.DigestMethod) xmlenc.RSA {
	by.BlockCipher, by.DigestMethod = cipher, digest
	return by
}

func TestEncryptedAssertions(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	key := newRSAKey()
	s.provider.Keys = []*rsa.PrivateKey{rsaKey(), key} // the second one fits
	s.provider.EncryptionRequired = true
	to := recipient(t, key)
	for name, by := range map[string]xmlenc.RSA{
		"aes128-cbc": with(xmlenc.OAEP(), xmlenc.AES128CBC, xmlenc.SHA1), "aes256-cbc": with(xmlenc.OAEP(), xmlenc.AES256CBC, xmlenc.SHA1),
		"aes128-gcm": with(xmlenc.OAEP(), xmlenc.AES128GCM, xmlenc.SHA1), "aes256-gcm": with(xmlenc.OAEP(), xmlenc.AES256GCM, xmlenc.SHA1),
		"OAEP with SHA-256, MGF1 with SHA-1":   with(xmlenc.OAEP(), xmlenc.AES256GCM, xmlenc.SHA256),
		"OAEP with SHA-256, MGF1 with SHA-256": with(xmlenc.OAEP_SHA256(), xmlenc.AES256GCM, xmlenc.SHA256),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := s.verify(s.written(s.response(s.encrypted(s.assertion(), by, to))))
			if err != nil || a.Subject != "ana" {
				t.Errorf("Verify = %+v, %v", a, err)
			}
		})
	}
	beside := s.encrypted(s.assertion(), xmlenc.OAEP(), to)
	beside.AddChild(find(t, beside, "EncryptedKey"))
	if _, err := s.verify(s.written(s.response(beside))); err != nil {
		t.Errorf("the key beside the data: %v", err)
	}
	signed := s.sign(s.response(s.encrypted(s.assertion(), xmlenc.OAEP(), to)))
	if _, err := s.verify(s.written(signed)); err != nil {
		t.Errorf("in a signed response: %v", err)
	}
	own, err := s.RespondEncrypted(claims(), to)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.provider.Verify(own); err != nil || a.Subject != "ana" {
		t.Errorf("RespondEncrypted: %+v, %v", a, err)
	}
	if _, err := s.RespondEncrypted(claims(), &x509.Certificate{}); err == nil {
		t.Error("it is encrypted for nobody")
	}
	s.refused(t, s.written(s.response(s.assertion())), ErrMalformed) // encryption is required
}

// Every failure looks the same.
func TestEncryptedAssertionsThatAreRefused(t *testing.T) {
	t.Parallel()
	s, other := newSide(t, rsaKey()), newSide(t, newRSAKey())
	key := newRSAKey()
	s.provider.Keys = []*rsa.PrivateKey{key}
	to := recipient(t, key)
	good := func() *etree.Element {
		return s.encrypted(s.assertion(), with(xmlenc.OAEP(), xmlenc.AES128CBC, xmlenc.SHA1), to)
	}
	spoil := func(path string) *etree.Element {
		el := good()
		value := el.FindElement(path)
		raw, err := base64.StdEncoding.DecodeString(value.Text())
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)-17] ^= 0x80
		value.SetText(base64.StdEncoding.EncodeToString(raw))
		return el
	}
	foreign, err := s.Assertion(claims())
	if err != nil {
		t.Fatal(err)
	}
	find(t, foreign, "Issuer").SetText("https://other.example.com/")
	nested := s.forged()
	nested.AddChild(s.assertion())
	for name, el := range map[string]*etree.Element{
		"for another key":      s.encrypted(s.assertion(), xmlenc.OAEP(), recipient(t, newRSAKey())),
		"unsigned":             s.encrypted(s.forged(), xmlenc.OAEP(), to),
		"of another issuer":    s.encrypted(s.sign(foreign), xmlenc.OAEP(), to),
		"signed by another":    s.encrypted(other.assertion(), xmlenc.OAEP(), to),
		"a response":           s.encrypted(s.response(s.assertion()), xmlenc.OAEP(), to),
		"a wrapped assertion":  s.encrypted(nested, xmlenc.OAEP(), to),
		"a text":               s.encrypted(&etree.Element{Tag: "x"}, xmlenc.OAEP(), to),
		"with RSA of PKCS #1":  s.encrypted(s.assertion(), xmlenc.PKCS1v15(), to),
		"with triple DES":      s.encrypted(s.assertion(), with(xmlenc.OAEP(), xmlenc.TripleDES, xmlenc.SHA1), to),
		"with AES of 192 bits": s.encrypted(s.assertion(), with(xmlenc.OAEP(), xmlenc.AES192CBC, xmlenc.SHA1), to),
		"spoiled data":         spoil("./EncryptedData/CipherData/CipherValue"),
		"a spoiled key":        spoil("./EncryptedData/KeyInfo/EncryptedKey/CipherData/CipherValue"),
		"nothing":              etree.NewElement("saml:EncryptedAssertion"),
		"an incomplete one": func() *etree.Element {
			el := good()
			k := find(t, el, "EncryptedKey")
			k.Parent().RemoveChild(k)
			return el
		}(),
		"two keys": func() *etree.Element {
			el := good()
			second := find(t, el, "EncryptedKey").Copy()
			second.RemoveAttr("Id")
			el.AddChild(second)
			return el
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.verify(s.written(s.response(el)))
			if want := ErrMalformed.Error() + ": " + errEncrypted.Error(); err == nil || err.Error() != want {
				t.Errorf("%v; want %s", err, want)
			}
		})
	}
	s.provider.Keys = nil
	s.refused(t, s.written(s.response(good())), ErrMalformed)
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	key := newRSAKey()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := x509.MarshalPKCS8PrivateKey(ecKey())
	if err != nil {
		t.Fatal(err)
	}
	in := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	for name, text := range map[string]string{
		"PKCS #1": in("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "PKCS #8": in("PRIVATE KEY", pkcs8),
	} {
		if got, err := ParseKey(text); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "a curve": in("PRIVATE KEY", curve), "noise": in("PRIVATE KEY", bytes.Repeat([]byte{1}, 99)),
	} {
		if _, err := ParseKey(text); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestMetadataOfAnIssuer(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	document, err := s.Metadata()
	if err != nil {
		t.Fatal(err)
	}
	if len(document) < 1000 || !strings.Contains(document, entity+"sso") {
		t.Errorf("%d characters: AWS wants 1,000 at least: %s", len(document), document)
	}
	m, err := ParseMetadata(document)
	if err != nil || m.EntityID != entity || len(m.Certificates) != 1 || !bytes.Equal(m.Certificates[0].Raw, s.Certificate) {
		t.Errorf("ParseMetadata = %+v, %v", m, err)
	}
	for name, bad := range map[string]string{
		"no entity ID":         strings.Replace(document, `entityID="`+entity+`"`, "", 1),
		"only for encryption":  strings.Replace(document, `use="signing"`, `use="encryption"`, 1),
		"of no identity":       strings.ReplaceAll(document, "IDPSSODescriptor", "SPSSODescriptor"),
		"a document type":      "<!DOCTYPE x>" + strings.TrimPrefix(document, `<?xml version="1.0" encoding="UTF-8"?>`),
		"a broken certificate": strings.Replace(document, "<ds:X509Certificate>", "<ds:X509Certificate>AAAA", 1),
		"cut":                  document[:len(document)-20], "doubled": document + document, "nothing": "",
	} {
		if m, err := ParseMetadata(bad); err == nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
