package management

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Streamed is one item of a stream, or a loss of items.
type Streamed[T any] struct {
	Lost int // number of calls before it that the client has missed, because it did not read in time
	Item *T  // nil if there is none to show
}

// Follower follows what happens, for one client.
type Follower[T any] interface {
	// Next waits for the next item. The error is io.EOF if the server stops, and the
	// context's error if the context is done.
	Next(context.Context) (*Streamed[T], error)
	Stop()
}

// Names of the events in streams.
const (
	DecisionItem = "decision" // its data is a decision
	EventItem    = "event"    // its data is an event as CloudTrail records it
	AlertItem    = "alert"    // its data is an alert
	LostItem     = "lost"     // of any stream; its data is the number of missed calls
)

// StreamBegins returns the first comment of a stream of items with the name.
func StreamBegins(item string) string { return item + "s follow" }

// keepAlive is the maximum time without output of a stream: proxies end streams that are
// silent for longer than a minute.
const keepAlive = 30 * time.Second

// stream sends items from now on as server-sent events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
type stream[T any] struct {
	item   string // the name of its events
	id     func(*T) string
	follow func() (Follower[T], error)
}

// serve answers until the client or the server has gone.
func (s *stream[T]) serve(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead {
		streamHead(w) // the client wants no more, and the stream would keep the connection
		return nil
	}
	follower, err := s.follow()
	if err != nil {
		return err
	}
	defer follower.Stop()
	streamHead(w)
	out := &eventStream{w: w, flush: http.NewResponseController(w).Flush}
	out.write(": %s\n\n", StreamBegins(s.item))
	for out.err == nil {
		out.err = s.next(r.Context(), follower, out)
	}
	return nil
}

func streamHead(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
}

// next writes the next event, or a comment if there was none for a long time.
func (s *stream[T]) next(ctx context.Context, follower Follower[T], out *eventStream) error {
	waiting, cancel := context.WithTimeout(ctx, keepAlive)
	defer cancel()
	e, err := follower.Next(waiting)
	switch {
	case err == nil:
		return s.event(e, out)
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return out.write(": alive\n\n")
	}
	return err
}

func (s *stream[T]) event(e *Streamed[T], out *eventStream) error {
	if e.Lost > 0 {
		out.write("event: %s\ndata: %d\n\n", LostItem, e.Lost)
	}
	if e.Item == nil {
		return out.err
	}
	raw, err := json.Marshal(e.Item)
	if err != nil {
		return err
	}
	return out.write("event: %s\nid: %s\ndata: %s\n\n", s.item, s.id(e.Item), raw)
}

// eventStream writes server-sent events until a write fails.
type eventStream struct {
	w     http.ResponseWriter
	flush func() error
	err   error
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
