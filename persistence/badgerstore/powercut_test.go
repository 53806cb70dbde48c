package badgerstore_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// medium remembers what was written out of the files whose writing it sees. It assumes
// that what Badger writes out by itself is there.
type medium struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (m *medium) wrote(f *os.File) error {
	content, err := os.ReadFile(f.Name())
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[filepath.Base(f.Name())] = content
	return nil
}

// cut copies a directory as a power cut at this moment may leave it: of each page
// that was changed since it was written out, the medium has the old or the new.
func (m *medium) cut(t *testing.T, dir string, random *rand.Rand) string {
	t.Helper()
	to := copyOf(t, dir)
	logs, err := filepath.Glob(filepath.Join(to, "*.mem"))
	if err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, path := range append(logs, filepath.Join(to, "SYNCED")) {
		old, known := m.files[filepath.Base(path)]
		if !known && random.IntN(2) == 0 {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		edit(t, path, func(content []byte) []byte { return mix(content, old, random) })
	}
	return to
}

// mix takes each page from now or from before.
func mix(now, before []byte, random *rand.Rand) []byte {
	const page = 4096
	out := make([]byte, len(now))
	copy(out, before)
	for at := 0; at < written(now); at += page {
		if random.IntN(2) == 0 {
			copy(out[at:], now[at:min(at+page, len(now))])
		}
	}
	return out
}

// TestPowerCuts cuts the power at random moments after random writing out. What
// was written out is there, and nothing after a gap.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	const seed = 7
	random := rand.New(rand.NewPCG(seed, 0))
	m := &medium{files: map[string][]byte{}}
	options := badgerstore.Still(badgerstore.OnMedium(badgerstore.Options{Dir: t.TempDir()}, m.wrote))
	s, count, lost := open(t, options), 0, 0
	for round := range testkit.Rounds(t, 5, 3*time.Second) {
		synced := count
		if random.IntN(3) > 0 {
			writeOut(t, s)
		} else {
			synced = 0
		}
		more := random.IntN(60)
		fill(t, s, count, count+more)
		count += more
		cut := m.cut(t, options.Dir, random)
		after, err := badgerstore.Open(badgerstore.Options{Dir: cut})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		got := wantPrefix(t, after)
		if got < synced {
			t.Errorf("round %d: %d transactions are left of %d that were written out", round, got, synced)
		}
		lost += count - got
		if err := errors.Join(after.Close(), os.RemoveAll(cut)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d transactions; all cuts together took %d", count, lost)
	if lost == 0 {
		t.Error("no cut took anything, so the test shows nothing")
	}
}
