package persistence_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// A record is not stored if a string in it could not be read back, wherever the string is.
// Any other record is stored.
func TestRecordsThatCouldNotBeReadBack(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 40_000) // lengths of each size that CBOR has
	for name, c := range map[string]struct {
		put  func(tx persistence.Tx) error
		want error
	}{
		"a member": {func(tx persistence.Tx) error {
			return persistence.DelegationTemplates.Put(tx, account, &persistence.DelegationTemplate{ARN: "a", Document: "{\xff}"})
		}, persistence.ErrNotUTF8},
		"a long member": {func(tx persistence.Tx) error {
			return persistence.DelegationTemplates.Put(tx, account, &persistence.DelegationTemplate{ARN: "a", Document: long + "\xc3"})
		}, persistence.ErrNotUTF8},
		"an element of a list behind bytes": {func(tx persistence.Tx) error {
			return persistence.DelegationRequests.Put(tx, account, &persistence.DelegationRequest{
				ID: "r", Policy: long, Parameters: []persistence.DelegationParameter{{Name: "n", Values: []string{"ok", "\x80"}}},
			})
		}, persistence.ErrNotUTF8},
		"a key of a map": {func(tx persistence.Tx) error {
			return persistence.MFADevices.Put(tx, account,
				&persistence.MFADevice{Serial: "s", Certifications: map[string]string{"\xfe": "x"}})
		}, persistence.ErrNotUTF8},
		"bytes": {func(tx persistence.Tx) error {
			return persistence.Accounts.Put(tx, account,
				&persistence.Account{ID: account, CreateDate: created, SealingKey: []byte("\xff\xfe\xfd")})
		}, nil},
		"strings of every length": {func(tx persistence.Tx) error {
			return persistence.DelegationTemplates.Put(tx, account, &persistence.DelegationTemplate{
				ARN: "a", Requestor: strings.Repeat("ü", 20), Document: long, // 40 and 80,000 bytes
			})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memstore.New()
			if err := store.Update(t.Context(), c.put); !errors.Is(err, c.want) {
				t.Errorf("error %v; want %v", err, c.want)
			}
			err := store.View(t.Context(), func(tx persistence.Tx) error {
				for _, err := range persistence.DelegationTemplates.Scan(tx, account, nil, nil) {
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
