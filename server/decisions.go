package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
)

// Limits of GET /_understudy/decisions.
const (
	defaultListed = 100
	maxListed     = 1000
)

// decided are the calls that decisions are shown of: something was decided about
// them, or a fault ended them before.
var decided = &events.Filter{Decided: true}

// Decision returns the record of a request; nil if none is kept.
func (s *Server) Decision(requestID string) *decisions.Record {
	if s.events == nil {
		return nil
	}
	if e := s.events.Find(requestID); e != nil && decided.Admits(e) {
		return decisions.NewRecord(e)
	}
	return nil
}

// Decisions returns the records that are kept and that every filter admits, the
// oldest first; none if the server keeps none.
func (s *Server) Decisions(filters ...events.Filter) []*decisions.Record {
	list := []*decisions.Record{}
	if s.events == nil {
		return list
	}
	wanted := []*events.Filter{decided}
	for i := range filters {
		wanted = append(wanted, &filters[i])
	}
	for _, e := range slices.Backward(s.events.List(0, wanted...)) {
		list = append(list, decisions.NewRecord(e))
	}
	return list
}

// listDecisions answers the last decisions, the newest first, without their
// explanations. Its query may hold principal, action, decision, since and limit; see
// events.Filter.
func (s *Server) listDecisions(w http.ResponseWriter, r *http.Request) {
	if !s.keepsEvents(w) {
		return
	}
	filter, err := s.filter(r.URL.Query())
	limit := defaultListed
	if text := r.URL.Query().Get("limit"); err == nil && text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > maxListed {
			err = fmt.Errorf("limit %q is no number from 1 to %d", text, maxListed)
		}
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	writeDecisions(w, s.events.List(limit, filter))
}

// writeDecisions writes the records one by one, since all of them may be long. It
// ends when the client has gone.
func writeDecisions(w io.Writer, list []*events.Event) {
	out := json.NewEncoder(w)
	_, err := io.WriteString(w, `{"decisions":[`)
	for i, e := range list {
		if i > 0 && err == nil {
			_, err = io.WriteString(w, ",")
		}
		if err != nil {
			return
		}
		err = out.Encode(decisions.NewSummary(e))
	}
	if err == nil {
		_, _ = io.WriteString(w, "]}\n")
	}
}

// showDecision answers the record of one request.
func (s *Server) showDecision(w http.ResponseWriter, r *http.Request) {
	if !s.keepsEvents(w) {
		return
	}
	id := r.PathValue("requestId")
	record := s.Decision(id)
	if record == nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf(
			"no decision about the request %q is kept: there was none such, or it was refused before it was decided (for its signature or its parameters), or it is not among the last %d",
			id, s.events.Size())})
		return
	}
	writeJSON(w, http.StatusOK, record)
}

// streamDecisions sends the decisions of calls that end from now on as server-sent
// events, with the filters of listDecisions. An event "lost" says how many calls the
// client has missed because it did not read in time.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (s *Server) streamDecisions(w http.ResponseWriter, r *http.Request) {
	if !s.keepsEvents(w) {
		return
	}
	filter, err := s.filter(r.URL.Query())
	if err != nil {
		badRequest(w, err)
		return
	}
	follower := s.events.Follow()
	defer follower.Stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := &eventStream{w: w, flush: http.NewResponseController(w).Flush}
	out.comment("decisions follow")
	for out.err == nil {
		select {
		case <-follower.Ready():
			out.decisions(follower, filter)
		case <-time.After(keepAlive):
			out.comment("alive")
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}

// keepAlive is how long a stream is silent at most: proxies end what is silent
// for longer than a minute.
const keepAlive = 30 * time.Second

// eventStream writes server-sent events, until one fails.
type eventStream struct {
	w     http.ResponseWriter
	flush func() error
	err   error
}

// decisions writes what there is to read.
func (e *eventStream) decisions(follower *events.Follower, filter *events.Filter) {
	for call := follower.Next(); call != nil && e.err == nil; call = follower.Next() {
		e.lost(follower.Lost())
		if filter.Admits(call) {
			e.decision(call)
		}
	}
}

func (e *eventStream) decision(call *events.Event) {
	raw, err := json.Marshal(decisions.NewRecord(call))
	if err != nil {
		e.err = err
		return
	}
	e.write("event: decision\nid: %s\ndata: %s\n\n", call.Caller.Request.ID, raw)
}

func (e *eventStream) lost(n int) {
	if n > 0 {
		e.write("event: lost\ndata: %d\n\n", n)
	}
}

func (e *eventStream) comment(text string) { e.write(": %s\n\n", text) }

func (e *eventStream) write(format string, args ...any) {
	if e.err == nil {
		_, e.err = fmt.Fprintf(e.w, format, args...)
	}
	if e.err == nil {
		e.err = e.flush()
	}
}

// keepsEvents answers, if no calls are kept, that there are none.
func (s *Server) keepsEvents(w http.ResponseWriter) bool {
	if s.events == nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no decisions are kept; start the server with --decisions N"})
		return false
	}
	return true
}

// verdicts are the values of the filter "decision".
var verdicts = map[string]bool{
	"": true, authz.Allowed.String(): true, authz.Denied.String(): true, authz.WouldBeDenied.String(): true,
	events.Faulted: true,
}

func (s *Server) filter(q url.Values) (*events.Filter, error) {
	f := &events.Filter{Decided: true, Principal: q.Get("principal"), Action: q.Get("action"), Verdict: q.Get("decision")}
	for name := range q {
		switch name {
		case "principal", "action", "decision", "since", "limit":
		default:
			return nil, fmt.Errorf("there is no filter %q; there are principal, action, decision, since and limit", name)
		}
	}
	if !verdicts[f.Verdict] {
		return nil, fmt.Errorf("decision %q is none of allowed, denied, would-be-denied and faulted", f.Verdict)
	}
	var err error
	if since := q.Get("since"); since != "" {
		f.Since, err = s.since(since)
	}
	return f, err
}

// since reads a time, or how long ago it was.
func (s *Server) since(text string) (time.Time, error) {
	if ago, err := time.ParseDuration(text); err == nil {
		return s.clock.Now().Add(-ago), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, errors.New(`since is neither a time such as 2026-03-01T12:00:00Z nor a duration such as 5m`)
	}
	return t, nil
}
