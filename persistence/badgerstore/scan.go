package badgerstore

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/tidwall/btree"

	"github.com/understudy-iam/understudy/persistence"
)

// Scan implements persistence.Tx. A scan of an Update sees the writes that were
// done before it began.
func (t *tx) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		if t.at == nil {
			yield(persistence.Item{}, errEnded)
			return
		}
		from := first(prefix, after)
		m := merge{yield: yield}
		if t.own != nil && t.own.Len() > 0 {
			m.start(t.own.Copy(), prefix, from)
		}
		if t.scanBase(prefix, from, m.base) {
			m.rest()
		}
	}
}

// first returns the smallest key that a scan may yield.
func first(prefix, after []byte) []byte {
	if after == nil {
		return prefix
	}
	next := append(bytes.Clone(after), 0)
	if bytes.Compare(next, prefix) < 0 {
		return prefix
	}
	return next
}

// scanBase calls visit with the snapshot's pairs until it returns false, and reports
// whether it reached the end.
func (t *tx) scanBase(prefix, from []byte, visit func(*badger.Item, *tx) bool) bool {
	options := badger.DefaultIteratorOptions
	options.PrefetchValues = false // values are stored next to their keys
	options.Prefix = pairKey(prefix)
	it := t.at.txn.NewIterator(options)
	defer it.Close()
	for it.Seek(pairKey(from)); it.Valid(); it.Next() {
		if !visit(it.Item(), t) {
			return false
		}
	}
	return true
}

// merge yields a snapshot's pairs and an Update's own writes in one order.
type merge struct {
	yield  func(persistence.Item, error) bool
	own    btree.MapIter[string, write]
	prefix string
	more   bool // own is on a write that is not yet yielded
}

func (m *merge) start(own *writes, prefix, from []byte) {
	m.own, m.prefix = own.Iter(), string(prefix)
	m.more = m.own.Seek(string(from)) && strings.HasPrefix(m.own.Key(), m.prefix)
}

// base takes the snapshot's next pair, and yields it after the own writes before
// it, unless one of them replaces it.
func (m *merge) base(item *badger.Item, t *tx) bool {
	key := item.Key()[1:]
	for m.more && m.own.Key() < string(key) {
		if !m.step() {
			return false
		}
	}
	if m.more && m.own.Key() == string(key) {
		return m.step()
	}
	value, err := t.value(item)
	if err != nil {
		m.yield(persistence.Item{}, fmt.Errorf("persistence: scanning: %w", err))
		return false
	}
	return m.yield(persistence.Item{Key: key, Value: value}, nil)
}

// rest yields the own writes after the snapshot's last pair.
func (m *merge) rest() {
	for m.more && m.step() {
	}
}

// step yields the current own write, if it is not a deletion, and moves on.
func (m *merge) step() bool {
	key, w := m.own.Key(), m.own.Value()
	m.more = m.own.Next() && strings.HasPrefix(m.own.Key(), m.prefix)
	return w.deleted || m.yield(persistence.Item{Key: []byte(key), Value: w.value}, nil)
}
