package persistence

import "errors"

// Kinds of the policies of an organization, as AWS Organizations spells them.
const (
	ServiceControlPolicy  = "SERVICE_CONTROL_POLICY"
	ResourceControlPolicy = "RESOURCE_CONTROL_POLICY"
)

// Organization is an AWS organization. It is stored under its management account; each
// account that belongs to it has a Member record.
type Organization struct {
	ID       string   `cbor:"1,keyasint"` // o-...
	RootID   string   `cbor:"2,keyasint"` // r-...
	Units    []Unit   `cbor:"3,keyasint,omitempty"`
	Accounts []string `cbor:"4,keyasint"` // IDs of the members, the management account among them

	// Policies are the IDs of the policies attached to the root.
	Policies []string `cbor:"5,keyasint,omitempty"`

	// RootFeatures are the enabled features of centralized root access, as AWS spells
	// them, in alphabetical order.
	RootFeatures []string `cbor:"20,keyasint,omitempty"`

	// Administrators are the members, by account ID, that administer IAM for the
	// management account.
	Administrators []string `cbor:"21,keyasint,omitempty"`

	// NoTrustedAccess says that IAM may not act in the organization, and BillingOnly that
	// the organization does not have all features.
	NoTrustedAccess bool `cbor:"22,keyasint,omitempty"`
	BillingOnly     bool `cbor:"23,keyasint,omitempty"`
}

// Unit is an organizational unit.
type Unit struct {
	ID       string   `cbor:"1,keyasint"` // ou-...
	Name     string   `cbor:"2,keyasint"`
	ParentID string   `cbor:"3,keyasint"`           // of another unit, or of the root
	Policies []string `cbor:"4,keyasint,omitempty"` // IDs of those attached to it
}

// Organizations holds the organization under its management account, without
// key parts.
var Organizations = newTable("organization", func(*Organization) Key { return nil })

// OrganizationPolicy is an SCP or RCP of an organization. AWS's own two,
// p-FullAWSAccess and p-RCPFullAWSAccess, have no record.
type OrganizationPolicy struct {
	ID       string `cbor:"1,keyasint"` // p-...
	Name     string `cbor:"2,keyasint"`
	Kind     string `cbor:"3,keyasint"` // ServiceControlPolicy or ResourceControlPolicy
	Document string `cbor:"4,keyasint"`
}

// OrganizationPolicies holds the policies under the management account, by ID.
var OrganizationPolicies = newTable("organization-policy", func(p *OrganizationPolicy) Key { return Key{p.ID} })

// Member says to which organization an account belongs, and where in it.
type Member struct {
	Management string   `cbor:"1,keyasint"`           // account ID of the organization's management account
	ParentID   string   `cbor:"2,keyasint"`           // of a unit, or of the root
	Policies   []string `cbor:"3,keyasint,omitempty"` // IDs of those attached to the account
}

// Members holds the one Member record of each account in an organization,
// without key parts.
var Members = newTable("organization-member", func(*Member) Key { return nil })

// OrganizationOf returns the account's organization and its membership there; nil and nil
// if it is in none.
func OrganizationOf(tx Tx, account string) (*Organization, *Member, error) {
	m, err := Members.Get(tx, account)
	if errors.Is(err, ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	o, err := Organizations.Get(tx, m.Management)
	if err != nil {
		return nil, nil, err
	}
	return o, m, nil
}

// Path returns the units from the root's child down to the unit with the ID;
// none for the root's own ID. The answer is false if a unit is missing or the
// units form a circle.
func (o *Organization) Path(id string) ([]Unit, bool) {
	var path []Unit
	for id != o.RootID {
		i := o.unit(id)
		if i < 0 || len(path) > len(o.Units) {
			return nil, false
		}
		path = append([]Unit{o.Units[i]}, path...)
		id = o.Units[i].ParentID
	}
	return path, true
}

func (o *Organization) unit(id string) int {
	for i := range o.Units {
		if o.Units[i].ID == id {
			return i
		}
	}
	return -1
}
