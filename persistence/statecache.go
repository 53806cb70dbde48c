package persistence

import "sync"

// StateCache keeps values that were derived from the states of a store, each with what was
// read for it. It returns a value only if all of that is still the same, so it never
// returns an outdated one. With an engine that does not number its states it keeps
// nothing. The zero value is empty and ready. It is safe for concurrent use, by the Views
// of one store.
type StateCache[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]*derived[V]
}

// derived is a value and what was read for it.
type derived[V any] struct {
	value *V
	reads *Reads
}

// stateCacheEntries limits a cache; when it is full, it is emptied before the next entry.
const stateCacheEntries = 4096

// Get returns the kept value if it holds in the state that tx shows, or nil. The value is
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

// Put keeps a value that was derived in tx, which must be from Noting, unless the cache has
// a value of a later state.
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
