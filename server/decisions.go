package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
)

// Limits of GET /_understudy/decisions.
const (
	defaultListed = 100
	maxListed     = 1000
)

// Decision returns the record of a request; nil if none is kept.
func (s *Server) Decision(requestID string) *decisions.Record {
	if s.decisions == nil {
		return nil
	}
	if d, ok := s.decisions.Find(requestID); ok {
		return decisions.NewRecord(d)
	}
	return nil
}

// Decisions returns the records that are kept and that every filter admits, the
// oldest first; none if the server keeps none.
func (s *Server) Decisions(filters ...decisions.Filter) []*decisions.Record {
	list := []*decisions.Record{}
	if s.decisions == nil {
		return list
	}
	all := s.decisions.List(&decisions.Filter{}, s.options.Decisions)
	for _, d := range slices.Backward(all) {
		if !slices.ContainsFunc(filters, func(f decisions.Filter) bool { return !f.Admits(d) }) {
			list = append(list, decisions.NewRecord(d))
		}
	}
	return list
}

// listDecisions answers the last decisions, the newest first. Its query may
// hold principal, action, decision, since and limit; see decisions.Filter.
func (s *Server) listDecisions(w http.ResponseWriter, r *http.Request) {
	if !s.keepsDecisions(w) {
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
	records := []*decisions.Record{}
	for _, d := range s.decisions.List(filter, limit) {
		records = append(records, decisions.NewRecord(d))
	}
	writeJSON(w, http.StatusOK, map[string]any{"decisions": records})
}

// showDecision answers the record of one request.
func (s *Server) showDecision(w http.ResponseWriter, r *http.Request) {
	if !s.keepsDecisions(w) {
		return
	}
	id := r.PathValue("requestId")
	d, ok := s.decisions.Find(id)
	if !ok {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf(
			"no decision about the request %q is kept: there was none such, or it was refused before it was decided (for its signature or its parameters), or it is not among the last %d",
			id, s.options.Decisions)})
		return
	}
	writeJSON(w, http.StatusOK, decisions.NewRecord(d))
}

// streamDecisions sends the decisions that are made from now on as server-sent
// events, with the filters of listDecisions. An event "lost" says how many the
// client has missed because it did not read in time.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (s *Server) streamDecisions(w http.ResponseWriter, r *http.Request) {
	if !s.keepsDecisions(w) {
		return
	}
	filter, err := s.filter(r.URL.Query())
	if err != nil {
		badRequest(w, err)
		return
	}
	follower := s.decisions.Follow()
	defer follower.Stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	e := &events{w: w, flush: http.NewResponseController(w).Flush}
	e.comment("decisions follow")
	for e.err == nil {
		select {
		case d := <-follower.C():
			if filter.Admits(d) {
				e.decision(d)
			}
			e.lost(follower.Lost())
		case <-time.After(keepAlive):
			e.comment("alive")
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

// events writes server-sent events, until one fails.
type events struct {
	w     http.ResponseWriter
	flush func() error
	err   error
}

func (e *events) decision(d *authz.Decision) {
	raw, err := json.Marshal(decisions.NewRecord(d))
	if err != nil {
		e.err = err
		return
	}
	e.write("event: decision\nid: %s\ndata: %s\n\n", d.Caller.Request.ID, raw)
}

func (e *events) lost(n int) {
	if n > 0 {
		e.write("event: lost\ndata: %d\n\n", n)
	}
}

func (e *events) comment(text string) { e.write(": %s\n\n", text) }

func (e *events) write(format string, args ...any) {
	if e.err == nil {
		_, e.err = fmt.Fprintf(e.w, format, args...)
	}
	if e.err == nil {
		e.err = e.flush()
	}
}

// keepsDecisions answers, if no decisions are kept, that there are none.
func (s *Server) keepsDecisions(w http.ResponseWriter) bool {
	if s.decisions == nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no decisions are kept; start the server with --decisions N"})
		return false
	}
	return true
}

// verdicts are the values of the filter "decision".
var verdicts = map[string]bool{
	"": true, authz.Allowed.String(): true, authz.Denied.String(): true, authz.WouldBeDenied.String(): true,
	authz.Faulted.String(): true,
}

func (s *Server) filter(q url.Values) (*decisions.Filter, error) {
	f := &decisions.Filter{Principal: q.Get("principal"), Action: q.Get("action"), Verdict: q.Get("decision")}
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
