package alerts_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
)

// TestCallsAtOnceAgreeWithOneAfterTheOther makes random calls by several clients at once,
// and looks at them when all have ended. Each has changed what it changes in another
// server that is given the same calls in the order of their commits, one at a time.
func TestCallsAtOnceAgreeWithOneAfterTheOther(t *testing.T) {
	t.Parallel()
	effects := []*alerts.Effect{
		administrators(), {Gains: []string{"iam:PassRole", "s3:DeleteBucket"}}, {Reaches: rolePrefix + "admin"},
	}
	for seed := range uint64(2) {
		engine := &ordered{Store: memstore.New()}
		w := newWorldOn(t, engine, people, effects...)
		calls := w.atOnce(seed)
		got, changed := map[string][]string{}, 0
		for _, c := range calls { // in the order in which they were answered
			changes, err := w.watcher.After(t.Context(), event(home, c.operation, c.id, nil))
			if err != nil {
				t.Fatal(err)
			}
			got[c.id] = won(changes)
		}
		want, one := map[string][]string{}, newWorld(t, people, effects...)
		slices.SortStableFunc(calls, func(a, b made) int { return engine.place(a.id) - engine.place(b.id) })
		for _, c := range calls {
			one.changes = nil
			if err := c.step(t.Context(), one.iam(home)); err != nil {
				t.Fatalf("what succeeded among others fails in their order: %s: %v", c.operation, err)
			}
			want[c.id] = won(one.changes)
			changed += len(one.changes)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("seed %d (-one after the other +at once):\n%s", seed, diff)
		}
		if changed < 5 {
			t.Errorf("seed %d: only %d changes", seed, changed)
		}
	}
}

// made is a call that succeeded.
type made struct {
	step
	operation, id string
}

// atOnce makes random calls by several clients, and returns those that succeeded in the
// order of their answers.
func (w *world) atOnce(seed uint64) (calls []made) {
	var mu sync.Mutex
	var clients sync.WaitGroup
	for i := range uint64(5) {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(seed, i))
			for range 25 {
				s := randomStep(random)
				_ = s(w.Context(), w.client(home, func(operation, id string, _ any) {
					mu.Lock()
					defer mu.Unlock()
					calls = append(calls, made{s, operation, id})
				})) // some calls fail, for there is nothing to take away
			}
		})
	}
	clients.Wait()
	return calls
}

// won is what changes say, but for the way: there may be several.
func won(changes []alerts.Change) (list []string) {
	for _, c := range changes {
		list = append(list, c.Principal+" "+c.Kind+" "+c.What)
	}
	return list
}

// ordered is an engine that keeps the order of the commits of calls.
type ordered struct {
	persistence.Store
	mu    sync.Mutex
	calls []string
}

func (o *ordered) Update(ctx context.Context, f func(persistence.Tx) error) error {
	return o.Store.Update(ctx, func(tx persistence.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.calls = append(o.calls, principal.FromContext(ctx).Request.ID)
		return nil
	})
}

// place is that of the last transaction of a call.
func (o *ordered) place(call string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, c := range slices.Backward(o.calls) {
		if c == call {
			return i
		}
	}
	return len(o.calls)
}

// TestWhatTheHistoryHasLostIsToldAtTheNextCall makes more changes than the history keeps.
func TestWhatTheHistoryHasLostIsToldAtTheNextCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, people)
	w.store = history.New(w.store, history.Options{
		Noted: alerts.Watched, Call: func(context.Context) string { return "call" }, Bytes: 1,
	})
	var err error
	if w.watcher, err = alerts.NewWatcher(t.Context(), watched(w.store), []*alerts.Effect{administrators()}); err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(tx persistence.Tx) error {
		u, err := persistence.Users.Get(tx, home, "ana")
		if err == nil {
			err = attached(tx, u.ID, everything)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		operation string
		in        any
		want      []string
	}{
		{"GetUser", &iam.GetUserInput{UserName: aws.String("ana")}, nil},
		{"TagUser", &iam.TagUserInput{UserName: aws.String("bob")}, []string{anaIsAdministrator}},
		{"TagUser", &iam.TagUserInput{UserName: aws.String("bob")}, nil},
	} {
		w.after(event(home, c.operation, "another", c.in))
		if diff := cmp.Diff(c.want, told(w.changes)); diff != "" {
			t.Errorf("%s: %s", c.operation, diff)
		}
	}
}
