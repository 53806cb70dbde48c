package badgerstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// TestRefuses tries every kind of directory that must not be opened.
func TestRefuses(t *testing.T) {
	t.Parallel()
	change := func(make func(*testing.T) string, file string, how func([]byte) []byte) func(*testing.T) string {
		return func(t *testing.T) string {
			dir := make(t)
			edit(t, one(t, dir, file), how)
			return dir
		}
	}
	remove := func(make func(*testing.T) string, file string) func(*testing.T) string {
		return func(t *testing.T) string {
			dir := make(t)
			if err := os.Remove(one(t, dir, file)); err != nil {
				t.Fatal(err)
			}
			return dir
		}
	}
	closed, afterKill := copies(t, closedDirectory), copies(t, killedDirectory)
	for _, test := range []struct {
		name string
		make func(*testing.T) string
		want error
	}{
		{"open in another store", inUse, persistence.ErrInUse},
		{"a newer format", change(closed, "FORMAT", replace("understudy-data 2\n")), persistence.ErrNewerFormat},
		{"a format that is none", change(closed, "FORMAT", replace("somebody else's\n")), persistence.ErrDamaged},
		{"an empty format", change(closed, "FORMAT", cutTo(0)), persistence.ErrDamaged},
		{"no format", remove(closed, "FORMAT"), persistence.ErrDamaged},
		{"a file", aFile, persistence.ErrDamaged},
		{"below a file", belowFile, persistence.ErrDamaged},
		{"another program's directory", foreign, persistence.ErrDamaged},
		{"no manifest", remove(closed, "MANIFEST"), persistence.ErrDamaged},
		{"no manifest after a kill", remove(afterKill, "MANIFEST"), persistence.ErrDamaged},
		{"an empty manifest", change(closed, "MANIFEST", cutTo(0)), persistence.ErrDamaged},
		{"an empty manifest after a kill", change(afterKill, "MANIFEST", cutTo(0)), persistence.ErrDamaged},
		{"a manifest cut in a record", change(closed, "MANIFEST", cutBy(1)), persistence.ErrDamaged},
		{"a manifest cut between records", change(closed, "MANIFEST", cutTo(16)), persistence.ErrDamaged},
		{"a manifest cut after a kill", change(afterKill, "MANIFEST", cutBy(1)), persistence.ErrDamaged},
		{"a changed manifest", change(closed, "MANIFEST", flip(-1)), persistence.ErrDamaged},
		{"a changed manifest after a kill", change(afterKill, "MANIFEST", flip(-1)), persistence.ErrDamaged},
		{"a table cut by a byte", change(closed, "*.sst", cutBy(1)), persistence.ErrDamaged},
		{"a table cut in half", change(closed, "*.sst", cutTo(10_000)), persistence.ErrDamaged},
		{"an empty table", change(closed, "*.sst", cutTo(0)), persistence.ErrDamaged},
		{"a table with a changed block", change(closed, "*.sst", flip(5_000)), persistence.ErrDamaged},
		{"a table with a changed index", change(closed, "*.sst", flip(-40)), persistence.ErrDamaged},
		{"a table with a changed length", change(closed, "*.sst", flip(-1)), persistence.ErrDamaged},
		{"a missing table", remove(closed, "*.sst"), persistence.ErrDamaged},
		{"a changed key registry", change(closed, "KEYREGISTRY", flip(20)), persistence.ErrDamaged},
		{"a cut key registry", change(closed, "KEYREGISTRY", cutTo(10)), persistence.ErrDamaged},
		{"a key registry with a key", change(closed, "KEYREGISTRY", add("\xff\xff\xff\xff\x00\x00\x00\x00")), persistence.ErrDamaged},
		{"a key registry that goes on", change(closed, "KEYREGISTRY", add("\x00")), persistence.ErrDamaged},
		{"an empty key registry", change(closed, "KEYREGISTRY", cutTo(0)), persistence.ErrDamaged},
		{"a directory for a file", directoryForFile, persistence.ErrDamaged},
		{"a table that is a directory", tableDirectory, persistence.ErrDamaged},
		{"another program's log", foreignLog, persistence.ErrDamaged},
		{"a changed value log", change(closed, "*.vlog", flip(0)), persistence.ErrDamaged},
		{"a log changed at its header", change(afterKill, "*.mem", flip(0)), persistence.ErrDamaged},
		{"a log changed at its first entry", change(afterKill, "*.mem", flip(30)), persistence.ErrDamaged},
		{"a log changed in its midst", change(afterKill, "*.mem", flip(10_000)), persistence.ErrDamaged},
		{"a log cut in its midst", change(afterKill, "*.mem", cutTo(10_001)), persistence.ErrDamaged},
		{"a log cut in its header", change(afterKill, "*.mem", cutTo(10)), persistence.ErrDamaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := test.make(t)
			before := fingerprint(t, filepath.Dir(dir))
			s, err := badgerstore.Open(badgerstore.Options{Dir: dir})
			if !errors.Is(err, test.want) {
				t.Errorf("Open = %v, want %v", err, test.want)
			}
			if err == nil {
				t.Fatal("and closing it: ", s.Close())
			}
			if text := err.Error(); !strings.Contains(text, dir) || strings.Contains(text, "\n") {
				t.Errorf("the error is not one sentence that names the directory: %s", text)
			}
			if diff := cmp.Diff(before, fingerprint(t, filepath.Dir(dir))); diff != "" {
				t.Errorf("the files have changed (-before +after):\n%s", diff)
			}
		})
	}
}

func inUse(t *testing.T) string {
	dir := closedDirectory(t)
	s := open(t, badgerstore.Still(badgerstore.Options{Dir: dir}))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	fill(t, s, 0, 3)
	return dir
}

func aFile(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func belowFile(t *testing.T) string { return filepath.Join(aFile(t), "below") }

func foreign(t *testing.T) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("Dear Sir"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func directoryForFile(t *testing.T) string {
	dir := closedDirectory(t)
	path := filepath.Join(dir, "DISCARD")
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func tableDirectory(t *testing.T) string {
	dir := closedDirectory(t)
	path := one(t, dir, "*.sst")
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// foreignLog returns a directory with a file that looks like a log until Badger reads
// its name.
func foreignLog(t *testing.T) string {
	dir := closedDirectory(t)
	if err := os.WriteFile(filepath.Join(dir, "diary.mem"), make([]byte, 20), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOpens tries directories that look odd but are fine.
func TestOpens(t *testing.T) {
	t.Parallel()
	empty := func(t *testing.T) string { return filepath.Join(t.TempDir(), "not", "there", "yet") }
	for _, test := range []struct {
		name string
		make func(*testing.T) string
		want int
	}{
		{"missing, with its parents", empty, 0},
		{"empty", func(t *testing.T) string { return t.TempDir() }, 0},
		{"of a new file system", newFileSystem, 0},
		{"killed as it began", killedBeginner, 0},
		{"closed", closedDirectory, filled},
		{"killed", killedDirectory, 2 * filled},
		{"killed in the midst of a write", killedWriting, 2*filled - 1},
		{"killed in the midst of a write that had its end first", killedWritingBackwards, 2*filled - 1},
		{"killed as it closed", killedClosing, filled},
		{"killed as it made a log", killedMaking, 2 * filled},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := test.make(t)
			for range 2 {
				s := open(t, badgerstore.Options{Dir: dir})
				wantFilled(t, s, test.want)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func newFileSystem(t *testing.T) string {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "lost+found"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func killedBeginner(t *testing.T) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "FORMAT.new"), []byte("under"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// killedWriting zeroes the end of the last transaction in the log.
func killedWriting(t *testing.T) string {
	dir := killedBefore(t)
	edit(t, one(t, dir, "*.mem"), func(b []byte) []byte {
		end := len(bytes.TrimRight(b, "\x00"))
		clear(b[end-40 : end])
		return b
	})
	return dir
}

// killedWritingBackwards zeroes the start of the last transaction and breaks the
// mark of its end: a block is not always copied from the front.
func killedWritingBackwards(t *testing.T) string {
	dir := killedBefore(t)
	edit(t, one(t, dir, "*.mem"), func(b []byte) []byte {
		end := len(bytes.TrimRight(b, "\x00"))
		last := fmt.Appendf(nil, "%06d", 2*filled-1)
		begin := min(bytes.Index(b, append([]byte("a"), last...)), bytes.Index(b, append([]byte("b"), last...)))
		const head = 6 // of the entry, and the kind of its key
		clear(b[begin-head : end-30])
		clear(b[end-4 : end])
		return b
	})
	return dir
}

func killedClosing(t *testing.T) string {
	dir := closedDirectory(t)
	edit(t, filepath.Join(dir, "CLOSED"), cutBy(5))
	return dir
}

// killedMaking returns a directory with logs that were created and not yet sized.
func killedMaking(t *testing.T) string {
	dir := killedDirectory(t)
	for _, name := range []string{"99998.mem", "999998.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
