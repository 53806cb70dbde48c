package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/linefile"
	"github.com/understudy-iam/understudy/principal"
)

// callOf is the event of a call of the user Ana with the request ID.
func callOf(id string) *Event {
	return &Event{Status: 200, Caller: &principal.Caller{
		Principal: principal.Principal{Kind: principal.User, Name: "Ana", AccountID: "111122223333",
			ARN: "arn:aws:iam::111122223333:user/Ana"},
		Request: principal.Request{ID: id, Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Service: "iam", Operation: "CreateUser"},
	}}
}

// writer is a Log with its File and the directory that this is in.
type writer struct {
	t    *testing.T
	log  *Log
	file *File
	said said
	path string
	next int // the ID of the next call
}

// said is what a logger has written.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// newWriter makes one, with small limits; change changes them.
func newWriter(t *testing.T, change ...func(*Options, *FileOptions)) *writer {
	t.Helper()
	w := &writer{t: t, path: filepath.Join(t.TempDir(), "events.jsonl")}
	of, o := Options{}, FileOptions{Path: w.path}
	o.Logger = slog.New(slog.NewTextHandler(&w.said, nil))
	for _, f := range change {
		f(&of, &o)
	}
	w.log = New(of)
	var err error
	if w.file, err = NewFile(w.log, o); err != nil {
		t.Fatal(err)
	}
	return w
}

// call adds so many calls.
func (w *writer) call(n int) {
	for range n {
		w.log.Add(callOf(fmt.Sprintf("r%03d", w.next)))
		w.next++
	}
}

// run runs the file while f does something, and ends it.
func (w *writer) run(f func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.file.Run(ctx)
	}()
	f()
	cancel()
	<-done
}

// ids are the request IDs in the lines of a file, each of which must be a record.
func (w *writer) ids(path string) []string {
	w.t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	list := []string{}
	for line := range strings.Lines(string(raw)) {
		var r Record
		if err := json.Unmarshal([]byte(line), &r); err != nil || !strings.HasSuffix(line, "\n") {
			w.t.Errorf("%s: %q is not a record in a line: %v", path, line, err)
		}
		list = append(list, r.RequestID)
	}
	return list
}

// numbered are the request IDs of the calls from one number to before another.
func numbered(from, to int) []string {
	list := []string{}
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("r%03d", i))
	}
	return list
}

func (w *writer) want(path string, ids []string) {
	w.t.Helper()
	if diff := cmp.Diff(ids, w.ids(path)); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// wantSaid wants these texts in the log, in lines of this number, and nothing in it if
// there are none.
func (w *writer) wantSaid(lines int, texts ...string) {
	w.t.Helper()
	if got := strings.Count(w.said.String(), "\n"); got != lines {
		w.t.Errorf("%d lines, want %d: %s", got, lines, w.said.String())
	}
	for _, text := range texts {
		if !strings.Contains(w.said.String(), text) {
			w.t.Errorf("no %q in: %s", text, w.said.String())
		}
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	w.call(2) // before it runs
	w.run(func() { w.call(3) })
	w.call(1) // when it has ended
	w.want(w.path, numbered(0, 5))
	w.wantSaid(0)
	info, err := os.Stat(w.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// A later server goes on where one has ended, also if that one ended in the middle of a
// line.
func TestFileGoesOn(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	w.run(func() { w.call(1) })
	raw, err := os.ReadFile(w.path)
	if err == nil {
		err = os.WriteFile(w.path, append(raw, `{"eventVersion":`...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err := NewFile(w.log, FileOptions{Path: w.path})
	if err != nil {
		t.Fatal(err)
	}
	w.file = again
	w.run(func() { w.call(1) })
	got, err := os.ReadFile(w.path)
	if lines := strings.SplitAfter(string(got), "\n"); err != nil || len(lines) != 4 || lines[0] != string(raw) ||
		!strings.Contains(lines[2], `"r001"`) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestFileIsPutAside(t *testing.T) {
	t.Parallel()
	line, err := json.Marshal(callOf("r000").Records()[0])
	if err != nil {
		t.Fatal(err)
	}
	long := int64(len(line) + 1)
	w := newWriter(t, func(_ *Options, o *FileOptions) { o.Size, o.Kept = 3*long+1, 2 })
	w.run(func() { w.call(11) })
	w.want(w.path+".2", numbered(3, 6))
	w.want(w.path+".1", numbered(6, 9))
	w.want(w.path, numbered(9, 11))
	w.wantSaid(0)
	if _, err := os.Stat(w.path + ".3"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("one more is kept: %v", err)
	}
	tiny := newWriter(t, func(_ *Options, o *FileOptions) { o.Size = 1 })
	tiny.run(func() { tiny.call(2) })
	tiny.want(tiny.path+".1", numbered(0, 1))
	tiny.want(tiny.path, numbered(1, 2))
}

// A file that somebody else has moved away, deleted or emptied is made again.
func TestFileThatIsMoved(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string) error{
		"moved":   func(path string) error { return os.Rename(path, path+".old") },
		"deleted": os.Remove,
		"emptied": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWriter(t)
				w.run(func() {
					w.call(2)
					synctest.Wait()
					if err := change(w.path); err != nil {
						t.Error(err)
					}
					w.call(1)
				})
				w.want(w.path, numbered(2, 3))
				w.wantSaid(0)
			})
		})
	}
}

// full is a disk without room: the file takes no more than some bytes until it is mended.
type full struct {
	linefile.Opened
	room *atomic.Int64
}

func (f full) Write(p []byte) (int, error) {
	room := int(f.room.Swap(0))
	if len(p) <= room {
		f.room.Add(int64(room - len(p)))
		return f.Opened.Write(p)
	}
	n, err := f.Opened.Write(p[:room])
	return n, errors.Join(errors.New("no space left on device"), err)
}

// fill gives the file's disk room for so many bytes. The answer is that room.
func (w *writer) fill(bytes int64) *atomic.Int64 {
	room := &atomic.Int64{}
	room.Store(bytes)
	err := w.file.out.Close()
	if err == nil {
		w.file.out, err = linefile.New(linefile.Options{Path: w.path, Open: func(path string) (linefile.Opened, error) {
			file, err := linefile.Open(path)
			return full{file, room}, err
		}})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return room
}

// What a full disk has not taken is written when it has room again, each line once, and
// the log says it once.
func TestFileOnAFullDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWriter(t)
		room := w.fill(1000)
		w.run(func() {
			w.call(9)
			synctest.Wait()
			if got := w.ids(w.path); len(got) == 0 || len(got) > 8 {
				t.Errorf("the disk has taken %v", got)
			}
			w.call(5)
			time.Sleep(10 * retryAfter)
			synctest.Wait()
			w.wantSaid(1, "level=ERROR", "no space left on device", "file="+w.path)
			room.Store(1 << 20)
			time.Sleep(retryAfter)
			synctest.Wait()
			w.want(w.path, numbered(0, 14))
			w.wantSaid(2, "written to their file again", "missing=0")
		})
	})
}

// Of what does not fit into the Log meanwhile, the log says how many calls they are.
func TestFileOnADiskThatIsFullForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWriter(t, func(o *Options, _ *FileOptions) { o.Size = 3 })
		room := w.fill(0)
		w.run(func() {
			w.call(1)
			synctest.Wait()
			w.call(9)
			room.Store(1 << 20)
			time.Sleep(retryAfter)
			synctest.Wait()
			w.want(w.path, append(numbered(0, 1), numbered(7, 10)...))
			w.wantSaid(2, "missing=6")
		})
	})
}

// At the end, what cannot be written is counted.
func TestFileThatEndsOnAFullDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWriter(t)
		w.fill(0)
		w.run(func() {
			w.call(2)
			synctest.Wait()
			w.call(3)
			asked := callOf("question")
			asked.Origin = Asked // of which there is no record
			w.log.Add(asked)
		})
		w.wantSaid(2, "the last events could not be written to their file", "missing=5")
	})
}

// Events that come faster than they can be written are counted, though nothing fails.
func TestFileThatIsTooSlow(t *testing.T) {
	t.Parallel()
	w := newWriter(t, func(o *Options, _ *FileOptions) { o.Size = 2 })
	w.call(5)
	w.run(func() {})
	w.want(w.path, numbered(3, 5))
	w.wantSaid(1, "level=WARN", "missing=3", "--events")
}

// A file that cannot be put aside is tried again.
func TestFileThatCannotBePutAside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWriter(t, func(_ *Options, o *FileOptions) { o.Size, o.Kept = 1, 1 })
		if err := os.MkdirAll(filepath.Join(w.path+".1", "full"), 0o700); err != nil {
			t.Fatal(err)
		}
		w.run(func() {
			w.call(2)
			synctest.Wait()
			w.want(w.path, numbered(0, 1))
			w.wantSaid(1, "level=ERROR", w.path+".1")
			if err := os.RemoveAll(w.path + ".1"); err != nil {
				t.Error(err)
			}
			time.Sleep(retryAfter)
			synctest.Wait()
			w.want(w.path, numbered(1, 2))
		})
	})
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, path := range map[string]string{
		"is not a regular file": os.DevNull, dir + ": it is not a regular file": dir,
		"no such file": filepath.Join(dir, "none", "events.jsonl"),
	} {
		if _, err := NewFile(New(Options{}), FileOptions{Path: path}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
