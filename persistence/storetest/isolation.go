package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

func viewInsideUpdate(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"})
	update(t, s, func(tx persistence.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		wantStore(t, s, pair{"a", "1"})
		return nil
	})
	wantStore(t, s, pair{"a", "changed"}, pair{"new", "pair"})
}

func viewSeesOneMoment(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	view(t, s, func(tx persistence.Tx) error {
		update(t, s, change)
		old := errors.Join(wantValue(tx, "a", "1"), wantValue(tx, "b", "2"), wantMissing(tx, "new"))
		var keys string
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			put(t, s, pair{"b" + string(item.Key), "behind the scan"})
			keys += string(item.Key)
		}
		if keys != "ab" {
			t.Errorf("a View's scan yielded %q after a commit, want %q", keys, "ab")
		}
		return old
	})
	wantStore(t, s, pair{"a", "changed"}, pair{"ba", "behind the scan"}, pair{"bb", "behind the scan"},
		pair{"new", "pair"})
}

const (
	workers = 8
	rounds  = 25
)

// parallel runs f in several goroutines at once and reports their errors.
func parallel(t *testing.T, f func(worker int) error) {
	t.Helper()
	var group sync.WaitGroup
	errs := make([]error, workers)
	for worker := range workers {
		group.Go(func() { errs[worker] = f(worker) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// noHalfUpdates has half of the workers write one value to many keys while the
// others look that all keys have one value, by Get and by Scan.
func noHalfUpdates(t *testing.T, s persistence.Store) {
	const keys = 20
	write := func(value string) error {
		return s.Update(t.Context(), func(tx persistence.Tx) error {
			for i := range keys {
				if err := tx.Put(numbered("k", i), []byte(value)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := write("first"); err != nil {
		t.Fatal(err)
	}
	parallel(t, func(worker int) error {
		for round := range rounds {
			var err error
			if worker%2 == 0 {
				err = write(fmt.Sprint(worker, round))
			} else {
				err = s.View(t.Context(), func(tx persistence.Tx) error { return oneValue(tx, keys) })
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// oneValue checks that the numbered keys are all there with the same value.
func oneValue(tx persistence.Tx, keys int) error {
	first, err := tx.Get(numbered("k", 0))
	if err != nil {
		return err
	}
	runtime.Gosched() // let an Update go on in between
	if err := wantValue(tx, string(numbered("k", keys-1)), string(first)); err != nil {
		return fmt.Errorf("half of an Update: %w", err)
	}
	got, err := list(tx, []byte("k"), nil)
	for _, p := range got {
		if p.Value != string(first) {
			return fmt.Errorf("half of an Update: %q = %q, %q elsewhere", p.Key, p.Value, first)
		}
	}
	if len(got) != keys {
		return fmt.Errorf("half of an Update: %d of %d keys", len(got), keys)
	}
	return err
}

func numbered(prefix string, n int) []byte { return fmt.Appendf(nil, "%s%06d", prefix, n) }

func countersLoseNothing(t *testing.T, s persistence.Store) {
	put(t, s, pair{"n", "0"})
	parallel(t, func(int) error {
		for range rounds {
			if err := s.Update(t.Context(), increment); err != nil {
				return err
			}
		}
		return nil
	})
	wantStore(t, s, pair{"n", strconv.Itoa(workers * rounds)})
}

func increment(tx persistence.Tx) error {
	n, err := number(tx, "n")
	if err != nil {
		return err
	}
	return tx.Put([]byte("n"), []byte(strconv.Itoa(n+1)))
}

func number(tx persistence.Tx, key string) (int, error) {
	value, err := tx.Get([]byte(key))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(value))
}

// noPhantoms has every worker insert, under a key of its own, the next free
// place of a range that it found by a scan. No two of them read or write the
// same key, so only an engine that protects ranges keeps the places distinct
// and their number below the limit.
func noPhantoms(t *testing.T, s persistence.Store) {
	const limit = 100
	var wins [workers]int
	parallel(t, func(worker int) error {
		for round := range rounds {
			won, err := takePlace(t.Context(), s, fmt.Sprintf("place/%d/%d", worker, round), limit)
			if err != nil {
				return err
			}
			if won {
				wins[worker]++
			}
		}
		return nil
	})
	won := 0
	for _, n := range wins {
		won += n
	}
	seen := map[string]string{}
	for _, p := range everything(t, s) {
		if other, ok := seen[p.Value]; ok {
			t.Errorf("%q and %q both have place %s", other, p.Key, p.Value)
		}
		seen[p.Value] = p.Key
	}
	if len(seen) != limit || won != limit {
		t.Errorf("%d places taken, %d acknowledged; want the limit of %d", len(seen), won, limit)
	}
}

// takePlace puts the number of places that a scan sees under key, unless the
// limit is reached.
func takePlace(ctx context.Context, s persistence.Store, key string, limit int) (won bool, err error) {
	err = s.Update(ctx, func(tx persistence.Tx) error {
		taken, err := list(tx, []byte("place/"), nil)
		if won = len(taken) < limit; err != nil || !won {
			return err
		}
		runtime.Gosched() // let another Update scan before this one writes
		return tx.Put([]byte(key), []byte(strconv.Itoa(len(taken))))
	})
	return won, err
}

// noWriteSkew has each worker draw from its own account as long as the sum of
// all accounts allows it. The sum must never become negative.
func noWriteSkew(t *testing.T, s persistence.Store) {
	const deposit = 10
	for worker := range workers {
		put(t, s, pair{string(numbered("account", worker)), strconv.Itoa(deposit)})
	}
	parallel(t, func(worker int) error {
		for range rounds {
			if err := s.Update(t.Context(), func(tx persistence.Tx) error { return draw(tx, worker) }); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx persistence.Tx) error {
		rest, err := sum(tx)
		if rest != 0 {
			t.Errorf("the accounts hold %d, want 0: %d draws of 1 from %d", rest, workers*rounds, workers*deposit)
		}
		return err
	})
}

func draw(tx persistence.Tx, worker int) error {
	rest, err := sum(tx)
	if err != nil || rest < 1 {
		return err
	}
	runtime.Gosched() // let another Update see the same sum
	own, err := number(tx, string(numbered("account", worker)))
	if err != nil {
		return err
	}
	return tx.Put(numbered("account", worker), []byte(strconv.Itoa(own-1)))
}

func sum(tx persistence.Tx) (total int, err error) {
	accounts, err := list(tx, []byte("account"), nil)
	for _, p := range accounts {
		n, err := strconv.Atoi(p.Value)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, err
}
