package pgstore

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

// wait is the time between the attempts of one transaction, which becomes longer.
type wait struct {
	until time.Time
	next  time.Duration
}

const (
	shortestWait = time.Millisecond
	longestWait  = 100 * time.Millisecond
)

func newWait(patience time.Duration) *wait { return &wait{time.Now().Add(patience), shortestWait} }

// again waits, and reports whether there is time for another attempt.
func (w *wait) again(ctx context.Context) bool {
	if ctx.Err() != nil || time.Now().After(w.until) {
		return false
	}
	timer := time.NewTimer(w.next/2 + rand.N(w.next))
	defer timer.Stop()
	w.next = min(2*w.next, longestWait)
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// explain returns what the caller of a transaction gets for an error of the database. The
// log says once that the database is away.
func (s *store) explain(ctx context.Context, err error) error {
	switch {
	case persistence.Done(ctx) != nil:
		return persistence.Done(ctx)
	case conflicting(err):
		return say("the database is too busy: the transaction met others each time", persistence.ErrAway, err)
	case away(err):
		s.isAway(err)
		return &said{sentence: "the database does not answer (" + reason(err) + ")", logged: true, causes: []error{persistence.ErrAway, err}}
	}
	return err
}

func (s *store) isAway(err error) {
	if s.gone.CompareAndSwap(false, true) {
		s.log.Error("the database does not answer; calls wait for it, and fail if that takes too long", "database", s.where, "reason", reason(err))
	}
}

func (s *store) isBack() {
	if s.gone.Load() && s.gone.CompareAndSwap(true, false) {
		s.log.Info("the database answers again", "database", s.where)
	}
}
