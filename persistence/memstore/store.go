// Package memstore is an engine that keeps its pairs in a sorted map in memory. It is
// small enough to be verified by reading, so tests compare other engines with it. It is
// also the fastest engine.
//
// It guarantees what persistence.Store asks for: the map is copied on write,
// so a View reads the moment it began at while an Update runs, and an Update
// that fails leaves no trace. Updates run one at a time.
//
// Caveats: nothing outlives Close. An Update that is begun inside another
// Update of the same store waits until its context is done; a View is fine.
package memstore

import (
	"context"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"

	"github.com/understudy-iam/understudy/persistence"
)

// tree orders pairs by the bytes of their keys, as Go orders strings.
type tree = btree.Map[string, persistence.Item]

// Store is the engine. Make one with New.
type Store struct {
	writer  persistence.Turn       // of the one Update that runs
	current atomic.Pointer[commit] // the last commit; never changed in place
	changes *persistence.Changes

	transactions *persistence.Transactions
	after        func(time.Duration) <-chan time.Time
}

var _ persistence.Store = (*Store)(nil)

// commit is a state of the store. Each has a greater number than the one before.
type commit struct {
	pairs   *tree
	number  uint64
	changes *persistence.Changes // of the store
}

// view returns a transaction that sees the state and cannot change it.
func (c *commit) view() *tx { return &tx{pairs: c.pairs, number: c.number, changes: c.changes} }

// New returns an empty store.
func New() *Store {
	s := &Store{
		writer: persistence.NewTurn(), changes: persistence.NewChanges(), transactions: persistence.NewTransactions(), after: time.After,
	}
	s.current.Store(&commit{pairs: &tree{}, changes: s.changes})
	return s
}

// View implements persistence.Store.
func (s *Store) View(ctx context.Context, f func(persistence.Tx) error) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.transactions.End()
	last := s.current.Load()
	return f(last.view())
}

// Update implements persistence.Store. It runs f once.
func (s *Store) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.transactions.End()
	if err := s.writer.Take(ctx); err != nil {
		return err
	}
	defer s.writer.Give()
	last := s.current.Load()
	pairs := last.pairs.Copy()
	t := &tx{pairs: pairs, before: last}
	if err := f(t); err != nil {
		return err
	}
	return s.transactions.Commit(func() error {
		if err := persistence.Done(ctx); err != nil {
			return err
		}
		for _, key := range t.written {
			s.changes.Note(last.number+1, key)
		}
		s.current.Store(&commit{pairs: pairs, number: last.number + 1, changes: s.changes})
		return nil
	})
}

// Close implements persistence.Store. A second Close does nothing.
func (s *Store) Close() error {
	s.transactions.Close(s.after)
	s.current.Store(&commit{pairs: &tree{}})
	return nil
}

// begin counts a transaction, so that Close waits for it.
func (s *Store) begin(ctx context.Context) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	return s.transactions.Begin()
}

type tx struct {
	pairs  *tree
	number uint64  // of the commit, in a View
	before *commit // the one that an Update began with; nil in a View

	changes *persistence.Changes // in a View
	written []string             // the keys that an Update has written
}

// Version implements persistence.Versioned.
func (t *tx) Version() (uint64, bool) { return t.number, t.before == nil }

// Changes implements persistence.Changing.
func (t *tx) Changes() *persistence.Changes { return t.changes }

// Before implements persistence.Beginning.
func (t *tx) Before() persistence.Tx {
	if t.before == nil {
		return t
	}
	return t.before.view()
}

// Get implements persistence.Tx.
func (t *tx) Get(key []byte) ([]byte, error) {
	item, ok := t.pairs.Get(string(key))
	if !ok {
		return nil, persistence.ErrNotFound
	}
	return item.Value, nil
}

// Put implements persistence.Tx.
func (t *tx) Put(key, value []byte) error {
	if t.before == nil {
		return persistence.ErrReadOnly
	}
	k := string(key)
	t.written = append(t.written, k)
	t.pairs.Set(k, persistence.Item{Key: clone(key), Value: clone(value)})
	return nil
}

// Delete implements persistence.Tx.
func (t *tx) Delete(key []byte) error {
	if t.before == nil {
		return persistence.ErrReadOnly
	}
	k := string(key)
	t.written = append(t.written, k)
	t.pairs.Delete(k)
	return nil
}

// Scan implements persistence.Tx. A scan of an Update reads a copy, since the
// map must not change under an iteration.
func (t *tx) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		pairs := t.pairs
		if t.before != nil {
			pairs = pairs.Copy()
		}
		begin := string(prefix)
		pairs.Ascend(start(prefix, after), func(key string, item persistence.Item) bool {
			return strings.HasPrefix(key, begin) && yield(item, nil)
		})
	}
}

// start returns the smallest key that a scan may yield.
func start(prefix, after []byte) string {
	if after == nil {
		return string(prefix)
	}
	return max(string(prefix), string(after)+"\x00")
}

// clone copies a slice. The copy of an empty or nil slice is empty and not nil, so that
// readers see no difference.
func clone(b []byte) []byte { return append([]byte{}, b...) }
