// Package badgerstore is the engine of the server: Badger, on disk or in
// memory. No other package of the project imports Badger.
//
// It guarantees what persistence.Store asks for. An Update that returned nil is
// in the file cache of the operating system, so it survives the end of the
// process however it comes about; with Options.SyncWrites it is on the medium,
// so it survives the end of the machine too. Values and transactions may have
// any size that fits in memory. A directory that is in use, of a newer format or
// damaged is refused, and is left as it was.
//
// Badger notices when two transactions touch the same keys, but not when one
// inserts what the other's scan would have seen. Updates therefore run one at a
// time, each reads a snapshot, and its writes are kept apart until it commits.
//
// Caveats: an Update that is begun inside another Update of the same store
// waits until its context is done; a View inside either is fine. A damage that
// stops just where a killed process would have stopped writing looks like that
// and is not refused. Badger writes through mapped memory, so a full disk ends the process; what was
// acknowledged before is kept.
package badgerstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
)

// Options says what to open. Its zero value is an empty store in memory.
type Options struct {
	// Dir holds the data. It is made if it does not exist; if it does, it must be
	// empty or a data directory. Everybody but its owner loses their permissions
	// on it and on its files. The empty string keeps the data in memory.
	Dir string

	// Logger hears of what goes wrong inside the engine. Nil drops it.
	Logger *slog.Logger

	// SyncWrites makes each Update wait until the medium has it. Without it the
	// last Updates can be lost when the machine, not the process, stops.
	SyncWrites bool
}

// Open opens a store, or makes one. The errors to expect of a directory are
// persistence.ErrInUse, ErrNewerFormat and ErrDamaged.
func Open(options Options) (persistence.Store, error) {
	s, err := open(options)
	if err != nil {
		return nil, err
	}
	return s, nil
}

type store struct {
	db        *badger.DB
	directory *directory // nil in memory

	writer persistence.Turn // of the one Update that runs
	large  map[string]int   // the number of pieces by key; guarded by writer

	life    sync.Mutex // guards closed, failed and latest, and running against Close
	closed  bool
	failed  error     // why the store cannot go on, if it cannot
	latest  *snapshot // nil until the store is open
	running sync.WaitGroup

	closing  sync.Once
	closeErr error
}

func open(options Options) (s *store, err error) {
	s = &store{writer: persistence.NewTurn()}
	if options.Dir != "" {
		if s.directory, err = openDirectory(options.Dir); err != nil {
			return nil, err
		}
	}
	if err := s.directory.begin(); err != nil {
		return nil, errors.Join(err, s.directory.release())
	}
	if s.db, err = badger.Open(badgerOptions(options, s.directory)); err != nil {
		return nil, errors.Join(cannotOpen(options.Dir, err), s.directory.giveUp())
	}
	if err := s.recover(); err != nil {
		return nil, errors.Join(cannotOpen(options.Dir, err), s.Close())
	}
	if s.directory != nil {
		if err := s.directory.tightenFiles(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	s.renew()
	return s, nil
}

// recover finishes the commit that a killed process left in the journal, and
// learns which values are stored in pieces.
func (s *store) recover() (err error) {
	if s.directory == nil {
		s.large = map[string]int{}
		return nil
	}
	if err := s.replayJournal(); err != nil {
		return err
	}
	s.large, err = s.findLarge()
	return err
}

// View implements persistence.Store.
func (s *store) View(ctx context.Context, f func(persistence.Tx) error) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	at, err := s.begin()
	if err != nil {
		return err
	}
	defer s.running.Done()
	t := &tx{at: at}
	defer t.end()
	return f(t)
}

// Update implements persistence.Store. It runs f once.
func (s *store) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if err := s.writer.Take(ctx); err != nil {
		return err
	}
	defer s.writer.Give()
	at, err := s.begin()
	if err != nil {
		return err
	}
	defer s.running.Done()
	t := &tx{at: at, own: &writes{}}
	defer t.end()
	if err := f(t); err != nil || t.own.Len() == 0 {
		return err
	}
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	if err := s.commit(t.own); err != nil {
		return err
	}
	s.renew()
	return nil
}

// begin counts a transaction in, so that Close waits for it, and tells what it
// sees.
func (s *store) begin() (*snapshot, error) {
	s.life.Lock()
	defer s.life.Unlock()
	switch {
	case s.closed:
		return nil, persistence.ErrClosed
	case s.failed != nil:
		return nil, s.failed
	}
	s.running.Add(1)
	s.latest.uses.Add(1)
	return s.latest, nil
}

// fail stops the store for good: what it would show is not one moment's state.
func (s *store) fail(err error) error {
	s.life.Lock()
	defer s.life.Unlock()
	s.failed = fmt.Errorf("persistence: stopped by a failed write, open the store again: %w", err)
	return s.failed
}

// Close implements persistence.Store. A second Close does nothing.
func (s *store) Close() error {
	s.life.Lock()
	s.closed = true
	s.life.Unlock()
	s.running.Wait()
	s.closing.Do(func() { s.closeErr = s.shut() })
	return s.closeErr
}

// shut closes Badger, and then gives the directory back.
func (s *store) shut() error {
	if s.latest != nil {
		s.latest.release()
	}
	if err := s.db.Close(); err != nil {
		return errors.Join(fmt.Errorf("persistence: closing the store: %w", err), s.directory.release())
	}
	return s.directory.close()
}
