package persistence

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"
)

// Changes tells whether parts of a store are the same in two of its states. An engine
// that numbers its states keeps one, and the transactions that have a version give it
// out (see Changing).
//
// It remembers neither keys nor states, but has a number of places. Each key has one,
// and so has each range of keys that begin with the same parts; a place holds the
// number of the last state that has changed something in it. Some keys share a place:
// then what is the same can look changed, and never the other way round.
//
// Make one with NewChanges. It is safe for concurrent use.
type Changes struct {
	seed maphash.Seed
	last [changePlaces]atomic.Uint64
}

// changePlaces is so large that a transaction, which changes some ten places, seldom
// meets one that somebody has read.
const changePlaces = 1 << 15

// NewChanges returns the Changes of a store that has just been opened.
func NewChanges() *Changes { return &Changes{seed: maphash.MakeSeed()} }

// Note says that key may have another value in the state with the number, and in
// those after it, than in those before. An engine calls it for each key that a
// transaction writes, before anybody can see what the transaction has written.
func (c *Changes) Note(number uint64, key string) {
	c.last[c.place(key)].Store(number)
	c.last[c.place("")].Store(number)
	for i := range len(key) {
		if key[i] == 0 { // the key is in the range of those that begin like this
			c.last[c.place(key[:i+1])].Store(number)
		}
	}
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

// Changing is a Tx of an engine that tells what has changed between its states.
type Changing interface {
	Versioned
	Changes() *Changes
}
