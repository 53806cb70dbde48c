package testkit

import (
	"context"
	"errors"
	"iter"
	"math"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

// ErrFault is the error that a FailingStore returns.
var ErrFault = errors.New("a fault of the store")

// A FailingStore fails at one access to its pairs and at all later ones, while
// AtEachAccess makes a call. A Get, Put, Delete or Scan is one access.
type FailingStore struct {
	persistence.Store
	left atomic.Int64 // accesses that succeed
}

// NewFailingStore returns a store that does not fail until AtEachAccess is called.
func NewFailingStore(s persistence.Store) *FailingStore {
	f := &FailingStore{Store: s}
	f.left.Store(math.MaxInt64)
	return f
}

// AtEachAccess makes a call while the store fails at the first access, then at the
// second, and so on until the call succeeds. It returns the number of accesses that
// the call then made. The test fails if the call does not return the fault, changes
// the store in spite of it, or makes no access.
func (s *FailingStore) AtEachAccess(t testing.TB, call func() error) (accesses int) {
	t.Helper()
	before := Pairs(t, s.Store)
	defer s.left.Store(math.MaxInt64)
	for ; ; accesses++ {
		s.left.Store(int64(accesses))
		err := call()
		if err == nil {
			break
		}
		if !errors.Is(err, ErrFault) {
			t.Fatalf("fault at access %d: error = %v", accesses+1, err)
		}
		if diff := cmp.Diff(before, Pairs(t, s.Store)); diff != "" {
			t.Fatalf("fault at access %d changed the store (-before +after):\n%s", accesses+1, diff)
		}
	}
	if accesses == 0 {
		t.Error("the call does not use the store")
	}
	return accesses
}

// View fails when the function makes one access too many.
func (s *FailingStore) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error { return f(&failingTx{tx, s}) })
}

// Update fails when the function makes one access too many.
func (s *FailingStore) Update(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.Update(ctx, func(tx persistence.Tx) error { return f(&failingTx{tx, s}) })
}

type failingTx struct {
	persistence.Tx
	store *FailingStore
}

func (tx *failingTx) access() error {
	if tx.store.left.Add(-1) < 0 {
		return ErrFault
	}
	return nil
}

func (tx *failingTx) Get(key []byte) ([]byte, error) {
	if err := tx.access(); err != nil {
		return nil, err
	}
	return tx.Tx.Get(key)
}

func (tx *failingTx) Put(key, value []byte) error {
	if err := tx.access(); err != nil {
		return err
	}
	return tx.Tx.Put(key, value)
}

func (tx *failingTx) Delete(key []byte) error {
	if err := tx.access(); err != nil {
		return err
	}
	return tx.Tx.Delete(key)
}

func (tx *failingTx) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		if err := tx.access(); err != nil {
			yield(persistence.Item{}, err)
			return
		}
		tx.Tx.Scan(prefix, after)(yield)
	}
}

// Pairs returns all pairs of a store.
func Pairs(t testing.TB, s persistence.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := s.View(context.Background(), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			all[string(item.Key)] = string(item.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
