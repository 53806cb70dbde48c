package badgerstore

import (
	"fmt"
	"iter"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// Scan implements persistence.Tx. A scan of an Update sees the writes that were
// done before it began.
func (t *tx) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		switch {
		case t.at == nil:
			yield(persistence.Item{}, errEnded)
		case t.own == nil || t.own.Len() == 0:
			t.scanStored(prefix, after, yield)
		default:
			t.own.Over(t.Before()).Scan(prefix, after)(yield)
		}
	}
}

// scanStored yields what the snapshot has.
func (t *tx) scanStored(prefix, after []byte, yield func(persistence.Item, error) bool) {
	options := badger.DefaultIteratorOptions
	options.PrefetchValues = false // values are stored next to their keys
	options.Prefix = pairKey(prefix)
	it := t.at.txn.NewIterator(options)
	defer it.Close()
	for it.Seek(pairKey(overlay.First(prefix, after))); it.Valid(); it.Next() {
		value, err := t.value(it.Item())
		if err != nil {
			yield(persistence.Item{}, fmt.Errorf("persistence: scanning: %w", err))
			return
		}
		if !yield(persistence.Item{Key: it.Item().Key()[1:], Value: value}, nil) {
			return
		}
	}
}
