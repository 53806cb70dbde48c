package lagstore

import (
	"bytes"
	"errors"
	"iter"
	"strings"

	"github.com/tidwall/btree"

	"github.com/understudy-iam/understudy/persistence"
)

// past is what keys held before some commits, the oldest of which counts.
type past struct {
	of     []*commit
	values *btree.Map[string, []byte] // nil values: the key was not there
}

func newPast(hidden []*commit) *past {
	p := &past{hidden, &btree.Map[string, []byte]{}}
	for i := len(hidden) - 1; i >= 0; i-- {
		for key, value := range hidden[i].before {
			p.values.Set(key, value)
		}
	}
	return p
}

// isOf reports whether the past is that of the commits. They are a piece of one
// history, so its ends tell.
func (p *past) isOf(hidden []*commit) bool {
	last := len(hidden) - 1
	return len(p.of) == len(hidden) && p.of[0] == hidden[0] && p.of[last] == hidden[last]
}

// overlaid is a transaction that shows the past above what it reads. It has no
// number: another of the same state may be less far behind.
type overlaid struct {
	tx   persistence.Tx
	past *past
}

// Get implements persistence.Tx.
func (o *overlaid) Get(key []byte) ([]byte, error) {
	value, ok := o.past.values.Get(string(key))
	switch {
	case !ok:
		return o.tx.Get(key)
	case value == nil:
		return nil, persistence.ErrNotFound
	}
	return value, nil
}

// Put implements persistence.Tx: the past cannot be changed.
func (o *overlaid) Put([]byte, []byte) error { return persistence.ErrReadOnly }

// Delete implements persistence.Tx: the past cannot be changed.
func (o *overlaid) Delete([]byte) error { return persistence.ErrReadOnly }

// errStopped ends a scan whose reader wants no more.
var errStopped = errors.New("lagstore: stopped")

// Scan implements persistence.Tx: the pairs of both in one order, the past in the
// place of the present.
func (o *overlaid) Scan(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		old := newCursor(o.past.values, prefix, after)
		for item, err := range o.tx.Scan(prefix, after) {
			if err != nil {
				yield(persistence.Item{}, err)
				return
			}
			if old.until(item.Key, yield) != nil {
				return
			}
			if old.at(item.Key) {
				continue // the cursor yields it with the next key
			}
			if !yield(item, nil) {
				return
			}
		}
		_ = old.until(nil, yield)
	}
}

// cursor goes through the values of the past below a prefix.
type cursor struct {
	iter   btree.MapIter[string, []byte]
	prefix string
	more   bool
}

func newCursor(values *btree.Map[string, []byte], prefix, after []byte) *cursor {
	c := &cursor{iter: values.Iter(), prefix: string(prefix)}
	from := string(prefix)
	if after != nil {
		from = max(from, string(after)+"\x00")
	}
	c.more = c.iter.Seek(from) && strings.HasPrefix(c.iter.Key(), c.prefix)
	return c
}

// until yields what is before the key, everything if it is nil. It returns
// errStopped if the reader wants no more.
func (c *cursor) until(key []byte, yield func(persistence.Item, error) bool) error {
	for c.more && (key == nil || c.iter.Key() < string(key)) {
		item := persistence.Item{Key: []byte(c.iter.Key()), Value: c.iter.Value()}
		c.more = c.iter.Next() && strings.HasPrefix(c.iter.Key(), c.prefix)
		if item.Value != nil && !yield(item, nil) {
			return errStopped
		}
	}
	return nil
}

// at reports whether the cursor is at the key.
func (c *cursor) at(key []byte) bool { return c.more && bytes.Equal([]byte(c.iter.Key()), key) }
