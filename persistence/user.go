package persistence

import "time"

// Tag is a tag of an entity, in the spelling and order in which it was given.
type Tag struct {
	Key   string `cbor:"1,keyasint"`
	Value string `cbor:"2,keyasint,omitempty"`
}

// User is an IAM user. The records that belong to it (keys, policies, memberships) refer
// to its ID, so that renaming changes this record only.
type User struct {
	Name             string    `cbor:"1,keyasint"`
	Path             string    `cbor:"2,keyasint"`
	ID               string    `cbor:"3,keyasint"` // AIDA...
	CreateDate       time.Time `cbor:"4,keyasint"`
	Boundary         string    `cbor:"5,keyasint,omitempty"` // policy ARN
	Tags             []Tag     `cbor:"6,keyasint,omitempty"`
	PasswordLastUsed time.Time `cbor:"7,keyasint,omitzero"`
}

// Users holds the users, by name.
var Users = newTable("user", func(u *User) Key { return Key{u.Name} }).withNames(0).withCount()

// UsersByID finds a user by its unique ID.
var UsersByID = newUniqueIndex(Users, "id", func(u *User) []Key { return []Key{{u.ID}} })

// UsersByBoundary finds the users whose permissions boundary is a policy, by its ARN.
var UsersByBoundary = newIndex(Users, "boundary", func(u *User) []Key { return boundaryKey(u.Boundary) })

func boundaryKey(arn string) []Key {
	if arn == "" {
		return nil
	}
	return []Key{{arn}}
}

// AccessKey is a long-term access key of a user.
type AccessKey struct {
	ID         string    `cbor:"1,keyasint"` // AKIA...
	Secret     string    `cbor:"2,keyasint"` // in clear: signatures are checked with it
	UserID     string    `cbor:"3,keyasint"`
	Inactive   bool      `cbor:"4,keyasint,omitempty"`
	CreateDate time.Time `cbor:"5,keyasint"`

	LastUsedDate    time.Time `cbor:"6,keyasint,omitzero"`
	LastUsedService string    `cbor:"7,keyasint,omitempty"`
	LastUsedRegion  string    `cbor:"8,keyasint,omitempty"`
}

// AccessKeys holds the access keys, by their IDs.
var AccessKeys = newTable("access-key", func(k *AccessKey) Key { return Key{k.ID} })

// AccessKeysByUser finds the keys of a user by the user's ID.
var AccessKeysByUser = newIndex(AccessKeys, "user", func(k *AccessKey) []Key { return []Key{{k.UserID}} })
