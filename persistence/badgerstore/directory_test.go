package badgerstore_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// fingerprint identifies a directory tree by its names, modes and contents.
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

// wantFilled checks that exactly these transactions are there, each complete.
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
		if err := copyFile(filepath.Join(original, entry.Name()), filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// zeros is a block of a file that is a hole in its copy: most of a log.
var zeros [64 << 10]byte

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	size, err := copyBlocks(out, in)
	return errors.Join(err, out.Truncate(size), out.Chmod(0o600), out.Close())
}

// copyBlocks copies the blocks that are not zeros.
func copyBlocks(out io.WriterAt, in io.Reader) (size int64, err error) {
	block := make([]byte, len(zeros))
	for {
		n, err := io.ReadFull(in, block)
		if !bytes.Equal(block[:n], zeros[:n]) {
			if _, err := out.WriteAt(block[:n], size); err != nil {
				return size, err
			}
		}
		size += int64(n)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return size, nil
		case err != nil:
			return size, err
		}
	}
}

// save writes a file with a hole for the zeros at its end.
func save(t *testing.T, path string, content []byte) {
	t.Helper()
	err := os.WriteFile(path, content[:written(content)], 0o600)
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
