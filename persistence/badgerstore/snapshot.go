package badgerstore

import (
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
)

// snapshot is the state after a commit. All transactions that begin before the
// next one share it: to begin a transaction of Badger costs more than to read a
// few records, and Badger's read-only transactions may be used by many
// goroutines at once.
type snapshot struct {
	txn    *badger.Txn
	number uint64       // of the last transaction in it; 0 in memory
	uses   atomic.Int64 // by transactions, and one by the store for each name that it has there

	mu   sync.RWMutex
	kept map[string][]byte // values that Views got, by key
}

// Bounds of what a snapshot keeps: values, and bytes of one.
const (
	maxKept      = 1024
	maxKeptValue = 4 << 10
)

// get returns a value that was kept.
func (s *snapshot) get(key []byte) ([]byte, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, ok := s.kept[string(key)]
	return value, ok
}

// keep remembers a value, since one request, and the next, read the same few
// records again: the key, the user, its account. When there are too many, it
// begins anew.
func (s *snapshot) keep(key, value []byte) {
	if len(value) > maxKeptValue {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= maxKept {
		s.kept = map[string][]byte{}
	}
	s.kept[string(key)] = value
}

// release ends one use. Badger may drop what only this snapshot shows when the
// last use ends.
func (s *snapshot) release() {
	if s.uses.Add(-1) == 0 {
		s.txn.Discard()
	}
}

// renew makes the state as it is now the one that Updates see, and Views too
// unless they wait for it to be on the medium.
func (s *store) renew() {
	next := &snapshot{txn: s.db.NewTransaction(false), number: s.number}
	next.uses.Store(1)
	s.life.Lock()
	last := s.head
	s.head = next
	show := s.latest == nil || !s.waits()
	s.life.Unlock()
	if last != nil {
		last.release()
	}
	if show {
		s.publish(next)
	}
}

// publish makes a state the one that Views see.
func (s *store) publish(next *snapshot) {
	next.uses.Add(1)
	s.life.Lock()
	last := s.latest
	s.latest = next
	s.life.Unlock()
	if last != nil {
		last.release()
	}
}

// waits tells whether each Update waits for the medium.
func (s *store) waits() bool { return s.sync != nil && s.sync.each }
