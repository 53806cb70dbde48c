package persistence

import "time"

// Role is an IAM role.
type Role struct {
	Name       string    `cbor:"1,keyasint"`
	Path       string    `cbor:"2,keyasint"`
	ID         string    `cbor:"3,keyasint"` // AROA...
	CreateDate time.Time `cbor:"4,keyasint"`

	// TrustPolicy is the trust policy as AWS stores it: normalised, with the
	// unique IDs of the users and roles that it names in place of their ARNs.
	TrustPolicy string `cbor:"5,keyasint"`

	Description        string `cbor:"6,keyasint,omitempty"`
	MaxSessionDuration int32  `cbor:"7,keyasint"`           // seconds
	Boundary           string `cbor:"8,keyasint,omitempty"` // policy ARN
	Tags               []Tag  `cbor:"9,keyasint,omitempty"`

	LastUsedDate   time.Time `cbor:"10,keyasint,omitzero"`
	LastUsedRegion string    `cbor:"11,keyasint,omitempty"`

	// Template says from which role template the role was created; nil: from none.
	Template *RoleSource `cbor:"20,keyasint,omitempty"`
}

// RoleSource is the version of a role template from which a role was created, with the
// values of all its parameters.
type RoleSource struct {
	ARN    string              `cbor:"1,keyasint"`
	Minor  int32               `cbor:"2,keyasint"`
	Values map[string][]string `cbor:"3,keyasint,omitempty"`
}

// Roles holds the roles, by name.
var Roles = newTable("role", func(r *Role) Key { return Key{r.Name} }).withNames(0).withCount()

// RolesByID finds a role by its unique ID.
var RolesByID = newUniqueIndex(Roles, "id", func(r *Role) []Key { return []Key{{r.ID}} })

// RolesByBoundary finds the roles whose permissions boundary is a policy, by its ARN.
var RolesByBoundary = newIndex(Roles, "boundary", func(r *Role) []Key { return boundaryKey(r.Boundary) })
