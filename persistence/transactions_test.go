package persistence_test

import (
	"errors"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

// never is a timer that does not fire, and atOnce one that has fired.
func never(time.Duration) <-chan time.Time { return nil }

func atOnce(time.Duration) <-chan time.Time {
	c := make(chan time.Time, 1)
	c <- time.Time{}
	return c
}

func TestCloseWaitsForTransactions(t *testing.T) {
	t.Parallel()
	all := persistence.NewTransactions()
	for range 2 {
		if err := all.Begin(); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan int)
	go func() { closed <- all.Close(never) }()
	for all.Begin() == nil { // until the close has begun
		all.End()
	}
	committed := false
	if err := all.Commit(func() error { committed = true; return nil }); err != nil || !committed {
		t.Errorf("while Close waits, a commit is answered %v", err)
	}
	all.End()
	select {
	case left := <-closed:
		t.Errorf("Close did not wait for the second transaction, and says %d", left)
	default:
	}
	all.End()
	if left := <-closed; left != 0 {
		t.Errorf("%d are left", left)
	}
	if left := all.Close(never); left != 0 {
		t.Errorf("a second Close says %d", left)
	}
}

func TestCloseGivesTransactionsUp(t *testing.T) {
	t.Parallel()
	all := persistence.NewTransactions()
	if err := all.Begin(); err != nil {
		t.Fatal(err)
	}
	committing, finish := make(chan struct{}), make(chan struct{})
	committed := make(chan error, 1)
	go func() {
		committed <- all.Commit(func() error {
			close(committing)
			<-finish
			return nil
		})
	}()
	<-committing
	closed := make(chan int)
	go func() { closed <- all.Close(atOnce) }()
	for all.Begin() == nil {
		all.End()
	}
	select {
	case <-closed:
		t.Error("Close did not wait for a commit")
	default:
	}
	close(finish)
	if err := <-committed; err != nil {
		t.Errorf("the commit that was under way is answered %v", err)
	}
	if left := <-closed; left != 1 {
		t.Errorf("%d are left, want 1", left)
	}
	err := all.Commit(func() error {
		t.Error("a transaction that was given up commits")
		return nil
	})
	if !errors.Is(err, persistence.ErrClosed) || !errors.Is(all.Begin(), persistence.ErrClosed) {
		t.Errorf("afterwards: %v", err)
	}
	all.End()
}
