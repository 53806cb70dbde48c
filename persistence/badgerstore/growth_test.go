package badgerstore_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// overwrite puts a random value of this size at one of a few keys.
func overwrite(t *testing.T, s persistence.Store, n, size int) {
	t.Helper()
	value := make([]byte, size)
	random := rand.NewChaCha8([32]byte{byte(n)})
	if _, err := random.Read(value); err != nil {
		t.Fatal(err)
	}
	err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put(fmt.Appendf(nil, "key%d", n%10), value) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestOverwritingDoesNotGrow writes much more than the directory may then hold.
// Less than that would show nothing: that many tables may wait for compaction.
func TestOverwritingDoesNotGrow(t *testing.T) {
	testkit.Long(t)
	t.Parallel()
	const size, count, limit = 200_000, 2_000, 250_000_000
	dir := t.TempDir()
	s := open(t, badgerstore.Options{Dir: dir})
	for n := range count {
		overwrite(t, s, n, size)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > limit {
		t.Errorf("%d bytes after %d were written to ten keys, want at most %d", total, size*count, limit)
	}
}

// TestRestartingDoesNotGrow restarts faster than compaction gets to work.
func TestRestartingDoesNotGrow(t *testing.T) {
	t.Parallel()
	const limit = 15
	dir := t.TempDir()
	for n := range 40 {
		s := open(t, badgerstore.Options{Dir: dir})
		fill(t, s, n, n+1)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) > limit {
		t.Errorf("%d files after 40 restarts, %v; want at most %d: %v", len(files), err, limit, files)
	}
}
