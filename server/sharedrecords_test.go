package server

import (
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
			wg.Go(func() { seen[i] = shared.of(e) })
		}
		wg.Wait()
		for _, r := range seen {
			if r == nil || r != seen[0] || r.RequestID != e.Caller.Request.ID {
				t.Fatalf("records %p and %p", r, seen[0])
			}
		}
	}
	if r := shared.of(list[0]); r == nil || r.RequestID != list[0].Caller.Request.ID {
		t.Errorf("an old event has the record %+v", r)
	}
}
