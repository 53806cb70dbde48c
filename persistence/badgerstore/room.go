package badgerstore

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// Badger writes through mapped memory, and a file system that has no block for a page
// ends the process. So before a write begins there must be room for everything that it
// may lead to: its page in the log, the table that the log becomes, and the tables that
// compaction makes before it removes those that it merges.
const (
	// spareRoom covers what cannot be foreseen: metadata of the file system, and
	// what another program writes meanwhile.
	spareRoom = 16 << 20

	// startRoom covers the files that Badger makes when it is opened, and the
	// holes of logs that are read: tmpfs fills them.
	startRoom = 8 << 20

	// mergedAtOnce limits what compaction merges at a time.
	mergedAtOnce = 256 << 20

	// copies is how often a write may be stored: a commit that is too big for one of
	// Badger's transactions writes its entries to the journal and then in their places,
	// and each of the two is written to the log first and then to a table.
	copies = 4

	// measureAfter is the number of bytes after which the files are looked at again.
	measureAfter = 4 << 20
)

// room watches the file system of a data directory.
type room struct {
	dir  *directory
	free func(dir string) (bytes uint64, known bool)
	log  *slog.Logger

	logs, tables uint64 // bytes of Badger's files
	since        uint64 // bytes that may have been written since these were measured
	full         bool
}

// watchRoom measures a directory that is about to be opened.
func (d *directory) watchRoom(o Options) error {
	d.room = &room{dir: d, free: o.free, log: o.Logger}
	if d.room.free == nil {
		d.room.free = freeBytes
	}
	return unreadableIf(d.path, d.room.measure())
}

// roomToOpen refuses a file system that is too full to open Badger: on opening it turns
// the logs into tables, and merges tables if there are many.
func (d *directory) roomToOpen() error {
	need := d.room.logs + startRoom
	if d.fresh >= levelZero-1 {
		need += d.room.merged()
	}
	if free, known := d.room.free(d.path); known && free < need {
		return noRoom(d.path, free, need)
	}
	return nil
}

// roomFor refuses a write if there may be no room for it. It is called before each
// write, by one goroutine at a time. Asking the system takes less than a microsecond.
func (d *directory) roomFor(own *overlay.Writes) error {
	if d == nil {
		return nil
	}
	size := 0
	own.Scan(func(key string, w overlay.Write) bool {
		size += len(key) + len(w.Value)
		return true
	})
	return d.room.check(uint64(size))
}

func (r *room) check(size uint64) error {
	if r.full || r.since > measureAfter {
		if err := r.measure(); err != nil {
			return err
		}
	}
	write := copies * size
	need := r.logs + r.merged() + r.since + write + spareRoom
	free, known := r.free(r.dir.path)
	full := known && free < need
	r.tell(full, free, need)
	if full {
		return fullError{fmt.Errorf("%w: there are %s, and a write needs %s; make room, and writes go on",
			persistence.ErrFull, megabytes(free), megabytes(need)), r.log != nil}
	}
	r.since += write
	return nil
}

// fullError is the refusal of a write.
type fullError struct {
	error
	logged bool
}

func (e fullError) Unwrap() error { return e.error }

// Logged reports whether it was already logged. A full file system is logged once, not
// for each write that is refused.
func (e fullError) Logged() bool { return e.logged }

// merged is how much compaction may write before it removes anything.
func (r *room) merged() uint64 { return min(r.logs+r.tables, mergedAtOnce) }

// tell logs that the file system has become full, or that it has room again.
func (r *room) tell(full bool, free, need uint64) {
	if full == r.full {
		return
	}
	r.full = full
	switch {
	case r.log == nil:
	case full:
		r.log.Error("the file system of the data directory is full: writes are refused until there is room, reads go on",
			"dir", r.dir.path, "free", megabytes(free), "needed", megabytes(need))
	default:
		r.log.Info("the file system of the data directory has room again", "dir", r.dir.path, "free", megabytes(free))
	}
}

// measure adds up Badger's files.
func (r *room) measure() error {
	entries, err := os.ReadDir(r.dir.path)
	if err != nil {
		return err
	}
	r.logs, r.tables, r.since = 0, 0, 0
	for _, entry := range entries {
		info, err := entry.Info()
		switch {
		case err != nil: // Badger has removed it
		case strings.HasSuffix(entry.Name(), ".mem"):
			r.logs += allocated(info)
		case strings.HasSuffix(entry.Name(), ".sst"):
			r.tables += uint64(info.Size())
		}
	}
	return nil
}

func megabytes(n uint64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
