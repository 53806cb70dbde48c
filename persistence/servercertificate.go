package persistence

import "time"

// ServerCertificate is a TLS certificate for a server. Its private key is checked when it
// is uploaded, and not kept: no operation returns it.
type ServerCertificate struct {
	Name       string    `cbor:"1,keyasint"`
	Path       string    `cbor:"2,keyasint"`
	ID         string    `cbor:"3,keyasint"` // ASCA...
	UploadDate time.Time `cbor:"4,keyasint"`
	Expiration time.Time `cbor:"5,keyasint"`
	Body       string    `cbor:"6,keyasint"` // PEM
	Chain      string    `cbor:"7,keyasint,omitempty"`
	Tags       []Tag     `cbor:"8,keyasint,omitempty"`

	// Untaggable says that the certificate can no longer be tagged.
	Untaggable bool `cbor:"9,keyasint,omitempty"`
}

// ServerCertificates holds the server certificates, by name.
var ServerCertificates = newTable("server-certificate", func(c *ServerCertificate) Key { return Key{c.Name} }).withNames(0).withCount()
