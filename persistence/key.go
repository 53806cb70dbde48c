package persistence

import (
	"errors"
	"iter"
	"strings"
)

// Key is the key of a record within its table and account: one or more parts,
// compared in order. No part may hold a NUL character.
type Key []string

// errNUL is returned when a part of a key holds the separator.
var errNUL = errors.New("persistence: a key part holds a NUL character")

// A place is where the records of a table or the entries of an index are.
type place struct {
	name  string
	names uint8 // bit i: part i of the keys is a name
}

func (p *place) foldsPart(part int) { p.names |= 1 << part }

func (p *place) isName(part int) bool { return p.names&(1<<part) != 0 }

// folded folds the names in the parts of a key, in place.
func (p *place) folded(key Key) Key {
	for i := range key {
		if p.isName(i) {
			key[i] = Fold(key[i])
		}
	}
	return key
}

// items yields what is stored under keys that begin with the parts of prefix.
func (p *place) items(tx Tx, account string, prefix, after Key) iter.Seq2[Item, error] {
	raw, err := p.encode(account, prefix)
	if err != nil {
		return func(func(Item, error) bool) {} // nothing can be stored under such a key
	}
	var start []byte
	if after != nil {
		if start, err = p.encode(account, after); err != nil {
			return func(yield func(Item, error) bool) { yield(Item{}, err) }
		}
	}
	return tx.Scan(raw, start)
}

// encode folds names and ends every part with NUL, so that a key of some parts is
// the prefix of exactly the keys that begin with the same parts.
func (p *place) encode(account string, parts Key) ([]byte, error) {
	size := len(account) + len(p.name) + 2
	for _, part := range parts {
		size += len(part) + 1
	}
	raw := make([]byte, 0, size)
	raw = append(append(raw, account...), 0)
	raw = append(append(raw, p.name...), 0)
	for i, part := range parts {
		if strings.IndexByte(part, 0) >= 0 {
			return nil, errNUL
		}
		if p.isName(i) {
			part = Fold(part)
		}
		raw = append(append(raw, part...), 0)
	}
	return raw, nil
}

// Place is a key of a store, taken apart: where its record or index entry is.
type Place struct {
	Account string
	Table   string
	Index   string // the index of the table; empty: the key is that of a record
	Parts   Key    // as they are stored: names are folded
}

// PlaceOf parses a key; false if it is the key of a count, or not one that a table keeps.
func PlaceOf(key []byte) (p Place, ok bool) {
	account, rest, _ := strings.Cut(string(key), "\x00")
	table, rest, ok := strings.Cut(rest, "\x00")
	if !ok || table == countTable {
		return p, false
	}
	p = Place{Account: account}
	p.Table, p.Index, _ = strings.Cut(table, "/")
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "\x00")
		p.Parts = append(p.Parts, part)
	}
	return p, true
}

// Name returns the name of the table or index in keys.
func (p *place) Name() string { return p.name }

// Fold returns the form of a name that is equal for all names that AWS considers the
// same: IAM's names are unique without regard to the case of ASCII letters.
func Fold(name string) string { return strings.ToLower(name) }

// SameName reports whether AWS considers two names the same.
func SameName(a, b string) bool { return Fold(a) == Fold(b) }

// CompareNames orders names as the tables whose keys are names do.
func CompareNames(a, b string) int { return strings.Compare(Fold(a), Fold(b)) }
