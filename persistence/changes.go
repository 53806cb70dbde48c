package persistence

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"
)

// Changes tells whether parts of a store are the same in two of its states. An engine
// that numbers its states keeps a Changes, and returns it from the transactions that
// have a version (see Changing).
//
// It remembers neither keys nor states, but has a fixed number of places. Each key
// belongs to a place, and so does each range of keys that begin with the same parts; a
// place holds the number of the last state that changed something in it. Several keys
// can share a place: then something unchanged can look changed, but never the other way
// round.
//
// Make one with NewChanges. It is safe for concurrent use.
type Changes struct {
	seed maphash.Seed
	last [changePlaces]atomic.Uint64
}

// changePlaces is large enough that a transaction, which changes about ten places, seldom
// changes one that somebody has read only because keys share it.
const changePlaces = 1 << 15

// NewChanges returns the Changes of a store that has just been opened.
func NewChanges() *Changes { return &Changes{seed: maphash.MakeSeed()} }

// Note says that key may have another value in the state with the number, and in
// those after it, than in those before. An engine calls it for each key that a
// transaction writes, before anybody can see what the transaction has written. The order
// of the numbers does not matter.
func (c *Changes) Note(number uint64, key string) {
	raise(&c.last[c.place(key)], number)
	raise(&c.last[c.place("")], number)
	for i := range len(key) {
		if key[i] == 0 { // the key is in the range of those that begin like this
			raise(&c.last[c.place(key[:i+1])], number)
		}
	}
}

// NoteAll says that every key may have another value in the state with the number than in
// those before. An engine calls it if it cannot tell which keys have changed.
func (c *Changes) NoteAll(number uint64) {
	for i := range c.last {
		raise(&c.last[i], number)
	}
}

// raise stores the number, unless there is a greater one.
func raise(last *atomic.Uint64, number uint64) {
	for old := last.Load(); old < number && !last.CompareAndSwap(old, number); old = last.Load() {
	}
}

// Same reports whether the key certainly has the same value in the states with these numbers.
// The commits up to both must have been noted.
func (c *Changes) Same(key []byte, a, b uint64) bool {
	return a == b || c.last[c.keyPlace(key)].Load() <= min(a, b)
}

func (c *Changes) place(key string) uint16 {
	return uint16(maphash.String(c.seed, key) % changePlaces)
}

// keyPlace is the place of a key.
func (c *Changes) keyPlace(key []byte) uint16 {
	return uint16(maphash.Bytes(c.seed, key) % changePlaces)
}

// rangePlace is the place of the keys that begin with the whole parts of prefix,
// among which are those that begin with prefix.
func (c *Changes) rangePlace(prefix []byte) uint16 {
	return c.keyPlace(prefix[:bytes.LastIndexByte(prefix, 0)+1])
}

// Changing is a Tx of an engine that knows what has changed between its states.
type Changing interface {
	Versioned
	Changes() *Changes
}
