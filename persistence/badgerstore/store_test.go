package badgerstore_test

import (
	"runtime"
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

// TestOnMedium runs the suite on a store whose Updates wait for the medium, which is so
// fast here that the suite takes no longer.
func TestOnMedium(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		return open(t, badgerstore.Quick(badgerstore.Options{Dir: t.TempDir(), SyncWrites: true}))
	})
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

func BenchmarkOnMedium(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) persistence.Store {
		return open(b, badgerstore.Options{Dir: b.TempDir(), SyncWrites: true})
	})
}

// BenchmarkTogether has 64 clients that update at the same time and share the wait for
// the medium.
func BenchmarkTogether(b *testing.B) {
	for name, options := range map[string]badgerstore.Options{
		"within a second": {}, "on the medium": {SyncWrites: true},
	} {
		b.Run(name, func(b *testing.B) {
			options.Dir = b.TempDir()
			s := open(b, options)
			b.SetParallelism(64 / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := s.Update(b.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), make([]byte, 400)) })
					if err != nil {
						b.Error(err)
					}
				}
			})
			b.StopTimer()
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
