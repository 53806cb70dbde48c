package authz_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/persistence/pgstore"
)

// A change counts with the next call, also while other calls fill the cache
// from the states before and after it.
func TestChangesCountWhileCallsRun(t *testing.T) {
	t.Parallel()
	engines := map[string]func(*testing.T) (persistence.Store, error){
		"memstore":    func(*testing.T) (persistence.Store, error) { return memstore.New(), nil },
		"badgerstore": func(*testing.T) (persistence.Store, error) { return badgerstore.Open(badgerstore.Options{}) },
		"pgstore": func(t *testing.T) (persistence.Store, error) {
			return pgstore.Open(t.Context(), pgstore.Options{URL: testkit.Postgres(t)})
		},
	}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			s := newStateOn(t, store)
			changeWhileCallsRun(t, s, s.authorizer())
		})
	}
}

func changeWhileCallsRun(t *testing.T, s state, a *authz.Authorizer) {
	var stop atomic.Bool
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for !stop.Load() {
				_ = a.Authorize(as(ana()), "GetUser", getBob())
			}
		})
	}
	for i := range 150 {
		document, want := allow("iam:GetUser"), ""
		if i%2 == 1 {
			document, want = deny("iam:GetUser"), identityDenies
		}
		s.inline(anaID, "p", document)
		for range 2 {
			if got := testkit.Answer(a.Authorize(as(ana()), "GetUser", getBob())); got != want {
				t.Fatalf("after change %d: %q, want %q", i, got, want)
			}
		}
	}
	stop.Store(true)
	group.Wait()
}
