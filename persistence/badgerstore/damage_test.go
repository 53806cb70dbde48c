package badgerstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// damages are what happens to a file, by name.
var damages = map[string]func([]byte) []byte{
	"emptied":                nil,
	"zeroed":                 func(b []byte) []byte { clear(b); return b },
	"cut by a byte":          func(b []byte) []byte { return b[:max(0, len(b)-1)] },
	"cut in half":            func(b []byte) []byte { return b[:len(b)/2] },
	"changed at the start":   flipAt(func(b []byte) int { return 0 }),
	"changed in the middle":  flipAt(func(b []byte) int { return written(b) / 2 }),
	"changed at its end":     flipAt(func(b []byte) int { return len(b) - 1 }),
	"changed where it ended": flipAt(func(b []byte) int { return written(b) - 1 }),
	"zeroed where it ended":  func(b []byte) []byte { clear(b[max(0, written(b)-1):]); return b },
}

// written is the length of what is not zero.
func written(b []byte) int {
	n := len(b)
	for n >= len(zeros) && bytes.Equal(b[n-len(zeros):n], zeros[:]) {
		n -= len(zeros)
	}
	return len(bytes.TrimRight(b[:n], "\x00"))
}

func flipAt(place func([]byte) int) func([]byte) []byte {
	return func(b []byte) []byte {
		if at := place(b); at >= 0 && at < len(b) {
			b[at] ^= 0x10
		}
		return b
	}
}

// TestDamage damages each file of a directory in each way. The directory is
// refused, or everything that was written out is there.
func TestDamage(t *testing.T) {
	t.Parallel()
	for name, original := range map[string]struct {
		make func(*testing.T) string
		want int
	}{
		"closed": {closedDirectory, filled},
		"killed": {killedDirectory, 2 * filled},
	} {
		dir := original.make(t)
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			t.Run(fmt.Sprint(name, " ", file.Name()), func(t *testing.T) {
				t.Parallel()
				refused := 0
				for how, change := range damages {
					refused += damageOne(t, how, damaged(t, dir, file.Name(), change), original.want)
				}
				path := filepath.Join(damaged(t, dir, file.Name(), func(b []byte) []byte { return b }), file.Name())
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				refused += damageOne(t, "removed", filepath.Dir(path), original.want)
				t.Logf("%d of %d refused", refused, len(damages)+1)
			})
		}
	}
}

// damaged copies a directory and changes a file of the copy; nil empties it.
func damaged(t *testing.T, original, name string, change func([]byte) []byte) string {
	t.Helper()
	dir := copyOf(t, original)
	if change == nil {
		change = cutTo(0)
	}
	edit(t, filepath.Join(dir, name), change)
	return dir
}

// damageOne opens a damaged directory and returns 1 if it was refused. With
// AcceptLoss what is left of it can be read, unless it is refused again.
func damageOne(t *testing.T, how, dir string, want int) (refused int) {
	t.Helper()
	s, err := badgerstore.Open(badgerstore.Options{Dir: dir})
	switch {
	case err == nil:
		wantFilled(t, s, want)
		if t.Failed() {
			t.Fatalf("%s: it was opened without everything that was written out", how)
		}
	case !errors.Is(err, persistence.ErrDamaged), strings.Contains(err.Error(), "\n"):
		t.Errorf("%s: it was refused with %v, want one sentence about damage", how, err)
	default:
		refused = 1
		if s, err = badgerstore.Open(badgerstore.Options{Dir: dir, AcceptLoss: true}); err != nil {
			return refused
		}
		wantPrefix(t, s)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return refused
}

// wantPrefix checks that the numbered transactions of fill are complete and have no gap.
func wantPrefix(t *testing.T, s persistence.Store) (count int) {
	t.Helper()
	keys := 0
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			if item.Key[0] == 'a' {
				count++
			}
			keys++
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if keys != 2*count {
		t.Errorf("%d keys of %d transactions", keys, count)
	}
	wantFilled(t, s, count)
	return count
}

// TestAcceptedLoss opens what is left of a directory whose log is gone. A loss that was
// accepted is not reported the next time.
func TestAcceptedLoss(t *testing.T) {
	t.Parallel()
	dir := killedDirectory(t)
	if err := os.Remove(one(t, dir, "*.mem")); err != nil {
		t.Fatal(err)
	}
	if _, err := badgerstore.Open(badgerstore.Options{Dir: dir}); !errors.Is(err, persistence.ErrDamaged) {
		t.Fatalf("Open = %v, want ErrDamaged", err)
	} else if !strings.Contains(err.Error(), "--accept-loss") {
		t.Errorf("the error does not say what to do: %v", err)
	}
	for _, accept := range []bool{true, false} {
		s := open(t, badgerstore.Options{Dir: dir, AcceptLoss: accept})
		wantFilled(t, s, filled)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWithoutMark opens directories of the previous version, which had no marks and did
// not number transactions; new transactions are numbered.
func TestWithoutMark(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"closed", "killed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, filepath.Join("testdata", "before-marks-"+name))
			for end := 20; end < 40; end += 10 {
				s := open(t, badgerstore.Options{Dir: dir})
				wantFilled(t, s, end)
				fill(t, s, end, end+10)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
