package overlay

import (
	"bytes"

	"github.com/understudy-iam/understudy/persistence"
)

// Write is what an Update has written under a key.
type Write struct {
	Value   []byte // not nil, unless the key is deleted
	Deleted bool
}

// shown is the Value of a Write; nil if its key is deleted.
func shown(w Write) []byte { return w.Value }

// Writes are what the transaction of an Update has written so far, by key. An engine keeps
// them until it commits, and lays them over what the Update reads.
type Writes struct{ Values[Write] }

// Put writes a copy of a value.
func (w *Writes) Put(key, value []byte) { w.Set(string(key), Write{Value: append([]byte{}, value...)}) }

// Delete deletes a key.
func (w *Writes) Delete(key []byte) { w.Set(string(key), Write{Deleted: true}) }

// Read returns what the Update itself has written under a key, and whether it has written
// anything there. If it has deleted the key, the error is persistence.ErrNotFound.
func (w *Writes) Read(key []byte) (value []byte, written bool, err error) {
	own, written := w.Get(string(key))
	if written && own.Deleted {
		return nil, true, persistence.ErrNotFound
	}
	return own.Value, written, nil
}

// Over shows what has been written until now over what a transaction reads.
func (w *Writes) Over(under persistence.Tx) *Tx[Write] {
	return &Tx[Write]{Under: under, Values: w.Copy(), Of: shown}
}

// First returns the smallest key that a Scan with these arguments may yield.
func First(prefix, after []byte) []byte {
	if after == nil {
		return prefix
	}
	next := append(bytes.Clone(after), 0)
	if bytes.Compare(next, prefix) < 0 {
		return prefix
	}
	return next
}
