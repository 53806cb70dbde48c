// Package storetest is the one suite that every engine of persistence passes.
//
// It guarantees that an engine which passes keeps the contract of
// persistence.Store as far as a test can see it: the order of keys, own writes,
// all or nothing, one moment for a View, updates that are serializable with the
// ranges they scanned, and contexts that end. Run it with the race detector as well.
//
// Caveats: what an engine keeps on disk, and what it does with a damaged
// directory, is the engine's own test. The package is for tests only.
package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

// Run runs the suite. open returns a new empty store at each call; the suite
// closes it.
func Run(t *testing.T, open func(*testing.T) persistence.Store) {
	tests := []struct {
		name string
		run  func(*testing.T, persistence.Store)
	}{
		{"a key that was never put is not found", missingKey},
		{"a value is read back as it was put", readBack},
		{"the engine keeps no reference to what it was given", noReference},
		{"a value stays valid while the transaction goes on", valueStaysValid},
		{"a deleted key is gone, and deleting it again is not an error", deletes},
		{"a scan yields a prefix after a key in byte order", scans},
		{"a scan stops when its reader stops", scanStops},
		{"scans nest, in a View and in an Update", scansNest},
		{"an Update sees its own writes", ownWrites},
		{"an Update may write during its scan", writesDuringScan},
		{"an Update that fails leaves nothing", failedUpdate},
		{"an Update that panics leaves nothing and the store usable", panickedUpdate},
		{"a View cannot write", viewCannotWrite},
		{"the error of the function comes back", errorComesBack},
		{"a transaction whose context is done does not begin", doneBefore},
		{"an Update whose context ends while it runs leaves nothing", doneMeanwhile},
		{"an Update stays when its context ends afterwards", doneAfter},
		{"an Update gives up waiting when its context ends", doneWhileWaiting},
		{"a View inside an Update sees the last commit", viewInsideUpdate},
		{"a View sees one moment while Updates commit", viewSeesOneMoment},
		{"equal versions are equal states", versions},
		{"what was read and has changed is told to have changed", changes},
		{"an Update shows the state that it began with", beginnings},
		{"Views never see half of an Update", noHalfUpdates},
		{"parallel Updates of one key lose no step", countersLoseNothing},
		{"parallel Updates cannot pass each other's scans", noPhantoms},
		{"parallel Updates keep a sum over a range", noWriteSkew},
		{"large values and large transactions are kept whole", large},
		{"large values follow the rules of transactions", largeTransactional},
		{"a captured state comes back whole", capturedState},
		{"random operations agree with a plain map", randomOperations},
		{"a closed store answers ErrClosed", closed},
		{"Close waits for running transactions", closeWaits},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			test.run(t, s)
		})
	}
}

// pair is one key and value as strings, which compare and print well.
type pair struct{ Key, Value string }

// update runs f in an Update that must succeed.
func update(t *testing.T, s persistence.Store, f func(persistence.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// view runs f in a View that must succeed.
func view(t *testing.T, s persistence.Store, f func(persistence.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// put stores pairs in one Update.
func put(t *testing.T, s persistence.Store, pairs ...pair) {
	t.Helper()
	update(t, s, func(tx persistence.Tx) error {
		for _, p := range pairs {
			if err := tx.Put([]byte(p.Key), []byte(p.Value)); err != nil {
				return err
			}
		}
		return nil
	})
}

// list collects a scan. A nil after begins at the prefix.
func list(tx persistence.Tx, prefix, after []byte) ([]pair, error) {
	var got []pair
	for item, err := range tx.Scan(prefix, after) {
		if err != nil {
			return nil, err
		}
		got = append(got, pair{string(item.Key), string(item.Value)})
	}
	return got, nil
}

// everything returns all pairs of the store.
func everything(t *testing.T, s persistence.Store) (got []pair) {
	t.Helper()
	view(t, s, func(tx persistence.Tx) (err error) {
		got, err = list(tx, nil, nil)
		return err
	})
	return got
}

// wantStore compares the whole store with pairs.
func wantStore(t *testing.T, s persistence.Store, want ...pair) {
	t.Helper()
	if diff := cmp.Diff(want, everything(t, s)); diff != "" {
		t.Errorf("the store (-want +got):\n%s", diff)
	}
}

// wantValue tells how key differs from want in a transaction.
func wantValue(tx persistence.Tx, key, want string) error {
	got, err := tx.Get([]byte(key))
	if err != nil {
		return fmt.Errorf("Get(%q): %w", key, err)
	}
	if string(got) != want {
		return fmt.Errorf("Get(%q) = %q, want %q", key, got, want)
	}
	return nil
}

// wantMissing tells if key is there in a transaction.
func wantMissing(tx persistence.Tx, key string) error {
	if got, err := tx.Get([]byte(key)); !errors.Is(err, persistence.ErrNotFound) {
		return fmt.Errorf("Get(%q) = %q, %v; want ErrNotFound", key, got, err)
	}
	return nil
}
