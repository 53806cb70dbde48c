package server

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
)

// decided admits the calls that are shown as decisions: a decision was made about them, a
// fault ended them before one, or they were refused.
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

// decidedBy is the filter for calls that have a verdict.
func decidedBy(f *events.Filter) *events.Filter {
	wanted := *f
	wanted.Decided = true
	return &wanted
}

// ListDecisions are the last decisions without their explanations, the newest
// first.
func (b backend) ListDecisions(f *events.Filter, limit int) iter.Seq[*decisions.Record] {
	return func(yield func(*decisions.Record) bool) {
		for _, e := range b.s.events.List(limit, decidedBy(f)) {
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
		"no decision about the request %q is kept: there was no such request, or it is older than what is kept: the last %d calls, and fewer of them where they take more memory than --events-memory",
		id, b.s.events.Size())
}

// FollowDecisions follows the decisions of calls that end from now on.
func (b backend) FollowDecisions(f *events.Filter) (management.Follower[decisions.Record], error) {
	wanted := decidedBy(f)
	return follow(b.s, func(ctx context.Context, e *events.Event) ([]*decisions.Record, error) {
		if !wanted.Admits(e) {
			return nil, nil
		}
		record, err := b.s.records.of(ctx, e, b.s.facts(ctx))
		return []*decisions.Record{record}, err
	})
}
