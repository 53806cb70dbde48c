package badgerstore

import (
	"errors"
	"fmt"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
)

// TestSnapshotEnds checks that a snapshot lasts as long as a transaction uses it, and no
// longer: Badger cannot drop what only the snapshot shows before that.
func TestSnapshotEnds(t *testing.T) {
	t.Parallel()
	s, err := open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	put := func(value string) error {
		return s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), []byte(value)) })
	}
	ended := func(at *snapshot) bool {
		_, err := at.txn.Get(pairKey([]byte("a")))
		return errors.Is(err, badger.ErrDiscardedTxn)
	}
	if err := put("old"); err != nil {
		t.Fatal(err)
	}
	first := s.latest
	err = s.View(t.Context(), func(tx persistence.Tx) error {
		if err := put("new"); err != nil {
			return err
		}
		if ended(first) {
			t.Error("a snapshot ended under a View")
		}
		value, err := tx.Get([]byte("a"))
		if string(value) != "old" {
			t.Errorf("the View sees %q", value)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !ended(first) {
		t.Error("the snapshot of the past did not end")
	}
	last := s.latest
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !ended(last) {
		t.Error("the last snapshot did not end with the store")
	}
}

// TestKeptValues checks that what a snapshot keeps is limited.
func TestKeptValues(t *testing.T) {
	t.Parallel()
	s := &snapshot{}
	s.keep([]byte("large"), make([]byte, maxKeptValue+1))
	if _, ok := s.get([]byte("large")); ok {
		t.Error("a large value was kept")
	}
	for i := range maxKept + 1 {
		s.keep(fmt.Append(nil, i), []byte("value"))
	}
	if len(s.kept) > maxKept {
		t.Errorf("%d values were kept, want at most %d", len(s.kept), maxKept)
	}
	if _, ok := s.get(fmt.Append(nil, maxKept)); !ok {
		t.Error("the last value was not kept")
	}
}
