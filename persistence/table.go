package persistence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// Key is the key of a record within its table and account: one or more parts,
// compared in order. No part may hold a NUL character.
type Key []string

// errNUL is returned when a part of a key holds the separator.
var errNUL = errors.New("persistence: a key part holds a NUL character")

// A Table keeps the records of one type, with their indexes and, if counted,
// their number in each account. The zero Table is not usable; see newTable.
//
// Keys are "account NUL table NUL part NUL part ...", so that the records of a
// parent are one range and the accounts do not mix.
type Table[R any] struct {
	name    string
	key     func(*R) Key
	indexes []*Index[R]
	counted bool
}

// An Index finds the records of a table by other parts than their key. Its
// keys need not be unique: the record's key is appended, unless the index is
// said to be unique.
type Index[R any] struct {
	table  *Table[R]
	name   string
	keys   func(*R) []Key
	unique bool
}

func newTable[R any](name string, key func(*R) Key) *Table[R] {
	return &Table[R]{name: name, key: key}
}

// withCount makes the table keep the number of its records in each account.
func (t *Table[R]) withCount() *Table[R] {
	t.counted = true
	return t
}

// newIndex adds an index to the table. keys gives a record's index keys, none
// if the record does not stand in the index.
func newIndex[R any](t *Table[R], name string, keys func(*R) []Key) *Index[R] {
	x := &Index[R]{table: t, name: t.name + "/" + name, keys: keys}
	t.indexes = append(t.indexes, x)
	return x
}

// newUniqueIndex adds an index in which no two records have the same key, so
// that First is two reads and no scan.
func newUniqueIndex[R any](t *Table[R], name string, keys func(*R) []Key) *Index[R] {
	x := newIndex(t, name, keys)
	x.unique = true
	return x
}

// Get returns the record with the key, or ErrNotFound.
func (t *Table[R]) Get(tx Tx, account string, key ...string) (*R, error) {
	raw, err := encodeKey(account, t.name, key)
	if err != nil {
		return nil, ErrNotFound // such a key cannot have been stored
	}
	return t.load(tx, raw)
}

// Has reports whether there is a record with the key.
func (t *Table[R]) Has(tx Tx, account string, key ...string) (bool, error) {
	raw, err := encodeKey(account, t.name, key)
	if err != nil {
		return false, nil
	}
	_, err = tx.Get(raw)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put stores the record under the key it names, replacing the one that is
// there, and keeps indexes and count in step.
func (t *Table[R]) Put(tx Tx, account string, r *R) error {
	raw, err := encodeKey(account, t.name, t.key(r))
	if err != nil {
		return err
	}
	value, err := encode(r)
	if err != nil {
		return err
	}
	old, err := t.load(tx, raw)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := t.reindex(tx, account, old, r); err != nil {
		return err
	}
	if old == nil {
		if err := t.count(tx, account, 1); err != nil {
			return err
		}
	}
	return tx.Put(raw, value)
}

// Delete removes the record with the key; it returns ErrNotFound if there is none.
func (t *Table[R]) Delete(tx Tx, account string, key ...string) error {
	old, err := t.Get(tx, account, key...)
	if err != nil {
		return err
	}
	raw, err := encodeKey(account, t.name, key)
	if err != nil {
		return err
	}
	if err := t.reindex(tx, account, old, nil); err != nil {
		return err
	}
	if err := t.count(tx, account, -1); err != nil {
		return err
	}
	return tx.Delete(raw)
}

// Scan yields the records whose key begins with the parts of prefix, in the
// order of their keys, from behind the key after (nil: from the first one).
func (t *Table[R]) Scan(tx Tx, account string, prefix, after Key) iter.Seq2[*R, error] {
	return func(yield func(*R, error) bool) {
		for item, err := range scanRaw(tx, account, t.name, prefix, after) {
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
	for _, err := range scanRaw(tx, account, t.name, prefix, nil) {
		return err == nil, err
	}
	return false, nil
}

// First returns the first record under the index key, or ErrNotFound.
func (x *Index[R]) First(tx Tx, account string, key ...string) (*R, error) {
	if x.unique {
		return x.only(tx, account, key)
	}
	for r, err := range x.Scan(tx, account, key, nil) {
		return r, err
	}
	return nil, ErrNotFound
}

// only returns the record under the key of a unique index.
func (x *Index[R]) only(tx Tx, account string, key Key) (*R, error) {
	raw, err := encodeKey(account, x.name, key)
	if err != nil {
		return nil, ErrNotFound
	}
	target, err := tx.Get(raw)
	if err != nil {
		return nil, err
	}
	return x.target(tx, target)
}

// target loads the record that an index entry points to.
func (x *Index[R]) target(tx Tx, key []byte) (*R, error) {
	r, err := x.table.load(tx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("%w: index %s points to no record", ErrDamaged, x.name)
	}
	return r, err
}

// Any reports whether a record stands under the index key.
func (x *Index[R]) Any(tx Tx, account string, key ...string) (bool, error) {
	for _, err := range scanRaw(tx, account, x.name, key, nil) {
		return err == nil, err
	}
	return false, nil
}

// Count returns how many records stand under the index key, by counting them.
func (x *Index[R]) Count(tx Tx, account string, key ...string) (int, error) {
	n := 0
	for _, err := range scanRaw(tx, account, x.name, key, nil) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// Scan yields the records whose index key begins with the parts of prefix, in
// the order of the index key and then of their own. After is a full position:
// the parts of an index key followed by those of the record's key.
func (x *Index[R]) Scan(tx Tx, account string, prefix, after Key) iter.Seq2[*R, error] {
	return func(yield func(*R, error) bool) {
		for item, err := range scanRaw(tx, account, x.name, prefix, after) {
			if err != nil {
				yield(nil, err)
				return
			}
			r, err := x.target(tx, item.Value)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

func (t *Table[R]) load(tx Tx, raw []byte) (*R, error) {
	value, err := tx.Get(raw)
	if err != nil {
		return nil, err
	}
	return decode[R](t.name, value)
}

// reindex replaces the index entries of old by those of new; either may be nil.
func (t *Table[R]) reindex(tx Tx, account string, old, new *R) error {
	for _, x := range t.indexes {
		before, err := x.entries(account, old)
		if err != nil {
			return err
		}
		after, err := x.entries(account, new)
		if err != nil {
			return err
		}
		if err := replaceEntries(tx, before, after); err != nil {
			return err
		}
	}
	return nil
}

type entry struct{ key, target []byte }

func (x *Index[R]) entries(account string, r *R) ([]entry, error) {
	if r == nil {
		return nil, nil
	}
	own := x.table.key(r)
	target, err := encodeKey(account, x.table.name, own)
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, k := range x.keys(r) {
		if !x.unique {
			k = append(append(Key{}, k...), own...)
		}
		raw, err := encodeKey(account, x.name, k)
		if err != nil {
			return nil, err
		}
		list = append(list, entry{raw, target})
	}
	return list, nil
}

func replaceEntries(tx Tx, before, after []entry) error {
	for _, e := range before {
		if !hasEntry(after, e) {
			if err := tx.Delete(e.key); err != nil {
				return err
			}
		}
	}
	for _, e := range after {
		if !hasEntry(before, e) {
			if err := tx.Put(e.key, e.target); err != nil {
				return err
			}
		}
	}
	return nil
}

func hasEntry(list []entry, e entry) bool {
	for _, x := range list {
		if bytes.Equal(x.key, e.key) {
			return true
		}
	}
	return false
}

func (t *Table[R]) count(tx Tx, account string, delta int) error {
	if !t.counted {
		return nil
	}
	key := countKey(account, t.name)
	n, err := readCount(tx, key)
	if err != nil {
		return err
	}
	return tx.Put(key, binary.AppendUvarint(nil, uint64(n+delta)))
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

func scanRaw(tx Tx, account, table string, prefix, after Key) iter.Seq2[Item, error] {
	raw, err := encodeKey(account, table, prefix)
	if err != nil {
		return func(func(Item, error) bool) {} // nothing can be stored under it
	}
	var start []byte
	if after != nil {
		if start, err = encodeKey(account, table, after); err != nil {
			return func(yield func(Item, error) bool) { yield(Item{}, err) }
		}
	}
	return tx.Scan(raw, start)
}

// encodeKey ends every part with NUL, so that a key of some parts is the
// prefix of exactly the keys that begin with the same parts.
func encodeKey(account, table string, parts Key) ([]byte, error) {
	size := len(account) + len(table) + 2
	for _, p := range parts {
		size += len(p) + 1
	}
	raw := make([]byte, 0, size)
	raw = append(append(raw, account...), 0)
	raw = append(append(raw, table...), 0)
	for _, p := range parts {
		if strings.IndexByte(p, 0) >= 0 {
			return nil, errNUL
		}
		raw = append(append(raw, p...), 0)
	}
	return raw, nil
}

func countKey(account, table string) []byte {
	return []byte(account + "\x00#\x00" + table)
}

// Records are CBOR maps with small integer keys: compact, quick, and a field
// can be added or renamed without touching what is stored.
var (
	encoding = must(cbor.EncOptions{Time: cbor.TimeUnixDynamic, Sort: cbor.SortNone}.EncMode())
	decoding = must(cbor.DecOptions{}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func encode(r any) ([]byte, error) { return encoding.Marshal(r) }

func decode[R any](table string, value []byte) (*R, error) {
	r := new(R)
	if err := decoding.Unmarshal(value, r); err != nil {
		return nil, fmt.Errorf("%w: a record of table %s: %w", ErrDamaged, table, err)
	}
	return r, nil
}

// Fold returns the form of a name in which names that AWS takes for the same
// are equal: IAM's names are unique without regard to the case of ASCII letters.
func Fold(name string) string { return strings.ToLower(name) }
