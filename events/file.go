package events

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/understudy-iam/understudy/internal/linefile"
)

// FileOptions configures a File. Path is required.
type FileOptions struct {
	Path   string
	Size   int64        // bytes; a file that would be longer is put aside first. 0: DefaultFileSize
	Kept   int          // how many of the files that were put aside are kept; 0: DefaultFilesKept
	Logger *slog.Logger // nil: nothing is logged
}

// Defaults of FileOptions.
const (
	DefaultFileSize  = 64 << 20 // 64 MiB
	DefaultFilesKept = 5
)

const (
	// maxBatch is how many bytes are written at once, about.
	maxBatch = 256 << 10

	// retryAfter is how long after an error the file is tried again.
	retryAfter = time.Second
)

// File appends the Records of a Log's events to a file, as lines of JSON. A file that
// has become long is put aside: PATH becomes PATH.1, that becomes PATH.2, and so on.
//
// It follows the Log, so that no call waits for it. While the file cannot be written,
// such as on a full disk, the Log keeps the events, and they are written later, unless
// the Log has to drop them before. The logger is told of the error once, and when it is
// over; of calls that are missing in the file it is told how many they are.
type File struct {
	follower *Follower
	out      *linefile.File
	logger   *slog.Logger

	batch   []byte // lines that are to be written
	ends    []int  // where those of each call end
	missing int    // calls that are not in the file, and that the logger has not been told of
	failing bool
	fault   error // of the last time that it was written to
}

// NewFile opens the file, which only its owner may read if it is new, and follows the
// Log. Run writes.
func NewFile(l *Log, o FileOptions) (*File, error) {
	if o.Size <= 0 {
		o.Size = DefaultFileSize
	}
	if o.Kept <= 0 {
		o.Kept = DefaultFilesKept
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	out, err := linefile.New(linefile.Options{Path: o.Path, Size: o.Size, Kept: o.Kept})
	if err != nil {
		return nil, err
	}
	return &File{follower: l.Follow(), out: out, logger: o.Logger.With("file", o.Path)}, nil
}

// Run writes events until ctx is done; then it writes those that the Log has had until
// then, and closes the file.
func (f *File) Run(ctx context.Context) {
	defer f.follower.Stop()
	for ctx.Err() == nil {
		ready, again := f.follower.Ready(), (<-chan time.Time)(nil)
		if !f.write() {
			ready, again = nil, time.After(retryAfter)
		}
		select {
		case <-ready:
		case <-again:
		case <-ctx.Done():
		}
	}
	f.end()
}

// write writes the events that there are. It reports whether that was possible.
func (f *File) write() bool {
	for f.fill() {
		n, err := f.out.Write(f.batch)
		f.written(n)
		if f.fault = err; err != nil {
			f.fails(err)
			return false
		}
	}
	f.works()
	return true
}

// written takes so many bytes from the batch.
func (f *File) written(n int) {
	f.batch = f.batch[:copy(f.batch, f.batch[n:])]
	whole := 0
	for whole < len(f.ends) && f.ends[whole] <= n {
		whole++
	}
	f.ends = f.ends[:copy(f.ends, f.ends[whole:])]
	for i := range f.ends {
		f.ends[i] -= n
	}
}

// fill makes lines of the next events, if all of the batch was written. It reports
// whether there are any.
func (f *File) fill() bool {
	for empty := len(f.batch) == 0; empty && len(f.batch) < maxBatch; {
		e := f.follower.Next()
		f.missing += f.follower.Lost()
		if e == nil {
			break
		}
		if err := f.add(e); err != nil { // which is our own fault
			f.logger.Error("an event cannot be written", "request_id", e.Caller.Request.ID, "error", err)
		}
	}
	return len(f.batch) > 0
}

// add adds the lines of an event to the batch, if it has any.
func (f *File) add(e *Event) error {
	var lines []byte
	for _, r := range e.Records() {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	if len(lines) > 0 {
		f.batch = append(f.batch, lines...)
		f.ends = append(f.ends, len(f.batch))
	}
	return nil
}

func (f *File) fails(err error) {
	if f.failing {
		return
	}
	f.failing = true
	f.logger.Error("events cannot be written to their file. Calls are answered as before, and the file is tried again every "+
		retryAfter.String()+"; make room for it, or mend its directory", "error", err)
}

func (f *File) works() {
	if f.failing {
		f.failing = false
		f.logger.Info("events are written to their file again", "missing", f.missing)
	} else if f.missing > 0 {
		f.logger.Warn("calls ended faster than their events could be written, and are missing in the file; a greater --events "+
			"lets more of them wait", "missing", f.missing)
	}
	f.missing = 0
}

// end writes what is left, and says what was not written.
func (f *File) end() {
	written := f.write()
	err := f.out.Close()
	if written && err == nil {
		return
	}
	f.missing += len(f.ends)
	for e := f.follower.Next(); e != nil; e = f.follower.Next() {
		if len(e.Records()) > 0 {
			f.missing++
		}
	}
	f.missing += f.follower.Lost()
	f.logger.Error("the last events could not be written to their file", "missing", f.missing, "error", cmp.Or(f.fault, err))
}
