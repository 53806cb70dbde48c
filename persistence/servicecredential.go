package persistence

import "time"

// ServiceCredential is a service-specific credential: a user signs in to one service with
// it, instead of an access key.
type ServiceCredential struct {
	ID             string    `cbor:"1,keyasint"` // ACCA...
	UserID         string    `cbor:"2,keyasint"`
	Service        string    `cbor:"3,keyasint"` // codecommit.amazonaws.com
	Alias          string    `cbor:"4,keyasint"` // the name that goes with the secret
	SecretHash     []byte    `cbor:"5,keyasint"` // SHA-256 of the whole secret or password
	Inactive       bool      `cbor:"6,keyasint,omitempty"`
	CreateDate     time.Time `cbor:"7,keyasint"`
	ExpirationDate time.Time `cbor:"8,keyasint,omitzero"` // zero: never
}

// ServiceCredentials holds the service-specific credentials, by their IDs.
var ServiceCredentials = newTable("service-credential", func(c *ServiceCredential) Key { return Key{c.ID} })

// ServiceCredentialsByUser finds the credentials of a user by the user's ID,
// and those for one service by both.
var ServiceCredentialsByUser = newIndex(ServiceCredentials, "user", func(c *ServiceCredential) []Key {
	return []Key{{c.UserID, c.Service}}
})

// ServiceAlias says that a credential for a service was once given this name. The name is
// never given again, even after the credential and its user are deleted.
type ServiceAlias struct {
	Service string `cbor:"1,keyasint"`
	Alias   string `cbor:"2,keyasint"`
}

// ServiceAliases holds the names that were given, by service and name.
var ServiceAliases = newTable("service-alias", func(a *ServiceAlias) Key { return Key{a.Service, a.Alias} }).withNames(1).withCount()
