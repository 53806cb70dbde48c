package seed

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// access says what IAM may do in the organization. Members that are left out change
// nothing. A new organization has all features and trusted access, and neither
// administrators nor root features.
type access struct {
	featureSet    text `seed:"featureSet"`    // ALL or CONSOLIDATED_BILLING, as AWS Organizations spells them
	trustedAccess text `seed:"trustedAccess"` // of IAM: true or false

	administrators []text `seed:"administrators"` // account IDs of IAM's delegated administrators
	hasAdmins      bool

	rootFeatures []text `seed:"rootFeatures"` // RootCredentialsManagement, RootSessions, as IAM spells them
	hasFeatures  bool
}

// The feature sets of an organization.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
const (
	allFeatures         = "ALL"
	consolidatedBilling = "CONSOLIDATED_BILLING"
)

// access reads the members of the organization that say what IAM may do in it.
func (m *mapping) access() access {
	a := access{featureSet: m.text("featureSet"), trustedAccess: m.text("trustedAccess")}
	m.oneOf("featureSet", a.featureSet, allFeatures, consolidatedBilling)
	m.yes("trustedAccess")
	a.administrators, a.hasAdmins = m.texts("administrators"), m.member("administrators") != nil
	for _, t := range a.administrators {
		m.validAccount(t)
	}
	a.rootFeatures, a.hasFeatures = m.texts("rootFeatures"), m.member("rootFeatures") != nil
	var known []string
	for _, f := range types.FeatureType("").Values() {
		known = append(known, string(f))
	}
	for _, t := range a.rootFeatures {
		m.oneOf("root feature", t, known...)
	}
	return a
}

// writeAccess stores what IAM may do in the organization, whose accounts have been read.
func (o *organizer) writeAccess() error {
	a := &o.file.access
	if a.featureSet.given() {
		o.record.BillingOnly = a.featureSet.value == consolidatedBilling
	}
	if n := len(o.file.policies); n > 0 && o.record.BillingOnly {
		return fault(o.file.policies[0].name.line, "an organization with only consolidated billing cannot have policies")
	}
	if a.trustedAccess.given() {
		o.record.NoTrustedAccess = a.trustedAccess.value == "false"
	}
	for _, t := range a.administrators {
		if t.value == o.file.management.value || !slices.Contains(o.record.Accounts, t.value) {
			return fault(t.line, "account %s cannot administer IAM: it is not a member of the organization besides its management account",
				t.value)
		}
	}
	if a.hasAdmins {
		o.record.Administrators = sortedTexts(a.administrators)
	} else {
		o.record.Administrators = slices.DeleteFunc(o.record.Administrators,
			func(id string) bool { return !slices.Contains(o.record.Accounts, id) })
	}
	if a.hasFeatures {
		o.record.RootFeatures = sortedTexts(a.rootFeatures)
	}
	return nil
}

// sortedTexts returns the strings in alphabetical order.
func sortedTexts(list []text) []string {
	var all []string
	for _, t := range list {
		all = append(all, t.value)
	}
	slices.Sort(all)
	return all
}
