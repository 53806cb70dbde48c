package storetest

import (
	"errors"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// beginnings: an Update that has written shows what it began with, under the
// number that a View before it had, and the next one shows what it committed. An
// engine that cannot show it passes.
func beginnings(t *testing.T, s persistence.Store) {
	put(t, s, pair{"k", "old"})
	for _, next := range []string{"new", "newer"} {
		before := seen(t, s)
		update(t, s, func(tx persistence.Tx) error {
			if _, ok := tx.(persistence.Beginning); !ok {
				return nil
			}
			if err := tx.Put([]byte("k"), []byte(next)); err != nil {
				return err
			}
			began := persistence.Before(tx)
			if got := stateOf(t, began); got != before {
				t.Errorf("an Update began with %+v; a View saw %+v", got, before)
			}
			if err := began.Put([]byte("k"), nil); !errors.Is(err, persistence.ErrReadOnly) {
				t.Errorf("Put before an Update = %v, want ErrReadOnly", err)
			}
			return nil
		})
	}
	view(t, s, func(tx persistence.Tx) error {
		if began := persistence.Before(tx); stateOf(t, began) != stateOf(t, tx) {
			t.Errorf("a View began with %+v and shows %+v", stateOf(t, began), stateOf(t, tx))
		}
		return nil
	})
}

// moment is a state: its number, if it has one, and the value of k.
type moment struct {
	version uint64
	ok      bool
	value   string
}

func seen(t *testing.T, s persistence.Store) (n moment) {
	view(t, s, func(tx persistence.Tx) error {
		n = stateOf(t, tx)
		return nil
	})
	return n
}

func stateOf(t *testing.T, tx persistence.Tx) (n moment) {
	t.Helper()
	value, err := tx.Get([]byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	n.value = string(value)
	n.version, n.ok = persistence.Version(tx)
	return n
}
