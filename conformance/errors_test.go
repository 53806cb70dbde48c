package conformance_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/server"
)

// A failure is how a call of a client failed, and how it should have.
type failure struct {
	code, text string
	err        error // of the SDK, which knows the operation
}

// failures make calls that fail, about one kind of thing each.
var failures = map[string]func(*testing.T) []failure{
	"users":               failuresOfUsers,
	"policies of users":   failuresOfPoliciesOfUsers,
	"groups":              failuresOfGroups,
	"roles":               failuresOfRoles,
	"policies of roles":   failuresOfPoliciesOfRoles,
	"service roles":       failuresOfServiceRoles,
	"role templates":      failuresOfRoleTemplates,
	"instance profiles":   failuresOfInstanceProfiles,
	"managed policies":    failuresOfManagedPolicies,
	"access keys":         failuresOfAccessKeys,
	"SSH keys":            failuresOfSSHKeys,
	"certificates":        failuresOfSigningCertificates,
	"server certificates": failuresOfServerCertificates,
	"service credentials": failuresOfServiceCredentials,
	"passwords":           failuresOfPasswords,
	"MFA devices":         failuresOfMFADevices,
	"OIDC providers":      failuresOfOIDCProviders,
	"SAML providers":      failuresOfSAMLProviders,
	"the account":         failuresOfTheAccount,
	"organizations":       failuresOfOrganizations,
	"reports":             failuresOfReports,
	"simulations":         failuresOfSimulations,
	"delegation requests": failuresOfDelegationRequests,
	"sessions":            failuresOfSessions,
}

// Every error that AWS's model has for an operation is answered, with AWS's
// text, or is in impossible with the reason; and nothing else does. Faults
// of the service itself are the matter of TestEveryCall.
func TestEveryModelledError(t *testing.T) {
	t.Parallel()
	seen, ran := map[string]bool{}, 0
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			ran++
			for _, f := range fail(t) {
				service, operation := operationOf(f.err)
				pair := service + "." + operation + " " + f.code
				seen[pair] = true
				testkit.WantError(t, f.err, f.code, f.text)
			}
		})
	}
	if ran < len(failures) {
		return
	}
	excused := excusedPairs(t)
	answered := 0
	for _, pair := range modelledPairs() {
		switch {
		case seen[pair] && excused[pair]:
			t.Errorf("%s is answered and is among the impossible", pair)
		case !seen[pair] && !excused[pair]:
			t.Errorf("%s is neither answered nor excused", pair)
		case seen[pair]:
			answered++
		}
		delete(seen, pair)
		delete(excused, pair)
	}
	for _, pair := range slices.Sorted(maps.Keys(seen)) {
		t.Errorf("%s is answered and not in the model", pair)
	}
	for _, pair := range slices.Sorted(maps.Keys(excused)) {
		t.Errorf("%s is excused and not in the model", pair)
	}
	t.Logf("%d of %d modelled errors are answered, the others cannot occur", answered, len(modelledPairs()))
}

// modelledPairs are all operations with an error of theirs: "iam.CreateUser
// LimitExceeded".
func modelledPairs() []string {
	var list []string
	for operation, codes := range modelledErrors() {
		for code := range codes {
			if code != "ServiceFailure" {
				list = append(list, operation+" "+code)
			}
		}
	}
	slices.Sort(list)
	return list
}

// excusedPairs are the impossible ones.
func excusedPairs(t *testing.T) map[string]bool {
	excused := map[string]bool{}
	for _, x := range impossible {
		for _, operation := range strings.Fields(x.operations) {
			pair := operation + " " + x.code
			if excused[pair] {
				t.Errorf("%s is excused twice", pair)
			}
			excused[pair] = true
		}
	}
	return excused
}

// limited is a world with the quotas, and with other options of its server.
func limited(t *testing.T, quotas iam.Quotas, options ...func(*server.Options)) *world {
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) {
		o.Quotas = quotas
		for _, option := range options {
			option(o)
		}
	}))
	return &world{Client: srv.IAM(), t: t, srv: srv, ctx: context.Background()}
}

// tampered is a world with its store, in which a test may write what no call
// can.
func tampered(t *testing.T) (*world, func(func(persistence.Tx) error)) {
	var store persistence.Store
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { store = o.Store }))
	return &world{Client: srv.IAM(), t: t, srv: srv, ctx: context.Background()}, func(change func(persistence.Tx) error) {
		t.Helper()
		if err := store.Update(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
}
