package history_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/persistence/storetest"
)

// A store that notes passes the same suite as the one below it.
func TestEngine(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store { return started(t, memstore.New(), history.Options{}) })
}

func started(t *testing.T, engine persistence.Store, o history.Options) *history.Store {
	t.Helper()
	s := history.New(engine, o)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

type callKey struct{}

func callOf(ctx context.Context) string {
	name, _ := ctx.Value(callKey{}).(string)
	return name
}

func as(t *testing.T, call string) context.Context {
	return context.WithValue(t.Context(), callKey{}, call)
}

// shown is all that a transaction shows, by Scan; Get must agree.
func shown(t *testing.T, tx persistence.Tx) string {
	t.Helper()
	var list []string
	for item, err := range tx.Scan(nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(item.Key)+"="+string(item.Value))
		if value, err := tx.Get(item.Key); err != nil || string(value) != string(item.Value) {
			t.Errorf("Get(%s) = %q, %v; Scan shows %q", item.Key, value, err, item.Value)
		}
	}
	return strings.Join(list, " ")
}

func put(t *testing.T, s *history.Store, call string, pairs ...string) {
	t.Helper()
	err := s.Update(as(t, call), func(tx persistence.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Put([]byte(pairs[i]), []byte(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func position(t *testing.T, s *history.Store) (text string) {
	t.Helper()
	err := s.Position(t.Context(), func(tx persistence.Tx) error {
		text = shown(t, tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// next moves the position, and tells the call and the state after it.
func next(t *testing.T, s *history.Store) (text string) {
	t.Helper()
	err := s.Next(t.Context(), func(n *history.Note, tx persistence.Tx) error {
		text = n.Call + ": " + shown(t, tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// engines are those that the position is tried on.
func engines(t *testing.T, f func(*testing.T, func() persistence.Store)) {
	t.Run("memstore", func(t *testing.T) {
		t.Parallel()
		f(t, func() persistence.Store { return memstore.New() })
	})
	t.Run("badgerstore", func(t *testing.T) {
		t.Parallel()
		f(t, func() persistence.Store {
			s, err := badgerstore.Open(badgerstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	})
	t.Run("without numbers", func(t *testing.T) {
		t.Parallel()
		f(t, func() persistence.Store { return unnumbered{memstore.New()} })
	})
}

// unnumbered is an engine that does not number its states.
type unnumbered struct{ persistence.Store }

func (s unnumbered) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, func(tx persistence.Tx) error { return f(struct{ persistence.Tx }{tx}) })
}

func (s unnumbered) Update(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.Update(ctx, func(tx persistence.Tx) error { return f(struct{ persistence.Tx }{tx}) })
}

func TestEachUpdateIsShownByItself(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine func() persistence.Store) {
		s := history.New(engine(), history.Options{Call: callOf})
		put(t, s, "before", "a", "0")
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		put(t, s, "one", "a", "1", "b", "1")
		failed := errors.New("failed")
		if err := s.Update(as(t, "failed"), func(tx persistence.Tx) error {
			return errors.Join(tx.Put([]byte("a"), []byte("9")), failed)
		}); !errors.Is(err, failed) {
			t.Fatal(err)
		}
		if err := s.Update(as(t, "two"), func(tx persistence.Tx) error { return tx.Delete([]byte("a")) }); err != nil {
			t.Fatal(err)
		}
		put(t, s, "three", "a", "3")
		if got := position(t, s); got != "a=0" {
			t.Errorf("at first the position shows %q", got)
		}
		if _, ok := s.Of("failed"); ok {
			t.Error("what failed is noted")
		}
		if number, ok := s.Of("three"); number != 3 || !ok {
			t.Errorf("the last note has the number %d, %t", number, ok)
		}
		refused := errors.New("refused")
		if err := s.Next(t.Context(), func(*history.Note, persistence.Tx) error { return refused }); !errors.Is(err, refused) {
			t.Errorf("an error is %v", err)
		}
		for _, want := range []string{"one: a=1 b=1", "two: b=1", "three: a=3 b=1", ""} {
			if got := next(t, s); got != want {
				t.Errorf("next is %q, want %q", got, want)
			}
		}
		if got := position(t, s); got != "a=3 b=1" {
			t.Errorf("at last the position shows %q", got)
		}
	})
}

// An Update whose context ends while its function runs is noted, and not committed.
func TestWhatIsGivenUpIsNotShown(t *testing.T) {
	t.Parallel()
	s := started(t, memstore.New(), history.Options{Call: callOf})
	ctx, cancel := context.WithCancel(as(t, "given up"))
	err := s.Update(ctx, func(tx persistence.Tx) error {
		cancel()
		return tx.Put([]byte("a"), []byte("1"))
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	put(t, s, "kept", "b", "1")
	if got := next(t, s); got != "kept: b=1" {
		t.Errorf("next is %q", got)
	}
}

// Too many notes move the position, so that the state there is one that existed.
func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	s := started(t, memstore.New(), history.Options{Bytes: 10_000, Call: callOf})
	put(t, s, "", "n", strings.Repeat("x", 4000))
	for i := range 20 {
		put(t, s, fmt.Sprint(i), "n", fmt.Sprintf("%4000d", i))
	}
	lost := s.Lost()
	if lost < 15 || lost > 20 || s.Lost() != 0 {
		t.Fatalf("%d notes are lost, then %d", lost, s.Lost())
	}
	if got, want := position(t, s), fmt.Sprintf("n=%4000d", lost-2); got != want {
		t.Errorf("the position shows %.10q, want %.10q", strings.TrimLeft(got[2:], " "), strings.TrimLeft(want[2:], " "))
	}
	if got, want := next(t, s), fmt.Sprintf("%d: n=%4000d", lost-1, lost-1); got != want {
		t.Errorf("next is of %.10q, want %.10q", got, want)
	}
	s.Stop()
	if _, ok := s.At(); ok {
		t.Error("after Stop there are notes")
	}
	put(t, s, "unnoted", "a", "1")
	if got := next(t, s); got != "" {
		t.Errorf("after Stop next is %q", got)
	}
}

// Many write at once, some fail, and one looks at the history meanwhile: each state that
// is shown is the one that the writer of the note has seen.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine func() persistence.Store) {
		s := started(t, engine(), history.Options{Call: callOf})
		var mu sync.Mutex
		want := map[string]string{} // the state as each call left it
		var writers sync.WaitGroup
		for w := range 8 {
			writers.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), 3))
				for i := range 40 {
					call := fmt.Sprintf("%d/%d", w, i)
					state, err := write(t, s, call, random)
					if err == nil {
						mu.Lock()
						want[call] = state
						mu.Unlock()
					}
				}
			})
		}
		got := map[string]string{}
		look := func() bool {
			text := next(t, s)
			call, state, ok := strings.Cut(text, ": ")
			if ok {
				got[call] = state
			}
			return ok
		}
		done := make(chan struct{})
		go func() { writers.Wait(); close(done) }()
		for range 100 { // while they write, of calls that have ended
			mu.Lock()
			ended := len(want)
			mu.Unlock()
			if len(got) < ended-8 && !look() {
				t.Error("a call has ended, and is not noted")
			}
		}
		<-done
		for look() {
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

var errChosen = errors.New("chosen")

// write makes a random Update, and returns what it has left; the numbers of some fail.
func write(t *testing.T, s *history.Store, call string, random *rand.Rand) (state string, err error) {
	var keys []string
	for range 1 + random.IntN(3) {
		keys = append(keys, string('a'+rune(random.IntN(6))))
	}
	fails := random.IntN(5) == 0
	err = s.Update(as(t, call), func(tx persistence.Tx) error {
		for i, key := range slices.Compact(keys) {
			if i == 0 && len(keys) > 1 {
				if err := tx.Delete([]byte(key)); err != nil {
					return err
				}
				continue
			}
			if err := tx.Put([]byte(key), []byte(call)); err != nil {
				return err
			}
		}
		state = shown(t, tx)
		if fails {
			return errChosen
		}
		return nil
	})
	return state, err
}
