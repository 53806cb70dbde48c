package seed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// What IAM may do in the organization is set by the members of a file, and a file without
// them changes nothing.
func TestAccessToTheOrganization(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	const member = "root: {accounts: ['" + shop + "']}"
	for _, c := range []struct {
		name, members string
		want          persistence.Organization
	}{
		{"nothing is said", member, persistence.Organization{}},
		{"everything is said", member + ", featureSet: CONSOLIDATED_BILLING, trustedAccess: false, administrators: ['" + shop +
			"'], rootFeatures: [RootSessions, RootCredentialsManagement]",
			persistence.Organization{
				BillingOnly: true, NoTrustedAccess: true, Administrators: []string{shop},
				RootFeatures: []string{"RootCredentialsManagement", "RootSessions"},
			}},
		{"nothing is said any more", member,
			persistence.Organization{
				BillingOnly: true, NoTrustedAccess: true, Administrators: []string{shop},
				RootFeatures: []string{"RootCredentialsManagement", "RootSessions"},
			}},
		{"the administrator leaves", "featureSet: ALL, trustedAccess: true",
			persistence.Organization{RootFeatures: []string{"RootCredentialsManagement", "RootSessions"}}},
		{"lists that are empty", member + ", administrators: [], rootFeatures: []", persistence.Organization{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := seed.Apply(t.Context(), options(store), "f", []byte("organization: {management: '"+chief+"', "+c.members+
				"}")); err != nil {
				t.Fatal(err)
			}
			view(t, store, func(tx persistence.Tx) error {
				o, err := persistence.Organizations.Get(tx, chief)
				if err != nil {
					return err
				}
				got := persistence.Organization{
					BillingOnly: o.BillingOnly, NoTrustedAccess: o.NoTrustedAccess,
					Administrators: append([]string(nil), o.Administrators...), RootFeatures: append([]string(nil), o.RootFeatures...),
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("organization (-want +got):\n%s", diff)
				}
				return nil
			})
		})
	}
}
