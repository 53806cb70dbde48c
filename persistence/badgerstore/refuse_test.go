package badgerstore_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// fingerprint tells a tree apart from any other: names, modes and contents.
func fingerprint(t *testing.T, path string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil || entry.IsDir() {
			out = append(out, path)
			return err
		}
		content, err := os.ReadFile(path)
		out = append(out, fmt.Sprintf("%s %v %x", path, info.Mode(), sha256.Sum256(content)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fill commits numbered transactions of two pairs each.
func fill(t *testing.T, s persistence.Store, begin, end int) {
	t.Helper()
	for n := begin; n < end; n++ {
		err := s.Update(t.Context(), func(tx persistence.Tx) error {
			value := bytes.Repeat(fmt.Appendf(nil, "%d,", n), 20)
			return errors.Join(tx.Put(fmt.Appendf(nil, "a%06d", n), value), tx.Put(fmt.Appendf(nil, "b%06d", n), value))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// wantFilled looks that exactly these transactions are there, whole.
func wantFilled(t *testing.T, s persistence.Store, count int) {
	t.Helper()
	var got []string
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			got = append(got, string(item.Key))
		}
		return nil
	})
	var want []string
	for _, side := range []string{"a", "b"} {
		for n := range count {
			want = append(want, fmt.Sprintf("%s%06d", side, n))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the keys (-want +got), %v:\n%s", err, diff)
	}
}

const filled = 1000

// closedDirectory returns a data directory that was closed twice, so that it has
// two tables.
func closedDirectory(t *testing.T) string {
	dir := t.TempDir()
	for _, begin := range []int{0, filled / 2} {
		s := open(t, badgerstore.Options{Dir: dir})
		fill(t, s, begin, begin+filled/2)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// killedDirectory returns a data directory as a killed process leaves it: the
// copy of one that is open. Everything in it was written out.
func killedDirectory(t *testing.T) string {
	s := open(t, badgerstore.Still(badgerstore.Options{Dir: closedDirectory(t)}))
	return killed(t, s, func() {
		fill(t, s, filled, 2*filled)
		writeOut(t, s)
	})
}

// killedBefore returns one whose last transaction was not written out.
func killedBefore(t *testing.T) string {
	s := open(t, badgerstore.Still(badgerstore.Options{Dir: closedDirectory(t)}))
	return killed(t, s, func() {
		fill(t, s, filled, 2*filled-1)
		writeOut(t, s)
		fill(t, s, 2*filled-1, 2*filled)
	})
}

func writeOut(t *testing.T, s persistence.Store) {
	t.Helper()
	if err := badgerstore.WriteOut(s); err != nil {
		t.Fatal(err)
	}
}

// copies makes a directory once and returns what copies it.
func copies(t *testing.T, make func(*testing.T) string) func(*testing.T) string {
	t.Helper()
	original := make(t)
	return func(t *testing.T) string { return copyOf(t, original) }
}

// copyOf copies the files of a directory.
func copyOf(t *testing.T, original string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(original)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(original, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		save(t, filepath.Join(dir, entry.Name()), content)
	}
	return dir
}

// save writes a file with a hole for the zeros at its end: most of a log.
func save(t *testing.T, path string, content []byte) {
	t.Helper()
	err := os.WriteFile(path, bytes.TrimRight(content, "\x00"), 0o600)
	if err := errors.Join(err, os.Truncate(path, int64(len(content)))); err != nil {
		t.Fatal(err)
	}
}

func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no %s in %s: %v", pattern, dir, err)
	}
	return slices.Max(paths)
}

// edit rewrites a file in place.
func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, path, change(content))
}

func cutTo(size int) func([]byte) []byte { return func(b []byte) []byte { return b[:size] } }

func cutBy(size int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-size] } }

func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		b[(at+len(b))%len(b)] ^= 0x10
		return b
	}
}

func replace(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }

func add(text string) func([]byte) []byte { return func(b []byte) []byte { return append(b, text...) } }

// TestRefuses has every kind of directory that must not be opened.
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

// foreignLog has a log that passes for one until Badger reads its name.
func foreignLog(t *testing.T) string {
	dir := closedDirectory(t)
	if err := os.WriteFile(filepath.Join(dir, "diary.mem"), make([]byte, 20), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOpens has directories that look odd but are fine.
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

// killedMaking has logs that were made and not yet sized.
func killedMaking(t *testing.T) string {
	dir := killedDirectory(t)
	for _, name := range []string{"99998.mem", "999998.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
