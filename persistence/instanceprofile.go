package persistence

import "time"

// InstanceProfile is an instance profile: a container for at most one role,
// which EC2 hands to an instance.
type InstanceProfile struct {
	Name       string    `cbor:"1,keyasint"`
	Path       string    `cbor:"2,keyasint"`
	ID         string    `cbor:"3,keyasint"` // AIPA...
	CreateDate time.Time `cbor:"4,keyasint"`
	RoleID     string    `cbor:"5,keyasint,omitempty"`
	Tags       []Tag     `cbor:"6,keyasint,omitempty"`
}

// InstanceProfiles holds the instance profiles, by name.
var InstanceProfiles = newTable("instance-profile", func(p *InstanceProfile) Key { return Key{p.Name} }).withNames(0).withCount()

// InstanceProfilesByRole finds the profiles that hold a role, by the role's ID.
var InstanceProfilesByRole = newIndex(InstanceProfiles, "role", func(p *InstanceProfile) []Key {
	if p.RoleID == "" {
		return nil
	}
	return []Key{{p.RoleID}}
})
