package server

import (
	"context"
	"sync"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
)

// sharedRecords makes the record of an event once for all who follow the decisions:
// to explain a decision takes longer than to make it. It keeps those of the newest
// events, which are what followers read at about the same time.
type sharedRecords struct {
	mu   sync.Mutex
	kept [16]*sharedRecord
	next int // where the next one goes
}

type sharedRecord struct {
	event  *events.Event
	turn   persistence.Turn // of who makes the record
	record *decisions.Record
}

// of is the record of the event, which must not be changed. If the context of the
// maker ends, the next follower that wants it makes it.
func (s *sharedRecords) of(ctx context.Context, e *events.Event, facts decisions.Facts) (*decisions.Record, error) {
	r := s.find(e)
	if err := r.turn.Take(ctx); err != nil {
		return nil, err
	}
	defer r.turn.Give()
	if r.record == nil {
		var err error
		if r.record, err = decisions.NewRecord(ctx, e, facts); err != nil {
			return nil, err
		}
	}
	return r.record, nil
}

func (s *sharedRecords) find(e *events.Event) *sharedRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.kept {
		if r != nil && r.event == e {
			return r
		}
	}
	r := &sharedRecord{event: e, turn: persistence.NewTurn()}
	s.kept[s.next] = r
	s.next = (s.next + 1) % len(s.kept)
	return r
}
