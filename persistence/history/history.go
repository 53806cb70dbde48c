// Package history shows what each Update of a store has changed, one after the other:
// the state before it, its writes, and the state after it, no matter how much later.
//
// A Store passes everything to the engine below it. While it notes, it keeps for each
// Update what the written keys held before. Its position is after the last Update that
// was looked at. To show the state at the position, it undoes the Updates after it.
//
// It guarantees that
//   - each Update is noted once, in the order of the commits, with the writes of the run
//     of its function that was committed;
//   - the noted keys of a shown state are those of one moment;
//   - a Store that does not note costs nothing except the test of a flag.
//
// # Caveats
//
// It relies on an engine that runs the functions of the Updates of this process one at a
// time, each when the one before is committed or given up, as the engines here do: so
// functions end in the order of the commits. What other processes write into a shared engine
// is not noted, and is seen in the states before and after a note, except in the keys that the
// note has written: these are as they were then. Such states have no number. The
// size of the notes is limited; when they exceed it, the position moves on although
// nobody has looked (see Lost).
package history

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// DefaultBytes is how many bytes the notes may take, approximately: 32 MiB.
const DefaultBytes = 32 << 20

// keyBytes is approximately what a noted key takes in addition to its own bytes.
const keyBytes = 200

// Options configures a Store; the zero value works.
type Options struct {
	// Noted reports whether a key is noted; nil: each is. Other keys are shown as they are now.
	Noted func(key []byte) bool

	// Call returns the name of the call that an Update belongs to, empty for none. Nil: no
	// Update belongs to a call.
	Call func(ctx context.Context) string

	Bytes int // how many bytes notes may take; 0: DefaultBytes
}

// Store is a persistence.Store on another one. Make one with New. The position is moved
// by one goroutine at a time.
type Store struct {
	persistence.Store

	options Options
	shared  bool // other processes write too
	noting  atomic.Bool

	mu     sync.Mutex // guards the fields below
	last   uint64     // the number of the last note
	notes  []*Note    // those after the position, the oldest first
	values *overlay.Values[[]held]
	calls  map[string]uint64 // the number of the last note of each call
	bytes  int
	lost   int
}

// Note is an Update that has written noted keys.
type Note struct {
	Number uint64            // greater than that of the one before
	Call   string            // as Options.Call names it
	Before map[string][]byte // what its written keys held before; nil for a key that was not there

	after map[string][]byte // what it has written, if the engine is shared; nil: it has deleted the key
	began uint64            // the number of the state that it began with, if the engine has one
	known bool
	bytes int
}

// held is what a key held before the note with the number. There is a list of them for
// each key, the oldest first; it is only appended to, and never changed otherwise.
type held struct {
	number uint64
	value  []byte
}

// New makes a Store on an engine. It notes nothing before Start.
func New(engine persistence.Store, o Options) *Store {
	if o.Noted == nil {
		o.Noted = func([]byte) bool { return true }
	}
	if o.Call == nil {
		o.Call = func(context.Context) string { return "" }
	}
	if o.Bytes <= 0 {
		o.Bytes = DefaultBytes
	}
	s := &Store{Store: engine, options: o, shared: persistence.IsShared(engine)}
	s.forget()
	return s
}

// Shared says whether the engine is; see persistence.IsShared.
func (s *Store) Shared() bool { return s.shared }

// forget drops all notes: the position is the present.
func (s *Store) forget() {
	s.notes, s.values, s.calls, s.bytes = nil, &overlay.Values[[]held]{}, map[string]uint64{}, 0
}

// Start notes each Update from now on, unless it does so already.
func (s *Store) Start(ctx context.Context) error {
	if s.noting.Load() {
		return nil
	}
	return s.Store.Update(ctx, func(persistence.Tx) error { // no other Update runs now
		s.noting.Store(true)
		return nil
	})
}

// Stop ends the noting and forgets all notes.
func (s *Store) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noting.Store(false)
	s.forget()
	s.lost = 0
}

// Update implements persistence.Store.
func (s *Store) Update(ctx context.Context, f func(persistence.Tx) error) error {
	var noted *Note
	err := s.Store.Update(ctx, func(tx persistence.Tx) error {
		s.drop(noted) // of a run before
		noted = nil
		if !s.noting.Load() {
			return f(tx)
		}
		n := &Note{Call: s.options.Call(ctx)}
		n.began, n.known = persistence.Version(persistence.Before(tx))
		r := overlay.Record(tx, s.options.Noted)
		if s.shared {
			r.Written = map[string][]byte{}
		}
		if err := f(r); err != nil {
			return err
		}
		n.Before, n.after, n.bytes = r.Values, r.Written, r.Bytes+keyBytes*len(r.Values)
		noted = s.note(n)
		return nil
	})
	if err != nil {
		s.drop(noted)
	}
	return err
}

// note adds a note before its Update is committed: until then undoing it changes
// nothing. It returns nil if there is nothing to note.
func (s *Store) note(n *Note) *Note {
	if len(n.Before) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.noting.Load() {
		return nil
	}
	s.last++
	n.Number = s.last
	s.notes = append(s.notes, n)
	s.bytes += n.bytes
	if n.Call != "" {
		s.calls[n.Call] = n.Number
	}
	for key, value := range n.Before {
		list, _ := s.values.Get(key)
		s.values.Set(key, append(list, held{n.Number, value}))
	}
	for s.bytes > s.options.Bytes && len(s.notes) > 0 {
		s.pop()
		s.lost++
	}
	return n
}

// drop takes back a note whose Update was not committed.
func (s *Store) drop(n *Note) {
	if n == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.notes {
		if other == n {
			s.notes = append(s.notes[:i:i], s.notes[i+1:]...)
			s.take(n)
			return
		}
	}
}

// pop moves the position after the next note.
func (s *Store) pop() {
	n := s.notes[0]
	s.notes[0] = nil
	s.notes = s.notes[1:]
	s.take(n)
}

// take removes the note's entries from the values and calls.
func (s *Store) take(n *Note) {
	s.bytes -= n.bytes
	if s.calls[n.Call] == n.Number {
		delete(s.calls, n.Call)
	}
	without(s.values, n)
}

// without takes from the values what keys held before the note. It changes no list.
func without(values *overlay.Values[[]held], n *Note) {
	for key := range n.Before {
		list, _ := values.Get(key)
		switch {
		case len(list) == 0:
		case list[0].number == n.Number && len(list) == 1:
			values.Delete(key)
		case list[0].number == n.Number:
			values.Set(key, list[1:])
		default: // its Update was given up, and it is not the oldest
			values.Set(key, dropped(list, n.Number))
		}
	}
}

// dropped returns the list without the note.
func dropped(list []held, number uint64) (rest []held) {
	for _, h := range list {
		if h.number != number {
			rest = append(rest, h)
		}
	}
	return rest
}
