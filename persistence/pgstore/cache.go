package pgstore

import "sync"

// cache keeps values that were read, each with the number of the state in which it was. A value
// is used in another state only if the key has not changed between them, so it is never out of
// date. It has two generations: what is used moves to the young one, and when that is full the
// old one is dropped.
type cache struct {
	mu         sync.RWMutex
	young, old map[string]known
	bytes      int // of young
}

// known is a value in a state; nil: the key was not there.
type known struct {
	value  []byte
	number uint64
}

const (
	generationBytes = 8 << 20
	keptBytes       = 100 // about what an entry takes in addition to its key and value
)

func (c *cache) get(key []byte) (k known, ok bool) {
	c.mu.RLock()
	k, ok = c.young[string(key)]
	if ok {
		c.mu.RUnlock()
		return k, true
	}
	k, ok = c.old[string(key)]
	c.mu.RUnlock()
	if ok {
		c.put(key, k)
	}
	return k, ok
}

// put keeps a value, unless one of a later state is there. The caller must not change it.
func (c *cache) put(key []byte, k known) {
	size := len(key) + len(k.value) + keptBytes
	if size > generationBytes/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if there, ok := c.young[string(key)]; ok {
		if there.number > k.number {
			return
		}
		c.bytes -= len(key) + len(there.value) + keptBytes
	}
	if c.young == nil || c.bytes+size > generationBytes {
		c.young, c.old, c.bytes = map[string]known{}, c.young, 0
	}
	c.young[string(key)] = k
	c.bytes += size
}
