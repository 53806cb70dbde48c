package badgerstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// closeTime is how long Badger may take to close: it tries forever to write a table
// that cannot be written. It is more than a busy machine needs, since a directory
// that is left stays in use until the process ends, and tests open theirs again.
const closeTime = 30 * time.Second

// probeFile is made to see whether a file can be made.
const probeFile = "CLOSED.new"

// closeRoom covers what Badger writes at its end besides tables.
const closeRoom = 4 << 20

// ending holds the functions that close a store. Tests replace them.
type ending struct {
	badger func(*badger.DB) error
	after  func(time.Duration) <-chan time.Time
}

var realEnding = ending{badger: (*badger.DB).Close, after: time.After}

var errCloseTime = fmt.Errorf("the storage engine did not close it within %v", closeTime)

// closeBadger turns the logs into tables and releases the directory, if possible. It
// is called after everything was written out; if that failed, lost is the reason.
func (s *store) closeBadger(lost error) error {
	if s.directory != nil {
		if why := s.directory.mayClose(); why != nil {
			return s.leave(why, lost)
		}
	}
	closed := make(chan error, 1)
	go func() { closed <- s.ending.badger(s.db) }()
	select {
	case err := <-closed:
		if err != nil {
			return errors.Join(lost, fmt.Errorf("persistence: closing the store: %w", err), s.directory.abandon())
		}
		return errors.Join(lost, s.directory.close())
	case <-s.ending.after(closeTime):
		return s.leave(errCloseTime, lost)
	}
}

// mayClose returns an error if Badger must not close: it writes tables through
// mapped memory, see room.go.
func (d *directory) mayClose() error {
	if err := d.room.measure(); err != nil {
		return err
	}
	need := d.room.logs + d.room.merged() + closeRoom
	if free, known := d.room.free(d.path); known && free < need {
		return fmt.Errorf("its file system has room for %s and that takes %s", megabytes(free), megabytes(need))
	}
	probe, err := d.create(probeFile)
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// leave ends a store as a kill of the process would: the data stays in the logs, which
// the next Open reads. Badger still runs, so nobody else may use the directory before
// the process ends, and the lock is kept.
func (s *store) leave(why, lost error) error {
	d := s.directory
	if d == nil {
		return fmt.Errorf("persistence: the store in memory was not closed: %w", errors.Join(lost, why))
	}
	if lost != nil {
		return errors.Join(lost, notClosed(d.path, why))
	}
	if s.sync != nil {
		// Nothing comes after this mark, so the next Open need not warn. It warns if
		// the mark cannot be written.
		_ = d.writeMark(d.mark.number, true)
	}
	if s.log != nil {
		s.log.Warn("the data directory is left as it is, since it cannot be closed; nothing that was acknowledged is lost, "+
			"and the next start reads its log", "dir", d.path, "reason", why)
	}
	return nil
}

// present tells whether the directory is still where it was.
func (d *directory) present() bool {
	ours, err := d.markFile.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(filepath.Join(d.path, markFile))
	return err == nil && os.SameFile(ours, there)
}
