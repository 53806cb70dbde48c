package persistence

import (
	"fmt"
	"time"
)

// Policy is a customer managed policy; its documents are PolicyVersions.
type Policy struct {
	Name           string    `cbor:"1,keyasint"`
	Path           string    `cbor:"2,keyasint"`
	ID             string    `cbor:"3,keyasint"` // ANPA...
	ARN            string    `cbor:"4,keyasint"`
	Description    string    `cbor:"5,keyasint,omitempty"`
	CreateDate     time.Time `cbor:"6,keyasint"`
	UpdateDate     time.Time `cbor:"7,keyasint"`
	DefaultVersion int       `cbor:"8,keyasint"` // 1 for v1
	LastVersion    int       `cbor:"9,keyasint"` // the highest number so far; numbers are never used again
	Tags           []Tag     `cbor:"10,keyasint,omitempty"`
}

// Policies holds the customer managed policies, by name.
var Policies = newTable("policy", func(p *Policy) Key { return Key{p.Name} }).withNames(0).withCount()

// PolicyVersion is one version of a customer managed policy.
type PolicyVersion struct {
	PolicyID   string    `cbor:"1,keyasint"`
	Number     int       `cbor:"2,keyasint"`
	Document   string    `cbor:"3,keyasint"`
	CreateDate time.Time `cbor:"4,keyasint"`
}

// PolicyVersions holds the versions, by policy ID and VersionKey.
var PolicyVersions = newTable("policy-version", func(v *PolicyVersion) Key {
	return Key{v.PolicyID, VersionKey(v.Number)}
})

// VersionKey returns the key part for a version number; it sorts as the numbers do.
func VersionKey(number int) string { return fmt.Sprintf("%09d", number) }

// Attachment says that a managed policy is attached to a user, group or role.
type Attachment struct {
	EntityID   string `cbor:"1,keyasint"` // AIDA..., AGPA... or AROA...
	PolicyARN  string `cbor:"2,keyasint"`
	PolicyName string `cbor:"3,keyasint"`
}

// Attachments holds the attachments, by entity ID, policy name and policy ARN.
var Attachments = newTable("attachment", func(a *Attachment) Key {
	return Key{a.EntityID, a.PolicyName, a.PolicyARN}
}).withNames(1)

// AttachmentsByPolicy finds the attachments of a policy, by its ARN and the
// entity's ID, whose prefix tells its kind.
var AttachmentsByPolicy = newIndex(Attachments, "policy", func(a *Attachment) []Key {
	return []Key{{a.PolicyARN, a.EntityID}}
})

// InlinePolicy is a policy inside a user, group or role.
type InlinePolicy struct {
	EntityID string `cbor:"1,keyasint"`
	Name     string `cbor:"2,keyasint"`
	Document string `cbor:"3,keyasint"`
}

// InlinePolicies holds the inline policies, by entity ID and name.
var InlinePolicies = newTable("inline", func(p *InlinePolicy) Key { return Key{p.EntityID, p.Name} }).withNames(1)
