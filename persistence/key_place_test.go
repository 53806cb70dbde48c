package persistence_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// Each key that tables write is the key of a record, of an index entry, or of a count.
func TestPlaceOf(t *testing.T) {
	t.Parallel()
	s := memstore.New()
	err := s.Update(t.Context(), func(tx persistence.Tx) error {
		if err := persistence.Users.Put(tx, account, &persistence.User{Name: "Ana", ID: "AIDA1", Path: "/a/"}); err != nil {
			return err
		}
		got := map[string]persistence.Place{}
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			if p, ok := persistence.PlaceOf(item.Key); ok {
				got[string(item.Key)] = p
			}
		}
		want := map[string]persistence.Place{
			account + "\x00user\x00ana\x00":      {Account: account, Table: "user", Parts: persistence.Key{"ana"}},
			account + "\x00user/id\x00AIDA1\x00": {Account: account, Table: "user", Index: "id", Parts: persistence.Key{"AIDA1"}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", account, account + "\x00user"} {
		if p, ok := persistence.PlaceOf([]byte(key)); ok {
			t.Errorf("%q is at %+v", key, p)
		}
	}
}
