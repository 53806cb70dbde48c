package history_test

import (
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/persistence/pgstore"
)

// TestSharedEngine lets another process write what this one has written just before. A note
// shows what its own Update has done.
func TestSharedEngine(t *testing.T) {
	t.Parallel()
	url := testkit.Postgres(t)
	open := func() persistence.Store {
		s, err := pgstore.Open(t.Context(), pgstore.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := started(t, open(), history.Options{Call: callOf})
	other := history.New(open(), history.Options{})
	defer other.Close()

	put(t, s, "first", "a", "1", "b", "1")
	put(t, other, "", "a", "2", "c", "2")
	put(t, s, "second", "a", "3", "b", "3")
	put(t, other, "", "b", "4")

	for _, want := range []struct{ call, before, after string }{
		{"first", "c=2", "a=1 b=1 c=2"},
		{"second", "a=2 b=1 c=2", "a=3 b=3 c=2"},
	} {
		if got := position(t, s); got != want.before {
			t.Errorf("before the %s call: %s, want %s", want.call, got, want.before)
		}
		err := s.Next(t.Context(), func(n *history.Note, tx persistence.Tx) error {
			if got := shown(t, tx); n.Call != want.call || got != want.after {
				t.Errorf("after the %s call: %s, want %s after the %s", n.Call, got, want.after, want.call)
			}
			if _, numbered := persistence.Version(tx); numbered {
				t.Error("a state that others have written into has a number")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := position(t, s); got != "a=3 b=4 c=2" {
		t.Errorf("at the end: %s", got)
	}
}
