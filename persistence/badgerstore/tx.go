package badgerstore

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
	"github.com/tidwall/btree"

	"github.com/understudy-iam/understudy/persistence"
)

// writes are what an Update has written so far, by key.
type writes = btree.Map[string, write]

type write struct {
	value   []byte
	deleted bool
}

// tx reads a snapshot, and above it what the Update itself wrote. Badger's own
// read-write transactions could do that, but they allow one iterator at a time
// and sort all their writes for each.
type tx struct {
	base *badger.Txn // nil when the transaction has ended
	own  *writes     // nil in a View
}

var errEnded = errors.New("persistence: the transaction has ended")

func (t *tx) end() {
	t.base.Discard()
	t.base = nil
}

// Get implements persistence.Tx.
func (t *tx) Get(key []byte) ([]byte, error) {
	if t.base == nil {
		return nil, errEnded
	}
	if t.own != nil {
		if w, ok := t.own.Get(string(key)); ok {
			if w.deleted {
				return nil, persistence.ErrNotFound
			}
			return w.value, nil
		}
	}
	item, err := t.base.Get(pairKey(key))
	switch {
	case errors.Is(err, badger.ErrKeyNotFound):
		return nil, persistence.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("persistence: reading: %w", err)
	}
	return t.value(item)
}

// Put implements persistence.Tx.
func (t *tx) Put(key, value []byte) error {
	if len(key) > maxKey {
		return fmt.Errorf("persistence: a key of %d bytes is longer than %d", len(key), maxKey)
	}
	return t.write(key, write{value: append([]byte{}, value...)})
}

// Delete implements persistence.Tx.
func (t *tx) Delete(key []byte) error { return t.write(key, write{deleted: true}) }

func (t *tx) write(key []byte, w write) error {
	switch {
	case t.base == nil:
		return errEnded
	case t.own == nil:
		return persistence.ErrReadOnly
	}
	t.own.Set(string(key), w)
	return nil
}

// Version implements persistence.Versioned: Badger numbers its commits.
func (t *tx) Version() (uint64, bool) {
	if t.base == nil || t.own != nil {
		return 0, false
	}
	return t.base.ReadTs(), true
}
