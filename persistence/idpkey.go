package persistence

// IDPKey is a key of the local identity provider.
type IDPKey struct {
	Kind  string `cbor:"1,keyasint"` // RSA, P-256, P-384 or P-521
	KeyID string `cbor:"2,keyasint"` // the kid of its tokens
	DER   []byte `cbor:"3,keyasint"` // the private key, PKCS #8

	// Certificate is the self-signed certificate of the RSA key; X.509 in DER.
	Certificate []byte `cbor:"4,keyasint,omitempty"`
}

// IDPKeys holds the keys by kind, all in the server's own account.
var IDPKeys = newTable("idp-key", func(k *IDPKey) Key { return Key{k.Kind} })
