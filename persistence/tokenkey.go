package persistence

// TokenKey is a key with which STS signs the tokens that an account's principals present
// to other services.
type TokenKey struct {
	ID  string `cbor:"1,keyasint"` // the kid of its tokens: RSA_0, EC384_0
	DER []byte `cbor:"2,keyasint"` // the private key, PKCS #8
}

// TokenKeys holds the keys of each account, by ID.
var TokenKeys = newTable("token-key", func(k *TokenKey) Key { return Key{k.ID} })
