package persistence

import "time"

// OIDCProvider is an OpenID Connect identity provider.
type OIDCProvider struct {
	// URL is the issuer without "https://", spelled as it was given: for AWS two spellings
	// of one host are two providers.
	URL         string    `cbor:"1,keyasint"`
	CreateDate  time.Time `cbor:"2,keyasint"`
	ClientIDs   []string  `cbor:"3,keyasint,omitempty"` // in the order in which they came
	Thumbprints []string  `cbor:"4,keyasint"`           // SHA-1 of a certificate, in lower-case hexadecimal
	Tags        []Tag     `cbor:"5,keyasint,omitempty"`

	// Context is nil for a provider without a context provider.
	Context *ContextProvider `cbor:"6,keyasint,omitempty"`

	// IdentityCenterInstance is the ARN of the IAM Identity Center instance that
	// the provider is associated with; empty for none. There is none without Context.
	IdentityCenterInstance string `cbor:"7,keyasint,omitempty"`
}

// OIDCProviders holds the providers, by URL.
var OIDCProviders = newTable("oidc-provider", func(p *OIDCProvider) Key { return Key{p.URL} }).withCount()
