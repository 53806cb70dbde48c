package badgerstore

import (
	"errors"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// TestFailedBigCommit takes Badger away before a commit that needs more than one
// of its transactions. What the store would show after it is unknown, so it must
// show nothing.
func TestFailedBigCommit(t *testing.T) {
	t.Parallel()
	s, err := open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	first := s.Update(t.Context(), func(tx persistence.Tx) error {
		return tx.Put([]byte("a"), make([]byte, 10_000_000))
	})
	if first == nil {
		t.Error("Update returned nil without a database")
	}
	none := func(persistence.Tx) error {
		t.Error("a transaction ran after a failed commit")
		return nil
	}
	for _, err := range []error{s.View(t.Context(), none), s.Update(t.Context(), none)} {
		if err == nil || !errors.Is(first, err) {
			t.Errorf("after it: %v, want %v", err, first)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// TestFailedCommit takes Badger away before a small commit to a directory. Badger must
// not be used any more, as when a log could not be made.
func TestFailedCommit(t *testing.T) {
	t.Parallel()
	s, err := open(Still(Options{Dir: t.TempDir()}))
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a")
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	first := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("b"), nil) })
	none := func(persistence.Tx) error {
		t.Error("a transaction ran after a failed commit")
		return nil
	}
	for _, err := range []error{s.View(t.Context(), none), s.Update(t.Context(), none)} {
		if err == nil || !errors.Is(first, err) {
			t.Errorf("after %v: %v", first, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestTooLongKey(t *testing.T) {
	t.Parallel()
	s, err := open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	put := func(length int) error {
		return s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put(make([]byte, length), make([]byte, 1<<20)) })
	}
	if err := put(maxKey); err != nil {
		t.Errorf("a key of the largest length: %v", err)
	}
	if err := put(maxKey + 1); err == nil {
		t.Error("a key beyond the largest length was stored")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestEndedTransaction(t *testing.T) {
	t.Parallel()
	s, err := open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var escaped persistence.Tx
	if err := s.Update(t.Context(), func(tx persistence.Tx) error { escaped = tx; return nil }); err != nil {
		t.Fatal(err)
	}
	_, get := escaped.Get([]byte("a"))
	errs := map[string]error{"Get": get, "Put": escaped.Put(nil, nil), "Delete": escaped.Delete(nil)}
	for _, err := range escaped.Scan(nil, nil) {
		errs["Scan"] = err
	}
	for name, err := range errs {
		if !errors.Is(err, errEnded) {
			t.Errorf("%s after the end = %v, want %v", name, err, errEnded)
		}
	}
	if len(errs) != 4 {
		t.Error("Scan after the end yielded nothing")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
