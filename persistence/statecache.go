package persistence

import "sync"

// StateCache keeps what was derived from the states of a store, each with what was
// read for it. It gives it out where all that is still the same, so nothing in it is
// ever out of date; engines that do not number their states do without it. The zero
// value is empty and ready. It is safe for concurrent use, by the Views of one store.
type StateCache[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]*derived[V]
}

// derived is a value and what was read for it.
type derived[V any] struct {
	value *V
	reads *Reads
}

// stateCacheEntries bounds a cache; entries beyond it begin a new one.
const stateCacheEntries = 4096

// Get returns what was kept if it holds in the state that tx shows, or nil. It is
// shared, and must not be changed. What it was derived from counts as read in tx.
func (c *StateCache[K, V]) Get(tx Tx, k K) *V {
	c.mu.RLock()
	d := c.entries[k]
	c.mu.RUnlock()
	if d == nil || !d.reads.Hold(tx) {
		return nil
	}
	d.reads.add(tx)
	return d.value
}

// Put keeps what was derived in tx, which is one of Noting, unless something of a
// later state is there.
func (c *StateCache[K, V]) Put(tx Tx, k K, v *V) {
	n, ok := tx.(*noting)
	if !ok || !n.reads.numbered {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[k]; old != nil && old.reads.version > n.reads.version {
		return
	}
	if c.entries == nil || len(c.entries) >= stateCacheEntries {
		c.entries = map[K]*derived[V]{}
	}
	c.entries[k] = &derived[V]{v, n.reads}
}
