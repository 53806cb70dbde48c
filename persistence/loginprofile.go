package persistence

import "time"

// LoginProfile is the password with which a user signs in to the console.
type LoginProfile struct {
	UserID        string    `cbor:"1,keyasint"`
	CreateDate    time.Time `cbor:"2,keyasint"`
	ResetRequired bool      `cbor:"3,keyasint,omitempty"` // the user must choose another one at the next sign-in

	// Salt is common to all hashes, so that a password is hashed once to compare it with
	// all that the user had.
	Salt []byte `cbor:"4,keyasint"`

	// Hashes are the hashes of the passwords: the current one first, and then as many
	// earlier ones as a policy can forbid to use again.
	Hashes [][]byte `cbor:"5,keyasint"`

	// ChangeDate is when the current password was set: its age, by which it
	// expires, counts from then.
	ChangeDate time.Time `cbor:"6,keyasint"`
}

// LoginProfiles holds the login profiles, by the IDs of their users.
var LoginProfiles = newTable("login-profile", func(p *LoginProfile) Key { return Key{p.UserID} })

// PasswordPolicy is the password policy of an account.
type PasswordPolicy struct {
	MinimumLength    int32 `cbor:"1,keyasint"` // characters
	RequireSymbols   bool  `cbor:"2,keyasint,omitempty"`
	RequireNumbers   bool  `cbor:"3,keyasint,omitempty"`
	RequireUppercase bool  `cbor:"4,keyasint,omitempty"`
	RequireLowercase bool  `cbor:"5,keyasint,omitempty"`
	AllowChange      bool  `cbor:"6,keyasint,omitempty"` // every user may change their own password
	MaxAge           int32 `cbor:"7,keyasint,omitempty"` // days; 0: passwords do not expire
	Reuse            int32 `cbor:"8,keyasint,omitempty"` // how many of the last passwords cannot be used again
	HardExpiry       *bool `cbor:"9,keyasint,omitempty"` // nil: not set
}

// MinimumPasswordLength is AWS's default in a policy that does not set it. It is less than
// in an account without a policy.
const MinimumPasswordLength = 6

// PasswordPolicies holds the one password policy of each account that has its
// own, under no key parts.
var PasswordPolicies = newTable("password-policy", func(*PasswordPolicy) Key { return nil })

// RootPassword is the password of an account's root user. Without a record, root has the
// password that it got with the account.
type RootPassword struct {
	Deleted    bool      `cbor:"1,keyasint,omitempty"`
	CreateDate time.Time `cbor:"2,keyasint,omitzero"` // when its recovery was allowed again
}

// RootPasswords holds the one RootPassword record of each account that has one,
// under no key parts.
var RootPasswords = newTable("root-password", func(*RootPassword) Key { return nil })
