package persistence

import (
	"fmt"
	"iter"
)

// A Queue is a table that knows the order of its records, so that the oldest can be
// dropped for new ones. It is for records that callers can create without limit.
type Queue[R any] struct {
	*Table[R]
	order  *Index[R]
	number func(*R) *uint64 // the field that Add sets; nil: the order does not depend on one
}

// Bound is how much of a queue an account keeps.
type Bound struct {
	Records int
	Bytes   int // as they are stored
}

// newQueue makes a queue whose order is that of numbers given by Add, since a clock can
// stop or go back. The number is 0 in a record of an earlier version.
func newQueue[R any](name string, key func(*R) Key, number func(*R) *uint64) *Queue[R] {
	q := newQueueBy(name, key, func(r *R) uint64 { return *number(r) })
	q.number = number
	return q
}

// newQueueBy makes a queue whose order follows from its records; a record whose order is 0
// is not in it.
func newQueueBy[R any](name string, key func(*R) Key, order func(*R) uint64) *Queue[R] {
	t := newTable(name, key).withCount()
	t.sized = true
	return &Queue[R]{Table: t, order: newIndex(t, "order", func(r *R) []Key {
		if n := order(r); n > 0 {
			return []Key{{orderKey(n)}}
		}
		return nil
	})}
}

// orderKey returns a key part that sorts as the number does.
func orderKey(n uint64) string { return fmt.Sprintf("%016x", n) }

// Add stores a new record, as the youngest if the queue gives numbers.
func (q *Queue[R]) Add(tx Tx, account string, r *R) error {
	if q.number == nil {
		return q.Put(tx, account, r)
	}
	key := countKey(account, q.name+"/last")
	n, err := readCount(tx, key)
	if err != nil {
		return err
	}
	*q.number(r) = uint64(n + 1)
	if err := writeCount(tx, key, n+1); err != nil {
		return err
	}
	return q.Put(tx, account, r)
}

// Oldest yields the records in their order.
func (q *Queue[R]) Oldest(tx Tx, account string) iter.Seq2[*R, error] {
	return q.order.Scan(tx, account, nil, nil)
}

// Youngest returns the record that was added last, or ErrNotFound if it is gone. It is
// for queues that give numbers.
func (q *Queue[R]) Youngest(tx Tx, account string) (*R, error) {
	n, err := readCount(tx, countKey(account, q.name+"/last"))
	if err != nil {
		return nil, err
	}
	return q.order.First(tx, account, orderKey(uint64(n)))
}

// Keep adds a record. It first drops the oldest records, as far as the fate allows, until
// there is room for one more within the bound. Without room it adds nothing and returns
// false.
func (q *Queue[R]) Keep(tx Tx, account string, r *R, f Fate[R]) (bool, error) {
	room, err := q.makeRoom(tx, account, f)
	if err != nil || !room {
		return false, err
	}
	return true, q.Add(tx, account, r)
}

func (q *Queue[R]) makeRoom(tx Tx, account string, f Fate[R]) (bool, error) {
	if err := q.adopt(tx, account); err != nil {
		return false, err
	}
	full, err := q.full(tx, account, f.Bound)
	if err != nil {
		return false, err
	}
	for r, err := range q.Oldest(tx, account) {
		if err != nil {
			return false, err
		}
		old := f.Old != nil && f.Old(r)
		if !full && !old {
			break
		}
		if f.Keep != nil && f.Keep(r) {
			continue
		}
		if err := q.drop(tx, account, r, f); err != nil {
			return false, err
		}
		if full, err = q.full(tx, account, f.Bound); err != nil {
			return false, err
		}
	}
	return !full, nil
}

// Fate says which records of a queue are dropped and which are kept. Each function may be
// nil.
type Fate[R any] struct {
	Bound
	Old  func(*R) bool  // the record is dropped even if there is room
	Keep func(*R) bool  // the record is not dropped even if there is no room
	Drop func(*R) error // called with each that is dropped
}

func (q *Queue[R]) drop(tx Tx, account string, r *R, f Fate[R]) error {
	if f.Drop != nil {
		if err := f.Drop(r); err != nil {
			return err
		}
	}
	return q.Delete(tx, account, q.key(r)...)
}

// full reports whether one more record would be too many. A record that is larger than the
// whole bound is kept alone.
func (q *Queue[R]) full(tx Tx, account string, b Bound) (bool, error) {
	n, err := q.Count(tx, account)
	if err != nil || n >= b.Records {
		return err == nil, err
	}
	size, err := readCount(tx, sizeKey(account, q.name))
	return size >= b.Bytes, err
}

// adopt counts the records of an earlier version, which had neither an order nor a count.
// If the count is not zero they have already been adopted.
func (q *Queue[R]) adopt(tx Tx, account string) error {
	n, err := q.Count(tx, account)
	if err != nil || n > 0 {
		return err
	}
	var list []*R
	for r, err := range q.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		list = append(list, r)
		if err := q.Delete(tx, account, q.key(r)...); err != nil {
			return err
		}
	}
	for _, r := range list { // only now: deleting more would reduce the count of these
		if err := q.Add(tx, account, r); err != nil {
			return err
		}
	}
	return nil
}
