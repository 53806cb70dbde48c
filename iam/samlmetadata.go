package iam

import (
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/understudy-iam/understudy/federation/saml"
)

// checkSAMLMetadata refuses a document that does not describe a SAML identity
// provider.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
//
// Dates in the document do not matter: AWS accepts a document that has expired (recorded).
func checkSAMLMetadata(document string) error {
	if _, err := saml.ParseMetadata(document); err != nil {
		return malformedMetadata()
	}
	return nil
}

// isPrivateKey reports whether a string is one private key in PEM: RSA or EC, in its own
// form or in PKCS #8.
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
