package persistence

import "time"

// SAMLProvider is a SAML 2.0 identity provider.
type SAMLProvider struct {
	Name       string    `cbor:"1,keyasint"`
	UUID       string    `cbor:"2,keyasint"` // SAMLSP...
	CreateDate time.Time `cbor:"3,keyasint"`
	ValidUntil time.Time `cbor:"4,keyasint"`
	Metadata   string    `cbor:"5,keyasint"` // the XML document, as it was sent

	// EncryptionRequired says that assertions must be encrypted; otherwise they
	// may be.
	EncryptionRequired bool             `cbor:"6,keyasint,omitempty"`
	PrivateKeys        []SAMLPrivateKey `cbor:"7,keyasint,omitempty"` // oldest first
	Tags               []Tag            `cbor:"8,keyasint,omitempty"`

	// Context is nil for a provider without a context provider.
	Context *ContextProvider `cbor:"9,keyasint,omitempty"`
}

// SAMLPrivateKey decrypts the assertions of a provider.
type SAMLPrivateKey struct {
	ID         string    `cbor:"1,keyasint"` // SAMLPK...
	PEM        string    `cbor:"2,keyasint"` // in clear; not part of any answer
	UploadDate time.Time `cbor:"3,keyasint"`
}

// SAMLProviders holds the providers, by name, which is case-sensitive.
var SAMLProviders = newTable("saml-provider", func(p *SAMLProvider) Key { return Key{p.Name} }).withCount()
