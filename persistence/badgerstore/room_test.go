package badgerstore

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// disk is a file system whose free space the test sets.
type disk struct{ atomic.Uint64 }

func (d *disk) free(string) (uint64, bool) { return d.Load(), true }

func newDisk(free uint64) *disk {
	d := &disk{}
	d.Store(free)
	return d
}

// TestFullDisk takes the free space away and gives it back. Writes are refused
// meanwhile, reads are not, and each change is logged once.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	disk := newDisk(1 << 30)
	s, err := open(Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil)), free: disk.free})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "before")
	for range 2 {
		log.Reset()
		disk.Store(spareRoom - 1)
		for range 3 {
			err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("refused"), nil) })
			if !errors.Is(err, persistence.ErrFull) {
				t.Errorf("Update = %v, want ErrFull", err)
			}
		}
		if got := sizes(t, s); len(got) != 1 && len(got) != 2 || got["before"] == 0 {
			t.Errorf("with a full disk a View sees %v", got)
		}
		disk.Store(1 << 30)
		put(t, s, "after")
		put(t, s, "after")
		for text, want := range map[string]int{"level=ERROR": 1, "reads go on": 1, "has room again": 1} {
			if got := strings.Count(log.String(), text); got != want {
				t.Errorf("%q was logged %d times, want %d:\n%s", text, got, want, &log)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRoomForWhatIsThere fills a store: there must be room for the tables that
// will be made of what it holds.
func TestRoomForWhatIsThere(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	disk := newDisk(1 << 30)
	s, err := open(Options{Dir: t.TempDir(), free: disk.free})
	if err != nil {
		t.Fatal(err)
	}
	update := func() error {
		return s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), make([]byte, size)) })
	}
	disk.Store(spareRoom + (copies+1)*size)
	if err := update(); err != nil {
		t.Errorf("the first write: %v", err)
	}
	if err := update(); !errors.Is(err, persistence.ErrFull) {
		t.Errorf("the second write = %v, want ErrFull", err)
	}
	disk.Store(spareRoom + 20*size)
	if err := update(); err != nil {
		t.Errorf("with more room: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNoRoomToOpen opens directories, a new one and one with data, on a file
// system that is too full.
func TestNoRoomToOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stopped(t, dir, func(s *store) { put(t, s, "a") })
	for _, path := range []string{t.TempDir(), dir} {
		_, err := open(Options{Dir: path, free: newDisk(startRoom - 1).free})
		if !errors.Is(err, persistence.ErrFull) {
			t.Fatalf("open = %v, want ErrFull", err)
		}
		if text := err.Error(); !strings.Contains(text, path) || strings.Contains(text, "\n") || !strings.Contains(text, "make room") {
			t.Errorf("the error is not one sentence that names the directory and says what to do: %s", text)
		}
	}
	stopped(t, dir, func(s *store) {
		if got := sizes(t, s); got["a"] == 0 {
			t.Errorf("after it the store holds %v", got)
		}
	})
}
