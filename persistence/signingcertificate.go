package persistence

import "time"

// SigningCertificate is an X.509 certificate of a user.
type SigningCertificate struct {
	ID         string    `cbor:"1,keyasint"` // a hash of the certificate
	UserID     string    `cbor:"2,keyasint"` // AIDA..., or the account ID of root
	Body       string    `cbor:"3,keyasint"` // PEM, as uploaded
	Inactive   bool      `cbor:"4,keyasint,omitempty"`
	UploadDate time.Time `cbor:"5,keyasint"`
}

// SigningCertificates holds the signing certificates, by their IDs: an account
// has each certificate once.
var SigningCertificates = newTable("signing-certificate", func(c *SigningCertificate) Key { return Key{c.ID} })

// SigningCertificatesByUser finds the certificates of a user by the user's ID.
var SigningCertificatesByUser = newIndex(SigningCertificates, "user", func(c *SigningCertificate) []Key { return []Key{{c.UserID}} })
