package persistence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// A Table keeps the records of one type, with their indexes and, if counted,
// their number in each account. The zero Table is not usable; see newTable.
//
// Keys are "account NUL table NUL part NUL part ...", so that the records of a
// parent are one range and the accounts do not mix.
type Table[R any] struct {
	place
	key     func(*R) Key // with names spelled as in the record
	indexes []*Index[R]
	counted bool
	sized   bool // their bytes are counted too
}

func newTable[R any](name string, key func(*R) Key) *Table[R] {
	return &Table[R]{place: place{name: name}, key: key}
}

// withNames says which part of the keys is a name: it is folded wherever a key is made, so
// callers pass names as they are.
func (t *Table[R]) withNames(part int) *Table[R] {
	t.foldsPart(part)
	return t
}

// withCount makes the table keep the number of its records in each account.
func (t *Table[R]) withCount() *Table[R] {
	t.counted = true
	return t
}

// Owns reports whether the key is that of one of the table's records.
func (t *Table[R]) Owns(key []byte) bool {
	name, ok := TableOf(key)
	return ok && name == t.name
}

// Key returns the key under which a record is stored, with its name folded. Keys sort as
// the records do, so a key is a position after which Scan can continue.
func (t *Table[R]) Key(r *R) Key { return t.folded(t.key(r)) }

// Get returns the record with the key, or ErrNotFound.
func (t *Table[R]) Get(tx Tx, account string, key ...string) (*R, error) {
	raw, err := t.encode(account, key)
	if err != nil {
		return nil, ErrNotFound // such a key cannot have been stored
	}
	r, _, err := t.load(tx, raw)
	return r, err
}

// Has reports whether there is a record with the key.
func (t *Table[R]) Has(tx Tx, account string, key ...string) (bool, error) {
	raw, err := t.encode(account, key)
	if err != nil {
		return false, nil
	}
	_, err = tx.Get(raw)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Absent returns ErrExists if there is a record with the key.
func (t *Table[R]) Absent(tx Tx, account string, key ...string) error {
	found, err := t.Has(tx, account, key...)
	if err == nil && found {
		err = ErrExists
	}
	return err
}

// Decode reads a record as it is stored. The error wraps ErrDamaged.
func (t *Table[R]) Decode(value []byte) (*R, error) { return decode[R](t.name, value) }

// Replace stores a changed record whose key was formerly was; the change may have changed
// the key. It returns ErrExists if another record has the new key.
func (t *Table[R]) Replace(tx Tx, account string, was Key, r *R) error {
	if is := t.Key(r); !slices.Equal(was, is) {
		if err := t.Absent(tx, account, is...); err != nil {
			return err
		}
		if err := t.Delete(tx, account, was...); err != nil {
			return err
		}
	}
	return t.Put(tx, account, r)
}

// Change reads the record with the key, calls change with it and stores it again, unless
// change returns an error. It returns ErrNotFound if there is no record. The function must
// not change the fields of which the key is made.
func (t *Table[R]) Change(tx Tx, account string, change func(*R) error, key ...string) error {
	r, err := t.Get(tx, account, key...)
	if err == nil {
		err = change(r)
	}
	if err != nil {
		return err
	}
	return t.Put(tx, account, r)
}

// Put stores the record under the key it names, replacing the one that is
// there, and keeps indexes and count in step.
func (t *Table[R]) Put(tx Tx, account string, r *R) error {
	raw, err := t.encode(account, t.key(r))
	if err != nil {
		return err
	}
	value, err := encode(r)
	if err != nil {
		return err
	}
	old, size, err := t.load(tx, raw)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := t.reindex(tx, account, old, r); err != nil {
		return err
	}
	added := 0
	if old == nil {
		added = 1
	}
	if err := t.count(tx, account, added, len(value)-size); err != nil {
		return err
	}
	return tx.Put(raw, value)
}

// Delete removes the record with the key; it returns ErrNotFound if there is none.
func (t *Table[R]) Delete(tx Tx, account string, key ...string) error {
	raw, err := t.encode(account, key)
	if err != nil {
		return ErrNotFound // such a key cannot have been stored
	}
	old, size, err := t.load(tx, raw)
	if err != nil {
		return err
	}
	if err := t.reindex(tx, account, old, nil); err != nil {
		return err
	}
	if err := t.count(tx, account, -1, -size); err != nil {
		return err
	}
	return tx.Delete(raw)
}

// Scan yields the records whose key begins with the parts of prefix, in the
// order of their keys, beginning after the key after (nil: with the first one).
func (t *Table[R]) Scan(tx Tx, account string, prefix, after Key) iter.Seq2[*R, error] {
	return func(yield func(*R, error) bool) {
		for item, err := range t.items(tx, account, prefix, after) {
			if err != nil {
				yield(nil, err)
				return
			}
			r, err := decode[R](t.name, item.Value)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// Count returns the number of the account's records. Only tables made with
// withCount keep it.
func (t *Table[R]) Count(tx Tx, account string) (int, error) {
	if !t.counted {
		return 0, fmt.Errorf("persistence: table %s keeps no count", t.name)
	}
	return readCount(tx, countKey(account, t.name))
}

// Any reports whether a record's key begins with the parts of prefix.
func (t *Table[R]) Any(tx Tx, account string, prefix ...string) (bool, error) {
	for _, err := range t.items(tx, account, prefix, nil) {
		return err == nil, err
	}
	return false, nil
}

// load returns the record under a key, and its size in bytes.
func (t *Table[R]) load(tx Tx, raw []byte) (r *R, size int, err error) {
	value, err := tx.Get(raw)
	if err != nil {
		return nil, 0, err
	}
	r, err = decode[R](t.name, value)
	return r, len(value), err
}

// count adds to the counts of the table.
func (t *Table[R]) count(tx Tx, account string, records, bytes int) error {
	if t.counted && records != 0 {
		if err := addCount(tx, countKey(account, t.name), records); err != nil {
			return err
		}
	}
	if t.sized && bytes != 0 {
		return addCount(tx, sizeKey(account, t.name), bytes)
	}
	return nil
}

// addCount adds to a count. The count does not become negative, since records can be
// deleted that an earlier version did not count.
func addCount(tx Tx, key []byte, delta int) error {
	n, err := readCount(tx, key)
	if err != nil {
		return err
	}
	return writeCount(tx, key, max(0, n+delta))
}

func writeCount(tx Tx, key []byte, n int) error {
	return tx.Put(key, binary.AppendUvarint(nil, uint64(n)))
}

func readCount(tx Tx, key []byte) (int, error) {
	raw, err := tx.Get(key)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, size := binary.Uvarint(raw)
	if size <= 0 {
		return 0, fmt.Errorf("%w: count %q", ErrDamaged, key)
	}
	return int(n), nil
}

// countTable is in the place of a table's name in the keys of counts.
const countTable = "#"

func countKey(account, table string) []byte {
	return []byte(account + "\x00" + countTable + "\x00" + table)
}

func sizeKey(account, table string) []byte { return countKey(account, table+"/bytes") }

// Records are CBOR maps with small integer keys: compact and fast, and a field can be added
// or renamed without changing what is stored. The keys are sorted, so that equal records
// are equal bytes.
var (
	encoding = must(cbor.EncOptions{Time: cbor.TimeUnixDynamic, Sort: cbor.SortBytewiseLexical}.EncMode())
	decoding = must(cbor.DecOptions{}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// encode refuses what decode could not read.
func encode(r any) ([]byte, error) {
	value, err := encoding.Marshal(r)
	if err == nil && !validTexts(value) {
		err = ErrNotUTF8
	}
	return value, err
}

func decode[R any](table string, value []byte) (*R, error) {
	r := new(R)
	if err := decoding.Unmarshal(value, r); err != nil {
		return nil, fmt.Errorf("%w: a record of table %s: %w", ErrDamaged, table, err)
	}
	return r, nil
}
