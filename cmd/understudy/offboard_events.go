package main

import (
	"context"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// eventReader reads all events that a server keeps. One answer has only a part of them.
type eventReader struct {
	manager *manager
	list    []*events.Record // the newest first
	lost    bool             // more calls than an answer holds were made within a microsecond
}

// mostHalves limits how often a period is halved.
const mostHalves = 64

// between reads the events of a period; a zero time is no limit. If there are more than
// an answer holds, it reads the two halves.
func (r *eventReader) between(ctx context.Context, since, until time.Time, halves int) error {
	q := &management.CallQuery{Limit: management.MaxListed, Since: written(since), Until: written(until)}
	var answer management.EventList
	if err := r.manager.Do(ctx, client.Call{Route: management.ListEvents, Query: q.Query()}, &answer); err != nil {
		return err
	}
	full := answer.Truncated || len(answer.Events) >= management.MaxListed
	if !full || halves > mostHalves {
		r.list, r.lost = append(r.list, answer.Events...), r.lost || full
		return nil
	}
	first, last := bounds(answer.Events)
	if since.IsZero() {
		if err := r.between(ctx, first, last, halves+1); err != nil {
			return err
		}
		return r.between(ctx, since, first.Add(-1), halves+1)
	}
	if since.After(first) {
		first = since
	}
	if until.Before(last) {
		last = until
	}
	middle := first.Add(last.Sub(first) / 2)
	if last.Sub(first) < time.Microsecond {
		r.list, r.lost = append(r.list, answer.Events...), true
		return nil
	}
	if err := r.between(ctx, middle, until, halves+1); err != nil {
		return err
	}
	return r.between(ctx, since, middle.Add(-1), halves+1)
}

// written formats a time for queries.
func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// bounds is the period of the events; event times are in whole seconds.
func bounds(list []*events.Record) (first, last time.Time) {
	for _, e := range list {
		if first.IsZero() || e.EventTime.Before(first) {
			first = e.EventTime
		}
		if end := e.EventTime.Add(time.Second - 1); end.After(last) {
			last = end
		}
	}
	return first, last
}

// since is the time of the oldest event; zero if there is none.
func (r *eventReader) since() time.Time {
	first, _ := bounds(r.list)
	return first
}
