package badgerstore

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
)

// leaving opens a store that is not closed by Close, and closes it in the end.
func leaving(t *testing.T, o Options) *store {
	t.Helper()
	s, err := open(o)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a")
	t.Cleanup(func() { _ = errors.Join(s.db.Close(), s.directory.abandon()) })
	return s
}

// stuck is the ending of a Badger that does not close; it does not wait for closeTime.
func stuck(t *testing.T) ending {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return ending{
		badger: func(*badger.DB) error { <-over; return nil },
		after: func(time.Duration) <-chan time.Time {
			now := make(chan time.Time, 1)
			now <- time.Time{}
			return now
		},
	}
}

// TestLeaves ends stores that cannot be closed. Nothing is lost: Close returns
// nil, says why once, and the next process finds all without a warning.
func TestLeaves(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*testing.T, Options) *store{
		"no room at all": func(t *testing.T, o Options) *store {
			disk := newDisk(1 << 30)
			o.free = disk.free
			o.ending.badger = neverClosed(t)
			s := leaving(t, o)
			disk.Store(0)
			return s
		},
		"no room for the tables": func(t *testing.T, o Options) *store {
			disk := newDisk(1 << 30)
			o.free = disk.free
			o.ending.badger = neverClosed(t)
			s := leaving(t, o)
			disk.Store(closeRoom)
			return s
		},
		"no file can be made": func(t *testing.T, o Options) *store {
			o.ending.badger = neverClosed(t)
			s := leaving(t, o)
			// A directory that is not empty is in the way of the file.
			if err := os.MkdirAll(filepath.Join(o.Dir, probeFile, "full"), 0o700); err != nil {
				t.Fatal(err)
			}
			return s
		},
		"Badger does not close": func(t *testing.T, o Options) *store {
			o.ending = stuck(t)
			return leaving(t, o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			o := Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
			s := begin(t, o)
			for range 2 {
				if err := s.Close(); err != nil {
					t.Errorf("Close = %v", err)
				}
			}
			if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "nothing that was acknowledged is lost") {
				t.Errorf("the log is not one sentence that says what is lost:\n%s", text)
			}
			if _, err := open(Options{Dir: o.Dir}); err == nil {
				t.Error("another store opens the directory while Badger runs")
			}
			wantSilentStart(t, o.Dir)
		})
	}
}

// neverClosed fails the test if Badger is closed.
func neverClosed(t *testing.T) func(*badger.DB) error {
	return func(*badger.DB) error {
		t.Error("Badger is closed, which writes")
		return nil
	}
}

// wantSilentStart opens a copy of a directory, as the next process does.
func wantSilentStart(t *testing.T, dir string) {
	t.Helper()
	next := t.TempDir()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if filepath.Base(path) == probeFile {
			continue
		}
		if err := errors.Join(err, os.WriteFile(filepath.Join(next, filepath.Base(path)), content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	s, err := open(Options{Dir: next, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if got := sizes(t, s); got["a"] == 0 || log.Len() > 0 {
		t.Errorf("the next process finds %v, and says:\n%s", got, &log)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRemovedDirectory takes the directory away from an open store. What it held
// is lost, and Close says so.
func TestRemovedDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := leaving(t, Options{Dir: dir, ending: ending{badger: neverClosed(t), after: time.After}})
	if err := os.Rename(dir, dir+".gone"); err != nil {
		t.Fatal(err)
	}
	err := s.Close()
	if !errors.Is(err, persistence.ErrDamaged) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Close = %v, want that the directory is gone", err)
	}
	if err := os.Rename(dir+".gone", dir); err != nil { // for Badger's end
		t.Fatal(err)
	}
}

// TestLeftAfterFailedWrite has a medium that failed: Close must not say that
// nothing is lost.
func TestLeftAfterFailedWrite(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	disk, broken := newDisk(1<<30), errors.New("broken")
	o := Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil)), free: disk.free}
	fails := false
	wrote := func(*os.File) error {
		if fails {
			return broken
		}
		return nil
	}
	s := leaving(t, Still(OnMedium(o, wrote)))
	fails = true
	disk.Store(0)
	if err := s.Close(); !errors.Is(err, broken) || strings.Contains(log.String(), "nothing that was acknowledged is lost") {
		t.Errorf("Close = %v, and says:\n%s", err, &log)
	}
}

// TestLeavesRunningTransactions closes a store while an Update and a View do not end.
// The View reads on, the Update commits nothing, and the next process finds all that
// was acknowledged.
func TestLeavesRunningTransactions(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	o.ending = stuck(t)
	o.ending.badger = neverClosed(t)
	s := leaving(t, o)
	closed := make(chan struct{})
	ended := make(chan error, 2)
	var running sync.WaitGroup
	running.Add(2)
	go func() {
		ended <- s.Update(t.Context(), func(tx persistence.Tx) error {
			running.Done()
			<-closed
			return tx.Put([]byte("late"), []byte("late"))
		})
	}()
	go func() {
		err := s.View(t.Context(), func(tx persistence.Tx) error {
			running.Done()
			<-closed
			_, err := tx.Get([]byte("a"))
			return err
		})
		ended <- errors.Join(err, s.View(t.Context(), func(persistence.Tx) error { return nil }))
	}()
	running.Wait()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "transactions still run after 5s: 2") {
		t.Errorf("the log does not say in one sentence what runs:\n%s", text)
	}
	close(closed)
	for range 2 {
		if err := <-ended; !errors.Is(err, persistence.ErrClosed) || strings.Contains(err.Error(), "not found") {
			t.Errorf("a transaction ends with %v", err)
		}
	}
	wantSilentStart(t, o.Dir)
}

// A store in memory leaves nothing on disk and loses nothing that would outlive it. Its
// Close says that it did not close.
func TestRunningTransactionInMemory(t *testing.T) {
	t.Parallel()
	s, err := open(Options{ending: stuck(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	running, closed := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.View(t.Context(), func(persistence.Tx) error {
			close(running)
			<-closed
			return nil
		})
	}()
	<-running
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "transactions still run after 5s: 1") {
		t.Errorf("Close = %v", err)
	}
	close(closed)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
