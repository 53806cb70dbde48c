package server

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
)

// All who follow are given the same record, also of an event that is not among the
// newest any more.
func TestRecordsAreShared(t *testing.T) {
	t.Parallel()
	s := newRecordedServer(t)
	follower := s.events.Follow()
	defer follower.Stop()
	var list []*events.Event
	for len(list) < 2*len(s.records.kept) {
		s.asAna("Action", "ListUsers")
		for e := follower.Next(); e != nil; e = follower.Next() {
			list = append(list, e)
		}
	}
	var shared sharedRecords
	for _, e := range list {
		var seen [8]*decisions.Record
		var wg sync.WaitGroup
		for i := range seen {
			wg.Go(func() { seen[i], _ = shared.of(t.Context(), e, decisions.Facts{}) })
		}
		wg.Wait()
		for _, r := range seen {
			if r == nil || r != seen[0] || r.RequestID != e.Caller.Request.ID {
				t.Fatalf("records %p and %p", r, seen[0])
			}
		}
	}
	if r, err := shared.of(t.Context(), list[0], decisions.Facts{}); err != nil || r.RequestID != list[0].Caller.Request.ID {
		t.Errorf("an old event has the record %+v (%v)", r, err)
	}
}

// A follower that stops waiting while the record is made leaves it to the next one.
func TestAbandonedRecordIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := newRecordedServer(t)
	s.asAna("Action", "DeleteUser", "UserName", "nobody") // denied, so that there is something to explain
	e := s.events.List(1)[0]
	var shared sharedRecords
	gone, leave := context.WithCancel(t.Context())
	leave()
	if r, err := shared.of(gone, e, decisions.Facts{}); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("one who has gone gets %+v, %v", r, err)
	}
	if r, err := shared.of(t.Context(), e, decisions.Facts{}); err != nil || len(r.Checks) != 1 || len(r.Checks[0].Advice) == 0 {
		t.Errorf("the next one gets %+v, %v", r, err)
	}
}
