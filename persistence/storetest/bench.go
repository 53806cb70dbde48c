package storetest

import (
	"fmt"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// Bench measures an engine: one Get, one Put with its commit, and a page of 100
// pairs from the midst of 1,000 and of 100,000, which should cost about the
// same. A value has 400 bytes, about a user's record. open returns a new empty
// store at each call; Bench closes it.
func Bench(b *testing.B, open func(*testing.B) persistence.Store) {
	for _, bench := range []struct {
		name  string
		pairs int
		run   func(*testing.B, persistence.Store)
	}{
		{"get of 1000", 1_000, benchGet},
		{"get of 100000", 100_000, benchGet},
		{"update", 1_000, benchUpdate},
		{"scan 100 of 1000", 1_000, benchScan},
		{"scan 100 of 100000", 100_000, benchScan},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := open(b)
			fill(b, s, bench.pairs)
			b.ReportAllocs()
			b.ResetTimer()
			bench.run(b, s)
			b.StopTimer()
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// fill puts this many pairs, a hundred in each Update.
func fill(b *testing.B, s persistence.Store, pairs int) {
	for begin := 0; begin < pairs; begin += 100 {
		err := s.Update(b.Context(), func(tx persistence.Tx) error {
			for i := begin; i < begin+100; i++ {
				if err := tx.Put(numbered("user/", i), blob(uint64(i), 400)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchGet(b *testing.B, s persistence.Store) {
	for i := 0; b.Loop(); i++ {
		err := s.View(b.Context(), func(tx persistence.Tx) error {
			_, err := tx.Get(numbered("user/", i%1_000))
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchUpdate(b *testing.B, s persistence.Store) {
	value := blob(1, 400)
	for i := 0; b.Loop(); i++ {
		err := s.Update(b.Context(), func(tx persistence.Tx) error { return tx.Put(numbered("new/", i), value) })
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchScan(b *testing.B, s persistence.Store) {
	for i := 0; b.Loop(); i++ {
		if err := s.View(b.Context(), func(tx persistence.Tx) error { return page(tx, i%800) }); err != nil {
			b.Fatal(err)
		}
	}
}

// page reads 100 pairs after a number.
func page(tx persistence.Tx, after int) error {
	count := 0
	for _, err := range tx.Scan([]byte("user/"), numbered("user/", after)) {
		if err != nil {
			return err
		}
		if count++; count == 100 {
			return nil
		}
	}
	return fmt.Errorf("the scan ended after %d pairs", count)
}
