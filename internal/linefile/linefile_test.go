package linefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-iam/understudy/internal/linefile"
)

var errFull = errors.New("no space left on device")

// small is a file with room for a few bytes; if stiff is set, it cannot be
// truncated.
type small struct {
	linefile.Opened
	room  *int
	stiff bool
}

func (s small) Write(p []byte) (int, error) {
	if len(p) <= *s.room {
		*s.room -= len(p)
		return s.Opened.Write(p)
	}
	n, err := s.Opened.Write(p[:*s.room])
	*s.room = 0
	return n, errors.Join(errFull, err)
}

func (s small) Truncate(size int64) error {
	if s.stiff {
		return errors.ErrUnsupported
	}
	return s.Opened.Truncate(size)
}

// Lines are whole, even if the disk takes only a part of one.
func TestLinesOnASmallDisk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before string // what the file has
		room   int    // for the first line
		stiff  bool
		want   string // after another line was written, for which there is room
	}{
		{"room", "", 100, false, "first\nsecond\n"},
		{"no room", "before\n", 0, false, "before\nsecond\n"},
		{"room for a part", "before\n", 3, false, "before\nsecond\n"},
		{"room for a part that stays", "before\n", 3, true, "before\nfir\nsecond\n"},
		{"a line that was cut", "befo", 100, false, "befo\nfirst\nsecond\n"},
	} {
		path := filepath.Join(t.TempDir(), "lines")
		if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		room := c.room
		f, err := linefile.New(linefile.Options{Path: path, Open: func(path string) (linefile.Opened, error) {
			file, err := linefile.Open(path)
			return small{file, &room, c.stiff}, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		const first = "first\n"
		if n, err := f.Write([]byte(first)); (err == nil) != (n == len(first)) || err != nil && !errors.Is(err, errFull) {
			t.Errorf("%s: %d, %v", c.name, n, err)
		}
		room = 100
		if _, err := f.Write([]byte("second\n")); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := f.Close(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
}
