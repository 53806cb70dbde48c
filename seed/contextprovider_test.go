package seed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// peopleSeed has an OpenID Connect provider with a context provider, whose subject replaces SUBJECT.
const peopleSeed = `accounts:
- id: '111122223333'
  oidcProviders:
  - url: https://id.example.com
    contextProvider: {subjectSourceKey: SUBJECT, subjectTypeValue: user, keyDefinitions: [{sourceKey: a b, targetKey: AB}, {sourceKey: c}]}
    identityCenterInstance: arn:aws:sso:::instance/ssoins-0123456789abcdef
`

// A seed makes a context provider, and changes an existing one to what it declares.
func TestContextProviderOfASeed(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	for _, subject := range []string{"sub", "sub", "email"} {
		if err := seed.Apply(t.Context(), options(store), "f", []byte(strings.Replace(peopleSeed, "SUBJECT", subject, 1))); err != nil {
			t.Fatal(err)
		}
		err := store.View(t.Context(), func(tx persistence.Tx) error {
			got, err := persistence.OIDCProviders.Get(tx, "111122223333", "id.example.com")
			if err != nil {
				return err
			}
			want := &persistence.ContextProvider{SubjectSourceKey: subject, SubjectTypeValue: "user",
				KeyDefinitions: []persistence.ContextKeyDefinition{
					{SourceKey: "a b", TargetKey: "AB"}, {SourceKey: "c"},
				}}
			if diff := cmp.Diff(want, got.Context); diff != "" ||
				got.IdentityCenterInstance != "arn:aws:sso:::instance/ssoins-0123456789abcdef" {
				t.Errorf("instance %q, context provider (-want +got):\n%s", got.IdentityCenterInstance, diff)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := exported(t, store, true)
	again := memstore.New()
	if err := seed.Apply(t.Context(), options(again), "export", []byte(text)); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(text, exported(t, again, true)); diff != "" {
		t.Errorf("the second export is another (-first +second):\n%s", diff)
	}
}
