package badgerstore

import (
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
)

// snapshot is the state after a commit. All transactions that begin before the next
// commit share it: beginning a transaction of Badger costs more than reading a few
// records, and Badger's read-only transactions may be used by many goroutines at once.
type snapshot struct {
	txn    *badger.Txn
	number uint64       // of the last transaction in it; 0 in memory
	uses   atomic.Int64 // by transactions, and by the store as its head and as its latest

	mu   sync.RWMutex
	kept map[string][]byte // values that Views got, by key
}

// Limits of what a snapshot keeps: the number of values, and the bytes of each.
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

// keep remembers a value, since a request and those after it read the same few records
// again: the key, the user, the account. When there are too many, it starts again from
// none.
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

// release ends one use. After the last one Badger may drop what only this snapshot shows.
func (s *snapshot) release() {
	if s.uses.Add(-1) == 0 {
		s.txn.Discard()
	}
}

// renew makes the present state the one that Updates see. Views see it too, unless they
// must wait until it is on the medium.
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

// publish makes next the state that Views see.
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
