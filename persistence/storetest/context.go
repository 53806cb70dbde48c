package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// doneBefore begins transactions whose context is done.
func doneBefore(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	expired, stop := context.WithTimeout(t.Context(), 0)
	defer stop()
	for _, c := range []struct {
		name string
		ctx  context.Context
		want error
	}{
		{"canceled", canceled(t), context.Canceled},
		{"expired", expired, context.DeadlineExceeded},
	} {
		ran := func(tx persistence.Tx) error {
			t.Errorf("%s: a transaction ran", c.name)
			return nil
		}
		if err := s.View(c.ctx, ran); !errors.Is(err, c.want) {
			t.Errorf("%s: View = %v, want %v", c.name, err, c.want)
		}
		if err := s.Update(c.ctx, ran); !errors.Is(err, c.want) {
			t.Errorf("%s: Update = %v, want %v", c.name, err, c.want)
		}
	}
	wantStore(t, s, pair{"a", "1"}, pair{"b", "2"})
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// doneMeanwhile ends the context of an Update that has written.
func doneMeanwhile(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx persistence.Tx) error {
		cancel()
		return change(tx)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v, want context.Canceled", err)
	}
	wantStore(t, s, pair{"a", "1"}, pair{"b", "2"})
	update(t, s, change)
	wantStore(t, s, pair{"a", "changed"}, pair{"new", "pair"})
}

// doneAfter ends the context of an Update that was committed.
func doneAfter(t *testing.T, s persistence.Store) {
	put(t, s, pair{"a", "1"}, pair{"b", "2"})
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Update(ctx, change); err != nil {
		t.Fatalf("Update: %v", err)
	}
	cancel()
	wantStore(t, s, pair{"a", "changed"}, pair{"new", "pair"})
}

// doneWhileWaiting ends the contexts of Updates that begin while another one
// runs. Those that an engine makes wait must give up, and leave the store usable.
func doneWhileWaiting(t *testing.T, s persistence.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	begun, ended := make(chan struct{}), make(chan error, workers)
	update(t, s, func(tx persistence.Tx) error {
		for range workers {
			go func() {
				begun <- struct{}{}
				ended <- s.Update(ctx, func(tx persistence.Tx) error {
					<-ctx.Done()
					return change(tx)
				})
			}()
		}
		for range workers {
			<-begun
		}
		cancel()
		for range workers { // while this Update still runs
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("Update = %v, want context.Canceled", err)
			}
		}
		return tx.Put([]byte("first"), []byte("pair"))
	})
	wantStore(t, s, pair{"first", "pair"})
	put(t, s, pair{"second", "pair"})
	wantStore(t, s, pair{"first", "pair"}, pair{"second", "pair"})
}
