package persistence

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
)

// An Index finds the records of a table by other parts than their key. Its
// keys need not be unique: the record's key is appended, unless the index is
// said to be unique.
type Index[R any] struct {
	place
	table  *Table[R]
	keys   func(*R) []Key
	unique bool
}

// newIndex adds an index to the table. keys gives a record's index keys, none
// if the record is not in the index.
func newIndex[R any](t *Table[R], name string, keys func(*R) []Key) *Index[R] {
	x := &Index[R]{place: place{name: t.name + "/" + name}, table: t, keys: keys}
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

// withNames says which part of the index keys is a name, as of a Table.
func (x *Index[R]) withNames(part int) *Index[R] {
	x.foldsPart(part)
	return x
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
	raw, err := x.encode(account, key)
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
	r, _, err := x.table.load(tx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("%w: index %s points to no record", ErrDamaged, x.name)
	}
	return r, err
}

// Any reports whether a record is under the index key.
func (x *Index[R]) Any(tx Tx, account string, key ...string) (bool, error) {
	for _, err := range x.items(tx, account, key, nil) {
		return err == nil, err
	}
	return false, nil
}

// Count returns how many records are under the index key, by counting them.
func (x *Index[R]) Count(tx Tx, account string, key ...string) (int, error) {
	n := 0
	for _, err := range x.items(tx, account, key, nil) {
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
		for item, err := range x.items(tx, account, prefix, after) {
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
	own := x.table.Key(r)
	target, err := x.table.encode(account, own)
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, k := range x.keys(r) {
		if !x.unique {
			k = append(append(Key{}, k...), own...)
		}
		raw, err := x.encode(account, k)
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
