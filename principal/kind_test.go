package principal_test

import (
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

func TestTypesOfKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[principal.Kind]string{
		principal.Nobody: "Nobody", principal.Anonymous: "Anonymous", principal.Root: "Account",
		principal.User: "User", principal.AssumedRole: "AssumedRole", principal.FederatedUser: "FederatedUser",
	} {
		if got := kind.Type(); got != want {
			t.Errorf("kind %d is of the type %q; want %q", kind, got, want)
		}
	}
}
