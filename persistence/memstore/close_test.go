package memstore

import (
	"errors"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

// An Update that does not end delays Close for a limited time only, and changes nothing
// after it.
func TestCloseDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	s := New()
	s.after = func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}
	running, closed := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.Update(t.Context(), func(tx persistence.Tx) error {
			close(running)
			<-closed
			return tx.Put([]byte("a"), []byte("1"))
		})
	}()
	<-running
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	close(closed)
	if err := <-ended; !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("Update = %v, want ErrClosed", err)
	}
	if n := s.current.Load().pairs.Len(); n != 0 {
		t.Errorf("%d pairs are there", n)
	}
}
