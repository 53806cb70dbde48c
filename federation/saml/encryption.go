package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/beevik/etree"
	"github.com/crewjam/saml/xmlenc"
)

// errEncrypted is the only error that is shown for any failure.
var errEncrypted = errors.New("the encrypted assertion cannot be read")

// openEncrypted decrypts an assertion, verifies and reads it. The client must not learn which of
// these steps failed: knowing that, an attacker could decrypt other people's assertions.
// https://www.w3.org/TR/xmlenc-core1/#sec-chosen-ciphertext-attacks
func (p *Provider) openEncrypted(el *etree.Element) (*Assertion, error) {
	for _, key := range p.Keys {
		plain, err := decrypt(el, key)
		if err != nil {
			continue
		}
		root, err := parse(plain)
		if err != nil || !is(root, assertionSpace, "Assertion") || nothingHidden(root, root) != nil {
			continue
		}
		if a, err := p.open(root); err == nil {
			return a, nil
		}
	}
	return nil, errEncrypted
}

// transports and ciphers are the algorithms that are accepted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_federation_saml_rsa.html
var (
	transports = []string{"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep"}
	ciphers    = []string{
		"http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
		"http://www.w3.org/2009/xmlenc11#aes128-gcm", "http://www.w3.org/2009/xmlenc11#aes256-gcm",
	}
)

// decrypt returns the content of an EncryptedAssertion. The key of the content is in its KeyInfo,
// or next to it.
func decrypt(el *etree.Element, key *rsa.PrivateKey) ([]byte, error) {
	data, err := only(el, xmlencSpace, "EncryptedData")
	if err != nil {
		return nil, err
	}
	wrapped := children(el, xmlencSpace, "EncryptedKey")
	for _, info := range children(data, dsigSpace, "KeyInfo") {
		wrapped = append(wrapped, children(info, xmlencSpace, "EncryptedKey")...)
	}
	if len(wrapped) != 1 || !encryptedBy(wrapped[0], transports) || !encryptedBy(data, ciphers) {
		return nil, errEncrypted
	}
	content, err := xmlenc.Decrypt(key, wrapped[0])
	if err != nil {
		return nil, err
	}
	data = data.Copy()
	for _, info := range data.ChildElements() {
		if info.Tag == "KeyInfo" { // read above, whatever is in it
			data.RemoveChild(info)
		}
	}
	return xmlenc.Decrypt(content, data)
}

func encryptedBy(el *etree.Element, algorithms []string) bool {
	method, err := only(el, xmlencSpace, "EncryptionMethod")
	return err == nil && slices.Contains(algorithms, attribute(method, "Algorithm"))
}

// encrypt makes an EncryptedAssertion: AES in Galois/Counter Mode, with a key of
// its own for RSA-OAEP.
func encrypt(a *etree.Element, to *x509.Certificate) (*etree.Element, error) {
	plain, err := write(a)
	if err != nil {
		return nil, err
	}
	by := xmlenc.OAEP()
	by.BlockCipher, by.DigestMethod = xmlenc.AES256GCM, xmlenc.SHA1
	data, err := by.Encrypt(to, plain, nil)
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	data.CreateAttr("Type", "http://www.w3.org/2001/04/xmlenc#Element")
	wrapper := etree.NewElement("saml:EncryptedAssertion")
	wrapper.AddChild(data)
	return wrapper, nil
}

// ParseKey reads a private key in PEM, in a form of its own or in PKCS #8. The error says only that
// it is not an RSA key: no other key can decrypt assertions.
func ParseKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errNoKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errNoKey
	}
	if key, ok := key.(*rsa.PrivateKey); ok {
		return key, nil
	}
	return nil, errNoKey
}

var errNoKey = errors.New("saml: no RSA private key")
