package badgerstore_test

import (
	"testing"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/storetest"
)

func open(t testing.TB, options badgerstore.Options) persistence.Store {
	t.Helper()
	s, err := badgerstore.Open(options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}

func TestInMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		return open(t, badgerstore.Options{})
	})
}

func TestOnDisk(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		return open(t, badgerstore.Options{Dir: t.TempDir()})
	})
}

// TestOnMedium looks that the suite's rules hold with SyncWrites too, as far as
// a few of its writes go; that the medium has them no test can see.
func TestOnMedium(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := 1; round <= 2; round++ {
		s := open(t, badgerstore.Options{Dir: dir, SyncWrites: true})
		fill(t, s, 10*(round-1), 10*round)
		wantFilled(t, s, 10*round)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkInMemory(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) persistence.Store {
		return open(b, badgerstore.Options{})
	})
}

func BenchmarkOnDisk(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) persistence.Store {
		return open(b, badgerstore.Options{Dir: b.TempDir()})
	})
}
