package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// versions: an engine that numbers its states never gives one number to two of
// them, while Updates commit too, and gives a later state a greater one. An
// engine that does not number them passes.
func versions(t *testing.T, s persistence.Store) {
	number := func(want bool) (n uint64) {
		view(t, s, func(tx persistence.Tx) error {
			var ok bool
			if n, ok = persistence.Version(tx); !ok && want {
				t.Error("a View stopped to have a version")
			}
			return nil
		})
		return n
	}
	var numbered bool
	view(t, s, func(tx persistence.Tx) error {
		_, numbered = persistence.Version(tx)
		return nil
	})
	if !numbered {
		return
	}
	before := number(true)
	if again := number(true); again != before {
		t.Errorf("without an Update the version went from %d to %d", before, again)
	}
	update(t, s, func(tx persistence.Tx) error {
		if _, ok := persistence.Version(tx); ok {
			t.Error("an Update has a version")
		}
		return tx.Put([]byte("k"), []byte("v"))
	})
	if after := number(true); after <= before {
		t.Errorf("an Update took the version from %d to %d", before, after)
	}
	versionsInParallel(t, s)
}

// versionsInParallel writes a counter from one goroutine and reads it with its
// version from others: a version must always come with the same count.
func versionsInParallel(t *testing.T, s persistence.Store) {
	const writes = 200
	var seen sync.Map // of counts, by version
	var stop atomic.Bool
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for !stop.Load() {
				err := s.View(t.Context(), func(tx persistence.Tx) error {
					n, _ := persistence.Version(tx)
					value, err := tx.Get([]byte("k"))
					if err != nil {
						return err
					}
					if old, loaded := seen.LoadOrStore(n, string(value)); loaded && old != string(value) {
						t.Errorf("version %d is %q and %q", n, old, value)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range writes {
		update(t, s, func(tx persistence.Tx) error { return tx.Put([]byte("k"), fmt.Append(nil, i)) })
	}
	stop.Store(true)
	group.Wait()
}
