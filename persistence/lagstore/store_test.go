package lagstore_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/lagstore"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/persistence/storetest"
)

const lag = 10 * time.Second

// A store that records passes the same suite as the one below it.
func TestEngine(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) persistence.Store {
		s := lagstore.New(memstore.New(), lagstore.Options{})
		s.Record(lag)
		return s
	})
}

// The bytes of the notes are limited: what the oldest hid is seen then.
func TestNotesAreBoundedByBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	large := strings.Repeat("x", 1<<20)
	w.put("a", "old")
	for i := range 4 {
		w.put(fmt.Sprint("large-", i), large)
	}
	w.now = w.now.Add(2 * lag)
	w.put("a", "new")
	w.want("with few notes", lag, "a=old large-0="+large+" large-1="+large+" large-2="+large+" large-3="+large)
	for i := range 70 { // each notes a MiB that was there before
		w.put(fmt.Sprint("large-", i%4), large)
	}
	if got := w.shown(lag); !strings.HasPrefix(got, "a=new ") {
		t.Errorf("after 70 MiB of notes %.20s is shown", got)
	}
	w.now = w.now.Add(2 * lag)
	w.put("a", "newer")
	if got := w.shown(lag); !strings.HasPrefix(got, "a=new ") {
		t.Errorf("when the notes are old %.20s is shown", got)
	}
}

// world is a store with a clock that the test moves.
type world struct {
	*lagstore.Store
	t   *testing.T
	now time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: time.Unix(1_800_000_000, 0)}
	w.Store = lagstore.New(memstore.New(), lagstore.Options{
		Now: func() time.Time { return w.now }, Except: func(key []byte) bool { return strings.HasPrefix(string(key), "always") },
	})
	w.Record(lag)
	return w
}

func (w *world) put(key, value string) {
	w.t.Helper()
	if err := w.Update(w.t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte(key), []byte(value)) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) delete(key string) {
	w.t.Helper()
	if err := w.Update(w.t.Context(), func(tx persistence.Tx) error { return tx.Delete([]byte(key)) }); err != nil {
		w.t.Fatal(err)
	}
}

// shown is what is seen late, "a=1 b=2".
func (w *world) shown(late time.Duration) string {
	w.t.Helper()
	var list []string
	err := w.View(persistence.WithLag(w.t.Context(), late), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			list = append(list, string(item.Key)+"="+string(item.Value))
			value, err := tx.Get(item.Key)
			if err != nil || string(value) != string(item.Value) {
				return fmt.Errorf("Get(%s) = %s, %v; Scan shows %s", item.Key, value, err, item.Value)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func (w *world) want(what string, late time.Duration, want string) {
	w.t.Helper()
	if got := w.shown(late); got != want {
		w.t.Errorf("%s: %q; want %q", what, got, want)
	}
}

func TestWhatIsSeenLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Record(0)
	w.put("old", "1")
	w.put("gone", "1")
	w.Record(lag)
	w.want("before the recording", lag, "gone=1 old=1")

	w.put("new", "1")
	w.put("old", "2")
	w.delete("gone")
	w.put("always", "1")
	w.want("the present", 0, "always=1 new=1 old=2")
	w.want("at once", lag, "always=1 gone=1 old=1")
	w.now = w.now.Add(lag - 1)
	w.put("new", "2")
	w.want("just before", lag, "always=1 gone=1 old=1")
	w.want("with a shorter lag", lag-1, "always=1 new=1 old=2")
	w.now = w.now.Add(1)
	w.want("just after", lag, "always=1 new=1 old=2")
	w.now = w.now.Add(lag)
	w.want("after all", lag, "always=1 new=2 old=2")
}

func TestWhatEndsALag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		end  func(*world)
	}{
		{"time", func(w *world) { w.now = w.now.Add(lag) }},
		{"a clock that is moved back", func(w *world) { w.now = w.now.Add(-time.Hour) }},
		{"forgetting", func(w *world) { w.Forget() }},
		{"the end of the recording", func(w *world) { w.Record(0) }},
	} {
		w := newWorld(t)
		w.put("a", "1")
		w.want(c.name+", before", lag, "")
		c.end(w)
		w.want(c.name, lag, "a=1")
	}
}

// An Update reads and changes the present; its caller sees an older state.
func TestAnUpdateOfSomebodyWhoSeesChangesLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("a", "1")
	errSeen := errors.New("seen")
	err := w.Update(persistence.WithLag(t.Context(), lag), func(tx persistence.Tx) error {
		if _, err := tx.Get([]byte("a")); err != nil {
			return err
		}
		late := persistence.Lagged(tx)
		if _, err := late.Get([]byte("a")); !errors.Is(err, persistence.ErrNotFound) {
			return errSeen
		}
		if err := late.Put([]byte("b"), nil); !errors.Is(err, persistence.ErrReadOnly) {
			return fmt.Errorf("the past can be written: %v", err)
		}
		if err := late.Delete([]byte("b")); !errors.Is(err, persistence.ErrReadOnly) {
			return fmt.Errorf("the past can be written: %v", err)
		}
		return tx.Put([]byte("b"), []byte("1"))
	})
	if err != nil {
		t.Fatal(err)
	}
	w.want("the present", 0, "a=1 b=1")
	w.want("late", lag, "")
	if err := w.View(t.Context(), func(tx persistence.Tx) error {
		if persistence.Lagged(tx) != tx {
			t.Error("what is not late is seen late")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// An Update that fails leaves no note behind, and one that writes nothing none.
func TestFailedUpdatesAreNotNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Record(0)
	w.put("a", "1")
	w.Record(lag)
	errFault := errors.New("fault")
	if err := w.Update(t.Context(), func(tx persistence.Tx) error {
		if err := tx.Put([]byte("a"), []byte("2")); err != nil {
			return err
		}
		return errFault
	}); !errors.Is(err, errFault) {
		t.Fatal(err)
	}
	w.put("b", "1")
	w.want("late", lag, "a=1")
	w.want("now", 0, "a=1 b=1")
}

// A View that is late is not numbered, since another of the same state may see
// something else; one that misses nothing is.
func TestVersionsOfLateViews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbered := func(late time.Duration) (ok bool) {
		err := w.View(persistence.WithLag(t.Context(), late), func(tx persistence.Tx) error { _, ok = persistence.Version(tx); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !numbered(lag) {
		t.Error("a View that misses nothing has no number")
	}
	w.put("a", "1")
	if numbered(lag) || !numbered(0) {
		t.Error("a View that is late has a number, or one that is not has none")
	}
}

// A late View shows the state of then: after random transactions at random times it is
// compared with the states that they left.
func TestLateViewsAgreeWithTheStatesOfThen(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t), rand.New(rand.NewPCG(4, 260))
	type state struct {
		at    time.Time
		pairs map[string]string
	}
	states := []state{{time.Time{}, map[string]string{}}}
	for i := range 500 {
		w.now = w.now.Add(time.Duration(r.IntN(3)) * time.Second)
		pairs := maps.Clone(states[len(states)-1].pairs)
		err := w.Update(t.Context(), func(tx persistence.Tx) error {
			for range r.IntN(4) {
				key := fmt.Sprint("k", r.IntN(12))
				if r.IntN(3) == 0 {
					delete(pairs, key)
					if err := tx.Delete([]byte(key)); err != nil {
						return err
					}
					continue
				}
				pairs[key] = fmt.Sprint(i)
				if err := tx.Put([]byte(key), []byte(pairs[key])); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state{w.now, pairs})
		late := time.Duration(1+r.IntN(10)) * time.Second
		then := slices.IndexFunc(states, func(s state) bool { return w.now.Sub(s.at) < late }) - 1
		if then < 0 {
			then = len(states) - 1
		}
		var want []string
		for _, key := range slices.Sorted(maps.Keys(states[then].pairs)) {
			want = append(want, key+"="+states[then].pairs[key])
		}
		if diff := cmp.Diff(strings.Join(want, " "), w.shown(late)); diff != "" {
			t.Fatalf("transaction %d, %v late (-want +got):\n%s", i, late, diff)
		}
	}
}

// Views that are late see whole Updates while others commit.
func TestLateViewsSeeNoHalfUpdates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	done := make(chan error, 1)
	go func() {
		for i := range 300 {
			err := w.Update(t.Context(), func(tx persistence.Tx) error {
				value := []byte(fmt.Sprint(i))
				return errors.Join(tx.Put([]byte("a"), value), tx.Put([]byte("b"), value))
			})
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
		if got := w.shown(lag); got != "" { // the clock stands still: everything is too young
			t.Fatalf("a View that is late sees %q", got)
		}
	}
}

// A commit that is made while a View begins does not show it what was hidden before.
func TestACommitAtTheStartOfAView(t *testing.T) {
	t.Parallel()
	var s *lagstore.Store
	at, once := time.Unix(1_800_000_000, 0), false
	s = lagstore.New(memstore.New(), lagstore.Options{Now: func() time.Time {
		if !once {
			return at
		}
		once = false // the next commit is made by the clock that the View asks
		early := at
		at = at.Add(time.Nanosecond)
		if err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("b"), nil) }); err != nil {
			t.Error(err)
		}
		return early
	}})
	s.Record(lag)
	if err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("a"), []byte("new")) }); err != nil {
		t.Fatal(err)
	}
	once = true
	err := s.View(persistence.WithLag(t.Context(), lag), func(tx persistence.Tx) error {
		_, err := tx.Get([]byte("a"))
		return err
	})
	if !errors.Is(err, persistence.ErrNotFound) {
		t.Errorf("a caller who lags sees the last change: %v", err)
	}
}

// An Update shows the state that it began with as its context sees it.
func TestWhatAnUpdateBeganWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Record(0)
	w.put("k", "1")
	w.Record(lag)
	w.put("k", "2")
	for late, want := range map[time.Duration]string{0: "2", lag: "1"} {
		err := w.Update(persistence.WithLag(t.Context(), late), func(tx persistence.Tx) error {
			if err := tx.Put([]byte("k"), []byte("3")); err != nil {
				return err
			}
			before := persistence.Before(tx)
			got, err := before.Get([]byte("k"))
			if err != nil || string(got) != want {
				t.Errorf("late by %v: %q, %v; want %q", late, got, err, want)
			}
			if _, numbered := persistence.Version(before); numbered != (late == 0) {
				t.Errorf("late by %v: it has a version: %v", late, numbered)
			}
			return errors.New("nothing is changed")
		})
		if err == nil || err.Error() != "nothing is changed" {
			t.Fatal(err)
		}
	}
}
