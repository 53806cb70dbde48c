package history

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// Position runs f on the state at the position, with nothing of what is noted after it.
func (s *Store) Position(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error {
		_, at := s.undone(tx, false)
		return f(at)
	})
}

// Next runs f on the state after the next note, and moves the position after it if f
// returns nil. It does nothing if there is no next note. The Update of the note must
// have returned; those of answered calls have, and all before them.
func (s *Store) Next(ctx context.Context, f func(*Note, persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error {
		n, at := s.undone(tx, true)
		if n == nil {
			return nil
		}
		if err := f(n, at); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.notes) > 0 && s.notes[0] == n {
			s.pop()
		}
		return nil
	})
}

// undone returns the state at the position, or after the next note. The transaction was
// begun before the notes are read, so that each change that it shows is noted.
func (s *Store) undone(tx persistence.Tx, afterNext bool) (next *Note, at persistence.Tx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := s.notes
	if len(rest) == 0 {
		return nil, tx
	}
	values := s.values.Copy()
	if afterNext {
		next, rest = rest[0], rest[1:]
		without(values, next)
		for key, value := range next.after { // others may have written it since
			values.Set(key, []held{{next.Number, value}})
		}
	}
	if len(rest) == 0 && (next == nil || next.after == nil) {
		return next, tx
	}
	o := &overlay.Tx[[]held]{Under: tx, Values: values, Of: oldest}
	if c, ok := tx.(persistence.Changing); ok && !s.shared && rest[0].known {
		return next, &numbered{o, rest[0].began, c.Changes()}
	}
	return next, o
}

func oldest(list []held) []byte { return list[0].value }

// numbered is a state with its number: that of the state with which the Update of the
// first undone note began.
type numbered struct {
	persistence.Tx
	number  uint64
	changes *persistence.Changes
}

// Version implements persistence.Versioned.
func (n *numbered) Version() (uint64, bool) { return n.number, true }

// Changes implements persistence.Changing.
func (n *numbered) Changes() *persistence.Changes { return n.changes }

// Of returns the number of the last note of a call after the position, and false if
// there is none.
func (s *Store) Of(call string) (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number, ok := s.calls[call]
	return number, ok
}

// At returns the number of the next note, and false if there is none.
func (s *Store) At() (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.notes) == 0 {
		return 0, false
	}
	return s.notes[0].Number, true
}

// Latest returns the number of the last note so far, after its Update has ended.
func (s *Store) Latest(ctx context.Context) (last uint64, err error) {
	err = s.Store.Update(ctx, func(persistence.Tx) error { // no other Update runs now
		s.mu.Lock()
		defer s.mu.Unlock()
		last = s.last
		return nil
	})
	return last, err
}

// Lost returns how many notes were dropped since the last call of Lost, because they took
// too much memory. The position is after them.
func (s *Store) Lost() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.lost
	s.lost = 0
	return n
}
