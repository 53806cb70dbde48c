package storetest

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

func closed(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"})
	for range 2 { // the second Close must do no harm
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		called := func(persistence.Tx) error {
			t.Error("a transaction ran on a closed store")
			return nil
		}
		if err := s.View(t.Context(), called); !errors.Is(err, persistence.ErrClosed) {
			t.Errorf("View = %v, want ErrClosed", err)
		}
		if err := s.Update(t.Context(), called); !errors.Is(err, persistence.ErrClosed) {
			t.Errorf("Update = %v, want ErrClosed", err)
		}
	}
}

// closeWaits closes the store while transactions run. Each must either be
// refused or run to its end before Close returns.
func closeWaits(t *testing.T, s persistence.Store) {
	var ended atomic.Bool
	begun := make(chan struct{}, workers)
	result := make(chan error, 1)
	go func() {
		for range workers / 2 { // some are running for certain
			<-begun
		}
		result <- s.Close()
		ended.Store(true)
	}()
	work := func(tx persistence.Tx) error {
		begun <- struct{}{}
		for i := range 200 {
			if err := wantMissing(tx, string(numbered("k", i))); err != nil {
				return err
			}
		}
		if ended.Load() {
			return errors.New("a transaction outlived Close")
		}
		return nil
	}
	parallel(t, func(worker int) error {
		transact := s.View
		if worker%2 == 0 {
			transact = s.Update
		}
		err := transact(t.Context(), work)
		if errors.Is(err, persistence.ErrClosed) {
			begun <- struct{}{} // keep the closer's count going
			return nil
		}
		return err
	})
	if err := <-result; err != nil {
		t.Errorf("Close: %v", err)
	}
}
