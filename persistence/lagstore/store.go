// Package lagstore shows a store as it was some time ago, as IAM's readers see
// it: IAM is eventually consistent, and a new role or key is unknown for a while.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
//
// A Store passes everything to the engine below it. While it records, it notes before
// each commit what the keys held that the commit changes. For a context with a lag
// (persistence.WithLag) it lays these notes over what the engine shows, the youngest
// first.
//
// It guarantees that
//   - a View whose context lags by d sees one moment: the state after the last
//     Update that is at least d old;
//   - an Update sees and changes the present, and persistence.Lagged of its
//     transaction is what a View of its context would see;
//   - a View that sees less than the present has no version, so that nothing
//     derived from it is kept for others;
//   - a Store that does not record costs nothing except the test of a flag.
//
// # Caveats
//
// Only what is committed through the Store is noted, and only since Record was called:
// what was there before, and what other processes commit to a shared engine, is seen at once. Notes older than every lag are dropped,
// and the oldest ones if there are too many; what they hid is then seen. Moving the clock
// back ends the lag of what was committed after the time to which it is moved.
package lagstore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// Limits of what is noted. The oldest commit is dropped for the newest.
const (
	maxNoted      = 100_000  // keys
	maxNotedBytes = 64 << 20 // of keys and of what they held
	maxPasts      = 8        // different lags for which merged notes are kept
)

// Options configures a Store; the zero value works.
type Options struct {
	// Now is the clock by which commits get older; nil: time.Now.
	Now func() time.Time

	// Except reports whether everybody sees a key as it is; nil: there are no such keys.
	Except func(key []byte) bool
}

// Store is a persistence.Store on another one. Make one with New.
type Store struct {
	persistence.Store

	options   Options
	recording atomic.Bool

	writer persistence.Turn // of an Update that is recorded

	mu      sync.Mutex // guards the fields below
	keep    time.Duration
	history []*commit               // the oldest first; never changed in place
	noted   int                     // keys in history
	bytes   int                     // of them, and of what they held
	pasts   map[time.Duration]*past // the last one that was made for each lag
}

// commit is what an Update changed: the values that its keys had before, nil for
// those that were not there.
type commit struct {
	at     time.Time
	before map[string][]byte
	bytes  int // of the keys and values
}

// New makes a Store on an engine.
func New(engine persistence.Store, o Options) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Except == nil {
		o.Except = func([]byte) bool { return false }
	}
	return &Store{Store: engine, options: o, writer: persistence.NewTurn()}
}

// Shared says whether the engine is; see persistence.IsShared.
func (s *Store) Shared() bool { return persistence.IsShared(s.Store) }

// Record makes the Store note what changes from now on, for contexts that lag by at most
// keep. If keep is 0 it stops noting and forgets all notes.
func (s *Store) Record(keep time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = keep
	s.recording.Store(keep > 0)
	s.pasts = nil // some may be of lags that are not used any more
	if keep <= 0 {
		s.history, s.noted, s.bytes = nil, 0, 0
	}
}

// Forget drops all notes: everything is seen as it is. It is for callers that replace the
// whole state.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history, s.noted, s.bytes, s.pasts = nil, 0, 0, nil
}

// View implements persistence.Store.
func (s *Store) View(ctx context.Context, f func(persistence.Tx) error) error {
	if !s.recording.Load() {
		return s.Store.View(ctx, f)
	}
	lag := persistence.Lag(ctx)
	if lag <= 0 {
		return s.Store.View(ctx, f)
	}
	return s.Store.View(ctx, func(tx persistence.Tx) error { return f(s.seen(tx, lag)) })
}

// Update implements persistence.Store.
func (s *Store) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if !s.recording.Load() {
		return s.Store.Update(ctx, f)
	}
	return s.update(ctx, f)
}

// update is Update with notes. The notes are in the history before the engine commits, so
// that no View sees a commit without them; until then they change nothing of what the
// engine shows.
func (s *Store) update(ctx context.Context, f func(persistence.Tx) error) error {
	if err := s.writer.Take(ctx); err != nil {
		return err
	}
	defer s.writer.Give()
	at, lag := s.options.Now(), persistence.Lag(ctx)
	var noted *commit
	err := s.Store.Update(ctx, func(tx persistence.Tx) error {
		s.drop(noted) // of a run before
		r := overlay.Record(tx, s.notes)
		if err := f(s.lagged(r, lag)); err != nil {
			return err
		}
		noted = s.note(&commit{at, r.Values, r.Bytes})
		return nil
	})
	if err != nil {
		s.drop(noted)
	}
	return err
}

// notes reports whether changes of a key are noted.
func (s *Store) notes(key []byte) bool { return !s.options.Except(key) }

// note adds a commit to the history, and drops what is too old or too much.
func (s *Store) note(c *commit) *commit {
	if len(c.before) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keep <= 0 {
		return nil
	}
	s.noted += len(c.before)
	s.bytes += c.bytes
	drop := 0
	for drop < len(s.history) && (s.noted > maxNoted || s.bytes > maxNotedBytes || !s.history[drop].hidden(c.at, s.keep)) {
		s.noted -= len(s.history[drop].before)
		s.bytes -= s.history[drop].bytes
		drop++
	}
	s.history = append(append([]*commit(nil), s.history[drop:]...), c)
	return c
}

// drop takes back the youngest commit, if it is that one.
func (s *Store) drop(c *commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.history); c != nil && n > 0 && s.history[n-1] == c {
		s.history = s.history[: n-1 : n-1]
		s.noted -= len(c.before)
		s.bytes -= c.bytes
	}
}

// hidden reports whether the commit is younger than the lag. A commit in the future was
// made before the clock was moved back.
func (c *commit) hidden(now time.Time, lag time.Duration) bool {
	age := now.Sub(c.at)
	return 0 <= age && age < lag
}

// hiddenBy returns the commits that a lag hides, the oldest first.
func (s *Store) hiddenBy(lag time.Duration) []*commit {
	s.mu.Lock()
	history := s.history
	s.mu.Unlock()
	now := s.options.Now() // after the history was read: no commit in it is in the future, unless the clock was moved back
	first := len(history)
	for first > 0 && history[first-1].hidden(now, lag) {
		first--
	}
	return history[first:]
}

// seen returns what the transaction shows, without the commits that the lag hides. The
// transaction was begun before the history is read, so every commit that it shows is in
// the history.
func (s *Store) seen(tx persistence.Tx, lag time.Duration) persistence.Tx {
	hidden := s.hiddenBy(lag)
	if len(hidden) == 0 {
		return tx
	}
	return &overlay.Tx[[]byte]{Under: tx, Values: s.past(lag, hidden).values, Of: itself}
}

// past merges the notes of the commits, or returns what it made of the same commits
// before.
func (s *Store) past(lag time.Duration, hidden []*commit) *past {
	s.mu.Lock()
	made := s.pasts[lag]
	s.mu.Unlock()
	if made != nil && made.isOf(hidden) {
		return made
	}
	made = newPast(hidden)
	s.mu.Lock()
	defer s.mu.Unlock()
	if lag <= s.keep { // a rule still has the lag
		if len(s.pasts) >= maxPasts || s.pasts == nil {
			s.pasts = map[time.Duration]*past{}
		}
		s.pasts[lag] = made
	}
	return made
}

// lagging is the transaction of an Update whose context lags.
type lagging struct {
	persistence.Tx
	store *Store
	lag   time.Duration
}

// lagged returns the transaction of an Update for a context with the lag.
func (s *Store) lagged(tx persistence.Tx, lag time.Duration) persistence.Tx {
	if lag <= 0 {
		return tx
	}
	return &lagging{tx, s, lag}
}

// Lagged implements persistence.Lagging.
func (l *lagging) Lagged() persistence.Tx { return l.store.seen(l.Tx, l.lag) }

// Before implements persistence.Beginning. It shows what a View of the context would have
// seen when the transaction began.
func (l *lagging) Before() persistence.Tx { return l.store.seen(persistence.Before(l.Tx), l.lag) }
