package server

import (
	"context"
	"io"
	"iter"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
)

// decided are the calls that decisions are shown of: something was decided about
// them, or a fault ended them before, or they were refused.
var decided = &events.Filter{Decided: true}

// Decision returns the record of a request; nil if none is kept.
func (s *Server) Decision(requestID string) *decisions.Record {
	r, _ := s.decision(context.Background(), requestID) // which never ends
	return r
}

func (s *Server) decision(ctx context.Context, requestID string) (*decisions.Record, error) {
	if s.events == nil {
		return nil, nil
	}
	if e := s.events.Find(requestID); e != nil && decided.Admits(e) {
		return decisions.NewRecord(ctx, e, s.facts(ctx))
	}
	return nil, nil
}

// Decisions returns the records that are kept and that every filter admits, the
// oldest first and without their explanations; none if the server keeps none. Calls that were refused before they were
// decided are among them only if a filter asks for that verdict.
func (s *Server) Decisions(filters ...events.Filter) []*decisions.Record {
	list := []*decisions.Record{}
	if s.events == nil {
		return list
	}
	wanted := []*events.Filter{decided}
	refused := false
	for i := range filters {
		wanted = append(wanted, &filters[i])
		refused = refused || strings.Contains(filters[i].Verdict, events.Refused)
	}
	for _, e := range slices.Backward(s.events.List(0, wanted...)) {
		if refused || e.Verdict() != events.Refused {
			list = append(list, decisions.NewSummary(e))
		}
	}
	return list
}

// KeepsDecisions reports whether decisions are kept.
func (b backend) KeepsDecisions() bool { return b.s.events != nil }

func filterOf(f *management.DecisionFilter) *events.Filter {
	return &events.Filter{Decided: true, Principal: f.Principal, Action: f.Action, Verdict: f.Decision, Since: f.Since}
}

// ListDecisions are the last decisions without their explanations, the newest
// first.
func (b backend) ListDecisions(f *management.DecisionFilter, limit int) iter.Seq[*decisions.Record] {
	return func(yield func(*decisions.Record) bool) {
		for _, e := range b.s.events.List(limit, filterOf(f)) {
			if !yield(decisions.NewSummary(e)) {
				return
			}
		}
	}
}

// Decision is the record of one request.
func (b backend) Decision(ctx context.Context, id string) (*decisions.Record, error) {
	if record, err := b.s.decision(ctx, id); record != nil || err != nil {
		return record, err
	}
	return nil, management.NotFound(
		"no decision about the request %q is kept: there was no such request, or it is older than what is kept: the last %d calls, and fewer of them where they take more memory than --decisions-memory",
		id, b.s.events.Size())
}

// FollowDecisions follows the decisions of calls that end from now on.
func (b backend) FollowDecisions(f *management.DecisionFilter) (management.DecisionFollower, error) {
	most := b.s.options.Limits.Followers
	if int(b.s.followers.Add(1)) > most {
		b.s.followers.Add(-1)
		return nil, management.Unavailable("%d clients follow the decisions already; end one, or start the server with a greater --max-followers", most)
	}
	return &follower{Follower: b.s.events.Follow(), filter: filterOf(f), closing: b.s.closing, all: &b.s.followers, records: &b.s.records, facts: b.s.facts}, nil
}

// follower shows decisions to package management, until the server stops.
type follower struct {
	*events.Follower
	filter  *events.Filter
	closing <-chan struct{}
	all     *atomic.Int32 // how many there are
	records *sharedRecords
	facts   func(context.Context) decisions.Facts
}

// Stop ends the following.
func (f *follower) Stop() {
	f.Follower.Stop()
	f.all.Add(-1)
}

// Next waits for the next decision that the filter admits, or for the news that
// some were lost.
func (f *follower) Next(ctx context.Context) (*management.DecisionEvent, error) {
	for {
		if e, err := f.read(ctx); e != nil || err != nil {
			return e, err
		}
		select {
		case <-f.Ready():
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.closing:
			return nil, io.EOF
		}
	}
}

// read returns what there is to tell; nil: nothing yet.
func (f *follower) read(ctx context.Context) (*management.DecisionEvent, error) {
	for call := f.Follower.Next(); call != nil; call = f.Follower.Next() {
		e := &management.DecisionEvent{Lost: f.Lost()}
		if f.filter.Admits(call) {
			var err error
			if e.Decision, err = f.records.of(ctx, call, f.facts(ctx)); err != nil {
				return nil, err
			}
		}
		if e.Decision != nil || e.Lost > 0 {
			return e, nil
		}
	}
	return nil, nil
}
