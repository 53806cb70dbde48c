package management

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/understudy-iam/understudy/decisions"
)

// DecisionEvent is what a stream of decisions says at one time.
type DecisionEvent struct {
	Lost     int               // calls that the client has missed before, because it did not read in time
	Decision *decisions.Record // nil if there is none to show
}

// Names of the events in a stream, and its first comment.
const (
	DecisionEventName = "decision" // its data is a record
	LostEventName     = "lost"     // its data is the number of calls that were missed
	StreamBegins      = "decisions follow"
)

// keepAlive is how long a stream is silent at most: proxies end what is silent
// for longer than a minute.
const keepAlive = 30 * time.Second

// streamDecisions sends the decisions of calls that end from now on as server-sent
// events, with the filters of listDecisions.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (h *handler) streamDecisions(w http.ResponseWriter, r *http.Request) error {
	filter, _, err := h.wanted(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		streamHead(w) // is all that is asked for, and the stream would hold the connection
		return nil
	}
	follower, err := h.Backend.FollowDecisions(filter)
	if err != nil {
		return err
	}
	defer follower.Stop()
	streamHead(w)
	out := &eventStream{w: w, flush: http.NewResponseController(w).Flush}
	out.write(": %s\n\n", StreamBegins)
	for out.err == nil {
		out.err = out.next(r.Context(), follower)
	}
	return nil // the client or the server has gone
}

func streamHead(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
}

// eventStream writes server-sent events, until one fails.
type eventStream struct {
	w     http.ResponseWriter
	flush func() error
	err   error
}

// next writes the next event, or a comment if there is none for a long time.
func (s *eventStream) next(ctx context.Context, follower DecisionFollower) error {
	waiting, cancel := context.WithTimeout(ctx, keepAlive)
	defer cancel()
	e, err := follower.Next(waiting)
	switch {
	case err == nil:
		return s.event(e)
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return s.write(": alive\n\n")
	}
	return err
}

func (s *eventStream) event(e *DecisionEvent) error {
	if e.Lost > 0 {
		s.write("event: %s\ndata: %d\n\n", LostEventName, e.Lost)
	}
	if e.Decision == nil {
		return s.err
	}
	raw, err := json.Marshal(e.Decision)
	if err != nil {
		return err
	}
	return s.write("event: %s\nid: %s\ndata: %s\n\n", DecisionEventName, e.Decision.RequestID, raw)
}

func (s *eventStream) write(format string, args ...any) error {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format, args...)
	}
	if s.err == nil {
		s.err = s.flush()
	}
	return s.err
}
