package badgerstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"

	"github.com/understudy-iam/understudy/persistence"
)

// On disk each of Badger's transactions stores a number, one more than the one before
// it. So the number in a directory says how much of what was written is there, and a
// missing log leaves a gap. Badger's own versions do not show that: they go down when
// compaction drops the last deletion.
var numberKey = []byte{kindNumber}

func numberEntry(n uint64) entry {
	return entry{key: numberKey, value: binary.BigEndian.AppendUint64(nil, n)}
}

func decodeNumber(value []byte) (uint64, error) {
	if len(value) != 8 {
		return 0, fmt.Errorf("%w: %d bytes for the number of a transaction", persistence.ErrDamaged, len(value))
	}
	return binary.BigEndian.Uint64(value), nil
}

// readNumber returns the number of the last transaction, 0 if an older version
// wrote all of them.
func (s *store) readNumber() (n uint64, err error) {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	item, err := txn.Get(numberKey)
	switch {
	case errors.Is(err, badger.ErrKeyNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return 0, err
	}
	return decodeNumber(value)
}

// tableNumber returns the greatest number in a table that was verified, or 0.
func tableNumber(file []byte) (uint64, error) {
	t, err := table.OpenInMemoryTable(file, 0, &table.Options{})
	if err != nil {
		return 0, err
	}
	it := t.NewIterator(table.NOCACHE)
	defer it.Close()
	it.Seek(y.KeyWithTs(numberKey, math.MaxUint64)) // the latest version is first
	if !it.Valid() || string(y.ParseKey(it.Key())) != string(numberKey) {
		return 0, nil
	}
	return decodeNumber(it.Value().Value)
}

// number returns the number that an entry of a log stores.
func (e logEntry) number() (uint64, bool) {
	const version = 8 // bytes, after the key
	if len(e.key) != len(numberKey)+version || e.key[0] != kindNumber {
		return 0, false
	}
	n, err := decodeNumber(e.value)
	return n, err == nil
}
