package server

import (
	"sync"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
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
	once   sync.Once
	record *decisions.Record
}

// of is the record of the event; nil if nothing was decided. It must not be changed.
func (s *sharedRecords) of(e *events.Event) *decisions.Record {
	r := s.find(e)
	r.once.Do(func() { r.record = decisions.NewRecord(e) })
	return r.record
}

func (s *sharedRecords) find(e *events.Event) *sharedRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.kept {
		if r != nil && r.event == e {
			return r
		}
	}
	r := &sharedRecord{event: e}
	s.kept[s.next] = r
	s.next = (s.next + 1) % len(s.kept)
	return r
}
