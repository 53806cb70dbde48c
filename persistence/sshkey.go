package persistence

import "time"

// SSHPublicKey is a public key with which a user signs in to CodeCommit.
type SSHPublicKey struct {
	ID          string    `cbor:"1,keyasint"` // APKA...
	UserID      string    `cbor:"2,keyasint"`
	Key         []byte    `cbor:"3,keyasint"` // as SSH writes it on the wire
	Fingerprint string    `cbor:"4,keyasint"` // MD5 of Key, 16 pairs of hexadecimal digits
	Inactive    bool      `cbor:"5,keyasint,omitempty"`
	UploadDate  time.Time `cbor:"6,keyasint"`
}

// SSHPublicKeys holds the SSH public keys, by their IDs.
var SSHPublicKeys = newTable("ssh-key", func(k *SSHPublicKey) Key { return Key{k.ID} })

// SSHPublicKeysByUser finds the keys of a user by the user's ID.
var SSHPublicKeysByUser = newIndex(SSHPublicKeys, "user", func(k *SSHPublicKey) []Key { return []Key{{k.UserID}} })

// SSHPublicKeysByFingerprint finds a key of a user by the user's ID and the
// key's fingerprint: a user has each key once.
var SSHPublicKeysByFingerprint = newUniqueIndex(SSHPublicKeys, "fingerprint", func(k *SSHPublicKey) []Key {
	return []Key{{k.UserID, k.Fingerprint}}
})
