package badgerstore

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// tx reads a snapshot, and over it what the Update itself wrote. Badger's own
// read-write transactions could do that, but they allow one iterator at a time
// and sort all their writes for each.
type tx struct {
	at  *snapshot       // nil when the transaction has ended
	own *overlay.Writes // nil in a View

	changes *persistence.Changes
}

var errEnded = errors.New("persistence: the transaction has ended")

func (t *tx) end() {
	t.at.release()
	t.at = nil
}

// Get implements persistence.Tx.
func (t *tx) Get(key []byte) ([]byte, error) {
	if t.at == nil {
		return nil, errEnded
	}
	if t.own == nil {
		return t.viewed(key)
	}
	if value, written, err := t.own.Read(key); written {
		return value, err
	}
	return t.stored(key)
}

// viewed is like stored, for a View: its snapshot lasts long enough to keep values.
func (t *tx) viewed(key []byte) ([]byte, error) {
	if value, ok := t.at.get(key); ok {
		return value, nil
	}
	value, err := t.stored(key)
	if err == nil {
		t.at.keep(key, value)
	}
	return value, err
}

// stored reads from the snapshot.
func (t *tx) stored(key []byte) ([]byte, error) {
	item, err := t.at.txn.Get(pairKey(key))
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
	if err := t.writable(); err != nil {
		return err
	}
	t.own.Put(key, value)
	return nil
}

// Delete implements persistence.Tx.
func (t *tx) Delete(key []byte) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.own.Delete(key)
	return nil
}

func (t *tx) writable() error {
	switch {
	case t.at == nil:
		return errEnded
	case t.own == nil:
		return persistence.ErrReadOnly
	}
	return nil
}

// Before implements persistence.Beginning: it reads the same snapshot, without what
// the Update wrote.
func (t *tx) Before() persistence.Tx {
	if t.own == nil {
		return t
	}
	return &tx{at: t.at, changes: t.changes}
}

// Version implements persistence.Versioned: Badger numbers its commits.
func (t *tx) Version() (uint64, bool) {
	if t.at == nil || t.own != nil {
		return 0, false
	}
	return t.at.txn.ReadTs(), true
}

// Changes implements persistence.Changing.
func (t *tx) Changes() *persistence.Changes { return t.changes }
