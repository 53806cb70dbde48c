package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// All events are read, each once, although one answer has only a part of them.
func TestAllEventsAreRead(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	calls := management.MaxListed*2 + 300
	for range calls {
		testkit.Must(srv.IAM().ListUsers(t.Context(), nil))(t)
	}
	r := eventsOf(t, srv)
	if r.lost {
		t.Error("a thousand calls are of the same microsecond")
	}
	var want, got []string
	for _, e := range srv.Events() {
		want = append(want, e.EventID)
	}
	for i := range r.list {
		got = append(got, r.list[len(r.list)-1-i].EventID)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != calls {
		t.Errorf("%d events: %s", len(got), diff)
	}
}

// A stopped clock puts all calls into one moment, which is not halved forever.
func TestEventsOfOneMoment(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	testkit.Must(srv.IAM().ListUsers(t.Context(), nil))(t)
	srv.Clock.Advance(time.Hour)
	srv.Clock.Freeze()
	for range management.MaxListed + 1 {
		testkit.Must(srv.IAM().ListUsers(t.Context(), nil))(t)
	}
	r := eventsOf(t, srv)
	if !r.lost || len(r.list) < management.MaxListed || len(r.list) > management.MaxListed+2 {
		t.Errorf("%d events are read, some are lost: %v", len(r.list), r.lost)
	}
	first := srv.Events()[0]
	if !r.since().Equal(first.EventTime) {
		t.Errorf("they reach back to %v; want %v", r.since(), first.EventTime)
	}
}

func eventsOf(t *testing.T, srv *iamtest.Server) *eventReader {
	t.Helper()
	r := &eventReader{manager: testkit.Must(managerOf(client.Options{URL: srv.URL}))(t)}
	if err := r.between(t.Context(), time.Time{}, time.Time{}, 0); err != nil {
		t.Fatal(err)
	}
	return r
}
