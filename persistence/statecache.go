package persistence

import "sync"

// StateCache keeps what was derived from one state of a store. With the first
// View of a later state it forgets everything, so nothing in it is ever out of
// date; engines that do not number their states do without it. The zero value is
// empty and ready. It is safe for concurrent use, by the Views of one store.
type StateCache[K comparable, V any] struct {
	mu      sync.RWMutex
	version uint64
	entries map[K]*V
}

// stateCacheEntries bounds a cache; entries beyond it begin a new one.
const stateCacheEntries = 4096

// Get returns what was kept of the state that tx sees, or nil. It is shared, and
// must not be changed.
func (c *StateCache[K, V]) Get(tx Tx, k K) *V {
	version, numbered := Version(tx)
	if !numbered {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.version != version {
		return nil
	}
	return c.entries[k]
}

// Put keeps what was derived from the state that tx sees, unless a later one was
// seen since.
func (c *StateCache[K, V]) Put(tx Tx, k K, v *V) {
	version, numbered := Version(tx)
	if !numbered {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if version < c.version {
		return
	}
	if version > c.version || c.entries == nil || len(c.entries) >= stateCacheEntries {
		c.version, c.entries = version, map[K]*V{}
	}
	c.entries[k] = v
}
