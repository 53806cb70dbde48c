package pgstore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

const (
	patient   = 5 * time.Minute // longer is a hang
	impatient = time.Millisecond
)

// number reads the key n, which is 0 at first.
func number(tx persistence.Tx) (int, error) {
	value, err := tx.Get([]byte("n"))
	if errors.Is(err, persistence.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(value))
}

func wantNumber(t testing.TB, s persistence.Store, want int) {
	t.Helper()
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		n, err := number(tx)
		if err == nil && n != want {
			t.Errorf("n is %d, want %d", n, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, want %v", err, want)
	}
}

// three opens three stores in one schema, as three servers do.
func three(t testing.TB) (stores []persistence.Store) {
	url := testkit.Postgres(t)
	for range 3 {
		s := open(t, url)
		t.Cleanup(func() { _ = s.Close() })
		stores = append(stores, s)
	}
	return stores
}

// TestServersLoseNothing lets three servers add to one number at the same time.
func TestServersLoseNothing(t *testing.T) {
	t.Parallel()
	stores := three(t)
	const clients, rounds = 4, 20
	var group sync.WaitGroup
	for _, s := range stores {
		for range clients {
			group.Go(func() {
				for range rounds {
					if err := s.Update(t.Context(), func(tx persistence.Tx) error { return increase(tx, 1) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	for _, s := range stores {
		wantNumber(t, s, len(stores)*clients*rounds)
	}
}

// TestServersSeeEachOther lets servers write in turn. The next View of each sees it, and
// nothing that was derived from an older state is used for a newer one.
func TestServersSeeEachOther(t *testing.T) {
	t.Parallel()
	stores := three(t)
	r := rand.New(rand.NewPCG(1, 2))
	caches := make([]persistence.StateCache[string, string], len(stores))
	held, want := 0, map[string]string{}
	for i := range 300 {
		key := []byte(fmt.Sprintf("account\x00table\x00%d\x00", r.IntN(4)))
		err := stores[r.IntN(len(stores))].Update(t.Context(), func(tx persistence.Tx) error { return tx.Put(key, fmt.Append(nil, i)) })
		if err != nil {
			t.Fatal(err)
		}
		want[string(key)] = fmt.Sprint(i)
		if i == 150 {
			large(t, stores[0])
			want["account\x00table\x000\x00"] = "large"
		}
		for n, s := range stores {
			if r.IntN(3) == 0 {
				continue // it does not look each time
			}
			err := s.View(t.Context(), func(tx persistence.Tx) error {
				for k := range 4 {
					name := fmt.Sprintf("account\x00table\x00%d\x00", k)
					kept := caches[n].Get(tx, name)
					read := persistence.Noting(tx)
					value, err := read.Get([]byte(name))
					if err != nil && !errors.Is(err, persistence.ErrNotFound) {
						return err
					}
					now := string(value)
					if now != want[name] {
						return fmt.Errorf("round %d: server %d reads %q, want %q", i, n, now, want[name])
					}
					if kept != nil && *kept != now {
						return fmt.Errorf("round %d: server %d keeps %q for %q", i, n, *kept, now)
					}
					if kept != nil {
						held++
					}
					caches[n].Put(read, name, &now)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if held < 300 {
		t.Errorf("only %d values were kept", held)
	}
}

// large writes more keys than a commit lists, and more commits than are listed.
func large(t *testing.T, s persistence.Store) {
	t.Helper()
	err := s.Update(t.Context(), func(tx persistence.Tx) error {
		for i := range 3000 {
			if err := tx.Put(fmt.Appendf(nil, "large\x00table\x00a long key with the number\x00%d\x00", i), nil); err != nil {
				return err
			}
		}
		return tx.Put([]byte("account\x00table\x000\x00"), []byte("large"))
	})
	for i := 0; err == nil && i < 1200; i++ {
		err = s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("n"), fmt.Append(nil, i)) })
	}
	if err != nil {
		t.Fatal(err)
	}
}
