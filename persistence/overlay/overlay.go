// Package overlay shows a state of a store with other values for some keys. With it older
// states are shown: a Recorder notes what keys held before they were written, and a Tx
// lays these values over the present ones. With it engines show an Update what it has
// written itself: see Writes.
//
// It guarantees that a Tx reads as a transaction of an engine does: keys in the order of
// their bytes, each once.
//
// # Caveats
//
// A Tx has no version. Callers that know the number of the state that it shows can add it.
package overlay

import (
	"bytes"
	"errors"
	"iter"
	"strings"

	"github.com/tidwall/btree"

	"github.com/understudy-iam/understudy/persistence"
)

// Values are those that are laid over a state, by key.
type Values[V any] = btree.Map[string, V]

// Tx is a transaction that shows values above what another one reads.
type Tx[V any] struct {
	Under  persistence.Tx
	Values *Values[V]

	// Of returns the value that is shown; nil: there is none under the key.
	Of func(V) []byte
}

// Get implements persistence.Tx.
func (t *Tx[V]) Get(key []byte) ([]byte, error) {
	v, ok := t.Values.Get(string(key))
	if !ok {
		return t.Under.Get(key)
	}
	if value := t.Of(v); value != nil {
		return value, nil
	}
	return nil, persistence.ErrNotFound
}

// Put implements persistence.Tx: what is shown cannot be changed.
func (t *Tx[V]) Put([]byte, []byte) error { return persistence.ErrReadOnly }

// Delete implements persistence.Tx: what is shown cannot be changed.
func (t *Tx[V]) Delete([]byte) error { return persistence.ErrReadOnly }

// errStopped ends a scan whose reader wants no more.
var errStopped = errors.New("overlay: stopped")

// Scan implements persistence.Tx. It yields the pairs of both in the order of the keys,
// with the values in place of what they cover.
func (t *Tx[V]) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		above := newCursor(t, prefix, after)
		for item, err := range t.Under.Scan(prefix, after) {
			if err != nil {
				yield(persistence.Item{}, err)
				return
			}
			if above.until(item.Key, yield) != nil {
				return
			}
			if above.at(item.Key) {
				continue // the cursor yields it with the next key
			}
			if !yield(item, nil) {
				return
			}
		}
		_ = above.until(nil, yield)
	}
}

// cursor goes through the values below a prefix.
type cursor[V any] struct {
	iter   btree.MapIter[string, V]
	of     func(V) []byte
	prefix string
	more   bool
}

func newCursor[V any](t *Tx[V], prefix, after []byte) *cursor[V] {
	c := &cursor[V]{iter: t.Values.Iter(), of: t.Of, prefix: string(prefix)}
	c.more = c.iter.Seek(string(First(prefix, after))) && strings.HasPrefix(c.iter.Key(), c.prefix)
	return c
}

// until yields what comes before the key, everything if it is nil. It returns
// errStopped if the reader wants no more.
func (c *cursor[V]) until(key []byte, yield func(persistence.Item, error) bool) error {
	for c.more && (key == nil || c.iter.Key() < string(key)) {
		item := persistence.Item{Key: []byte(c.iter.Key()), Value: c.of(c.iter.Value())}
		c.more = c.iter.Next() && strings.HasPrefix(c.iter.Key(), c.prefix)
		if item.Value != nil && !yield(item, nil) {
			return errStopped
		}
	}
	return nil
}

// at reports whether the cursor is at the key.
func (c *cursor[V]) at(key []byte) bool { return c.more && bytes.Equal([]byte(c.iter.Key()), key) }
