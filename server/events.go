package server

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
)

// Events returns the events that are kept and that every filter admits, as CloudTrail
// records them, the oldest first; none if the server keeps none.
func (s *Server) Events(filters ...events.Filter) []*events.Record {
	list := []*events.Record{}
	if s.events == nil {
		return list
	}
	wanted := make([]*events.Filter, len(filters))
	for i := range filters {
		wanted[i] = &filters[i]
	}
	for _, e := range slices.Backward(s.events.List(0)) {
		list = append(list, e.RecordsFor(wanted...)...)
	}
	return list
}

// ListEvents are the last events, the newest first.
func (b backend) ListEvents(f *events.Filter, limit int) iter.Seq[*events.Record] {
	return func(yield func(*events.Record) bool) {
		for _, e := range b.s.events.List(0) {
			for _, r := range slices.Backward(e.RecordsFor(f)) {
				if limit--; limit < 0 || !yield(r) {
					return
				}
			}
		}
	}
}

// FollowEvents follows the events of calls that end from now on.
func (b backend) FollowEvents(f *events.Filter) (management.Follower[events.Record], error) {
	return follow(b.s, func(_ context.Context, e *events.Event) ([]*events.Record, error) { return e.RecordsFor(f), nil })
}

// EventsFileError is the error of New when the file of Options.EventsFile cannot be
// written.
type EventsFileError struct{ Cause error }

// Error says which option is wrong.
func (e *EventsFileError) Error() string { return "server: EventsFile: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *EventsFileError) Unwrap() error { return e.Cause }

// openEventsFile opens the file that events are appended to, if there is to be one.
func (s *Server) openEventsFile() (err error) {
	o := s.options.EventsFile
	switch {
	case o.Path == "":
		return nil
	case s.events == nil:
		return &EventsFileError{errors.New("it is made of the calls that are kept, and Events keeps none")}
	}
	o.Logger = s.options.Logger
	if s.eventsFile, err = events.NewFile(s.events, o); err != nil {
		return &EventsFileError{err}
	}
	return nil
}

// writeEvents begins to write that file. The function that it returns writes the remaining
// events and ends it.
func (s *Server) writeEvents() (end func()) {
	if s.eventsFile == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var writing sync.WaitGroup
	writing.Go(func() { s.eventsFile.Run(ctx) })
	return func() {
		cancel()
		writing.Wait()
	}
}
