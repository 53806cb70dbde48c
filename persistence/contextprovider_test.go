package persistence_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

// A provider that was stored before there were context providers can be read, and equals
// a provider without one.
func TestProvidersOfBeforeContextProviders(t *testing.T) {
	t.Parallel()
	oidc := &persistence.OIDCProvider{URL: "id.example.com", CreateDate: created, ClientIDs: []string{"web"}, Thumbprints: []string{"a1"},
		Tags: []persistence.Tag{{Key: "k", Value: "v"}}}
	saml := &persistence.SAMLProvider{Name: "Corp", UUID: "SAMLSP1", CreateDate: created, ValidUntil: created, Metadata: "<m/>",
		EncryptionRequired: true}
	for _, c := range []struct {
		name, key, stored string
		put               func(persistence.Tx) error
		get               func(persistence.Tx) (got, want any, err error)
	}{
		{"OpenID Connect", "oidc-provider\x00id.example.com\x00",
			"a5016e69642e6578616d706c652e636f6d021a695735a503816377656204816261310581a201616b026176",
			func(tx persistence.Tx) error { return persistence.OIDCProviders.Put(tx, account, oidc) },
			func(tx persistence.Tx) (any, any, error) {
				got, err := persistence.OIDCProviders.Get(tx, account, oidc.URL)
				return got, oidc, err
			}},
		{"SAML", "saml-provider\x00Corp\x00", "a60164436f7270026753414d4c535031031a695735a5041a695735a505643c6d2f3e06f5",
			func(tx persistence.Tx) error { return persistence.SAMLProviders.Put(tx, account, saml) },
			func(tx persistence.Tx) (any, any, error) {
				got, err := persistence.SAMLProviders.Get(tx, account, saml.Name)
				return got, saml, err
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			update(t, func(tx persistence.Tx) error {
				key := []byte(account + "\x00" + c.key)
				stored, err := hex.DecodeString(c.stored)
				if err := errors.Join(err, tx.Put(key, stored)); err != nil {
					return err
				}
				got, want, err := c.get(tx)
				if err != nil {
					return err
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("record (-want +got):\n%s", diff)
				}
				if err := c.put(tx); err != nil {
					return err
				}
				again, err := tx.Get(key)
				if got := hex.EncodeToString(again); got != c.stored {
					t.Errorf("stored as %s, before as %s", got, c.stored)
				}
				return err
			})
		})
	}
}

func TestAContextProviderComesBackAsItWasPut(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		propagation := &persistence.ContextProvider{SubjectSourceKey: "sub", SubjectTypeSourceKey: "typ", SubjectTypeValue: "user",
			KeyDefinitions: []persistence.ContextKeyDefinition{
				{SourceKey: "groups", TargetKey: "Groups"}, {SourceKey: "mail"},
			}}
		oidc := &persistence.OIDCProvider{URL: "u", CreateDate: created, Context: propagation, IdentityCenterInstance: "arn"}
		saml := &persistence.SAMLProvider{Name: "n", CreateDate: created, ValidUntil: created, Context: propagation}
		if err := errors.Join(persistence.OIDCProviders.Put(tx, account, oidc),
			persistence.SAMLProviders.Put(tx, account, saml)); err != nil {
			return err
		}
		o, oErr := persistence.OIDCProviders.Get(tx, account, "u")
		s, sErr := persistence.SAMLProviders.Get(tx, account, "n")
		if diff := cmp.Diff(oidc, o) + cmp.Diff(saml, s); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
		return errors.Join(oErr, sErr)
	})
}
