// Package badgerstore is the engine of the server: Badger, on disk or in
// memory. No other package of the project imports Badger.
//
// It guarantees what persistence.Store asks for. An Update that returned nil is in the
// file cache of the operating system, so it survives any end of the process; within a
// second it is on the medium, so it survives a crash of the machine too. With
// Options.SyncWrites it is on the medium when the Update returns, and no View sees what
// may be lost. Values and transactions may have any size that fits in memory. A
// directory that is in use, has a newer format or is damaged is refused, and is left as
// it was; one that lacks data that was on the medium counts as damaged.
//
// Badger notices when two transactions touch the same keys, but not when one inserts
// what the other's scan would have seen. Updates therefore run one at a time, each reads
// a snapshot, and its writes are kept apart until it commits.
//
// Caveats: an Update that is begun inside another Update of the same store waits until
// its context is done; a View inside either is fine. Damage to what was written in the
// last second looks like a crash of the machine and is not refused. Badger writes
// through mapped memory: the store refuses to write when space on the file system
// becomes short, but if another program takes the last of it at that moment, or the
// system does not tell how much there is (other than Linux and macOS), the process ends.
// What was acknowledged before is kept. A store that cannot be closed, for lack of space
// or files or because a transaction does not end, is left as if the process were killed:
// Close returns nil, and the directory stays in use until the process ends.
package badgerstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// Options says what to open. Its zero value is an empty store in memory.
type Options struct {
	// Dir is the directory for the data. It is created if it does not exist; if it does,
	// it must be empty or a data directory. All permissions on it and on its files are
	// removed except the owner's. The empty string keeps the data in memory.
	Dir string

	// Logger gets what goes wrong inside the engine; nil: it is dropped.
	Logger *slog.Logger

	// SyncWrites makes each Update wait until it is on the medium; those that wait at
	// the same time share the cost. Without it the Updates of the last second can be
	// lost when the machine, not the process, stops.
	SyncWrites bool

	// AcceptLoss opens a directory that lacks data that was on the medium, with what is
	// left. The rest is lost.
	AcceptLoss bool

	medium medium // the real one by default
	after  func(time.Duration) <-chan time.Time
	free   func(dir string) (bytes uint64, known bool)
	ending ending // the real one by default
}

// Open opens a store, or creates one. The errors to expect of a directory are
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
	sync      *syncer    // nil in memory, and until the store is open
	log       *slog.Logger
	ending    ending

	writer persistence.Turn // of the one Update that runs
	large  map[string]int   // the number of pieces by key; guarded by writer
	number uint64           // of the last of Badger's transactions; guarded by writer

	changes *persistence.Changes

	transactions *persistence.Transactions

	life   sync.Mutex // guards failed, head and latest
	failed error      // why the store cannot go on, if it cannot
	head   *snapshot  // what Updates see; nil until the store is open
	latest *snapshot  // what Views see

	closing  sync.Once
	closeErr error
}

func open(options Options) (s *store, err error) {
	s = &store{
		writer: persistence.NewTurn(), changes: persistence.NewChanges(),
		transactions: persistence.NewTransactions(), log: options.Logger, ending: options.ending,
	}
	if s.ending.badger == nil {
		s.ending.badger = realEnding.badger
	}
	if s.ending.after == nil {
		s.ending.after = realEnding.after
	}
	if options.Dir != "" {
		if s.directory, err = openDirectory(options); err != nil {
			return nil, err
		}
	}
	if err := s.directory.begin(); err != nil {
		return nil, errors.Join(err, s.directory.giveUp())
	}
	if s.db, err = badger.Open(badgerOptions(options, s.directory)); err != nil {
		return nil, errors.Join(cannotOpen(options.Dir, err), s.directory.giveUp())
	}
	if err := s.recover(); err != nil {
		return nil, errors.Join(cannotOpen(options.Dir, err), s.Close())
	}
	s.renew()
	if s.directory == nil {
		return s, nil
	}
	if err := s.startSync(options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.directory.report(options.Logger)
	return s, nil
}

// recover finishes the commit that a killed process left in the journal, and finds out
// which values are stored in pieces.
func (s *store) recover() (err error) {
	if s.directory == nil {
		s.large = map[string]int{}
		return nil
	}
	if s.number, err = s.readNumber(); err != nil {
		return err
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
	at, err := s.begin(&s.latest)
	if err != nil {
		return err
	}
	defer s.transactions.End()
	t := &tx{at: at, changes: s.changes}
	defer t.end()
	return f(t)
}

// Update implements persistence.Store. It runs f once. While it waits for the medium,
// others can commit and wait with it. It also waits for what f has only read.
func (s *store) Update(ctx context.Context, f func(persistence.Tx) error) error {
	seen, err := s.update(ctx, f)
	if !s.waits() || seen == 0 {
		return err
	}
	if lost := s.reach(seen); err == nil {
		err = lost
	}
	return err
}

// update is Update without the wait. It returns the number of the last
// transaction that the caller knows of, or 0.
func (s *store) update(ctx context.Context, f func(persistence.Tx) error) (seen uint64, err error) {
	if err := s.writer.Take(ctx); err != nil {
		return 0, err
	}
	defer s.writer.Give()
	at, err := s.begin(&s.head)
	if err != nil {
		return 0, err
	}
	defer s.transactions.End()
	t := &tx{at: at, own: &overlay.Writes{}, changes: s.changes}
	defer t.end()
	if err := f(t); err != nil || t.own.Len() == 0 {
		return at.number, err
	}
	if err := s.transactions.Commit(func() error { return s.finish(ctx, t.own) }); err != nil {
		return 0, err
	}
	return s.number, nil
}

// finish commits what an Update wrote, and shows it.
func (s *store) finish(ctx context.Context, own *overlay.Writes) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	if err := s.directory.roomFor(own); err != nil {
		return err
	}
	s.noteChanges(own)
	if err := s.commit(own); err != nil {
		return err
	}
	s.renew()
	if s.sync != nil {
		s.sync.notify()
	}
	return nil
}

// noteChanges notes what the next state changes. That state has a greater number than
// the head; it can also show a commit that fails.
func (s *store) noteChanges(own *overlay.Writes) {
	next := s.head.txn.ReadTs() + 1
	own.Scan(func(key string, _ overlay.Write) bool {
		s.changes.Note(next, key)
		return true
	})
}

// begin counts a transaction, so that Close waits for it, and returns what it sees: the
// head or the latest.
func (s *store) begin(which **snapshot) (*snapshot, error) {
	if err := s.transactions.Begin(); err != nil {
		return nil, err
	}
	s.life.Lock()
	defer s.life.Unlock()
	if s.failed != nil {
		s.transactions.End()
		return nil, s.failed
	}
	(*which).uses.Add(1)
	return *which, nil
}

// fail stops the store for good: what it shows may no longer be the state of one moment.
func (s *store) fail(err error) error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.failed != nil {
		return s.failed
	}
	s.failed = fmt.Errorf("persistence: the store stopped after a failed write; open it again: %w", err)
	return s.failed
}

// Close implements persistence.Store. A second Close does nothing.
func (s *store) Close() error {
	s.closing.Do(func() { s.closeErr = s.shut(s.transactions.Close(s.ending.after)) })
	return s.closeErr
}

// shut writes out what is left, and ends Badger unless transactions still read it.
func (s *store) shut(running int) error {
	var err error
	if s.sync != nil {
		err = s.stopSync()
	}
	for _, at := range []*snapshot{s.head, s.latest} {
		if at != nil {
			at.release()
		}
	}
	if s.directory != nil && !s.directory.present() {
		return errors.Join(err, removed(s.directory.path))
	}
	if running > 0 {
		return s.leave(fmt.Errorf("transactions still run after %v: %d", persistence.CloseTime, running), err)
	}
	return s.closeBadger(err)
}
