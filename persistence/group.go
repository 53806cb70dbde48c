package persistence

import "time"

// Group is an IAM group.
type Group struct {
	Name       string    `cbor:"1,keyasint"`
	Path       string    `cbor:"2,keyasint"`
	ID         string    `cbor:"3,keyasint"` // AGPA...
	CreateDate time.Time `cbor:"4,keyasint"`
}

// Groups holds the groups, by name.
var Groups = newTable("group", func(g *Group) Key { return Key{g.Name} }).withNames(0).withCount()

// GroupsByID finds a group by its unique ID.
var GroupsByID = newUniqueIndex(Groups, "id", func(g *Group) []Key { return []Key{{g.ID}} })

// Membership says that a user is in a group.
type Membership struct {
	GroupID string `cbor:"1,keyasint"`
	UserID  string `cbor:"2,keyasint"`
}

// Memberships holds the memberships, by group and user.
var Memberships = newTable("member", func(m *Membership) Key { return Key{m.GroupID, m.UserID} })

// MembershipsByUser finds a user's groups by the user's ID.
var MembershipsByUser = newIndex(Memberships, "user", func(m *Membership) []Key { return []Key{{m.UserID}} })
