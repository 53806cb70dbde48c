package console

import (
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
)

// listed is how many decisions a page has.
const listed = 100

// decisionsData is what the list of decisions shows.
type decisionsData struct {
	Query management.CallQuery
	Own   bool // calls of the console are shown too

	Filter string // the query of the stream, with its question mark; empty: none

	List []*decisions.Record
	Off  string // why there are none; empty: they are kept
}

// Verdicts are those that one can filter by.
func (*decisionsData) Verdicts() []string {
	return []string{"allowed", "denied", "would-be-denied", "faulted", "refused"}
}

// callQuery is the filter that the page's form describes.
func (q *request) callQuery() management.CallQuery {
	return management.CallQuery{
		Principal: q.value("principal"), Action: q.value("action"), Decision: q.value("decision"), Source: q.value("service"),
	}
}

func (q *request) listDecisions() error {
	d := &decisionsData{Query: q.callQuery(), Own: q.value("own") != ""}
	if q.r.URL.RawQuery != "" {
		d.Filter = "?" + q.r.URL.RawQuery
	}
	ask := d.Query
	ask.Limit = management.MaxListed
	list, err := q.client.Decisions(q.ctx(), &ask)
	if isFault(err, http.StatusNotFound) {
		d.Off, err = err.Error(), nil
	}
	if err != nil {
		return q.again(err, func(q *request) error { return q.show(http.StatusOK, "decisions", "Decisions", d) })
	}
	for _, each := range list {
		if len(d.List) < listed && (d.Own || each.UserAgent != userAgent) {
			d.List = append(d.List, each)
		}
	}
	return q.show(http.StatusOK, "decisions", "Decisions", d)
}

// streamDecisions sends rows of the list, as server-sent events, while calls are made.
func (q *request) streamDecisions() error {
	if q.r.Method == http.MethodHead { // the browser wants no more, and the stream would keep the connection
		q.w.Header().Set("Content-Type", eventStream)
		return nil
	}
	ask, own := q.callQuery(), q.value("own") != ""
	follower, err := q.client.FollowDecisions(q.ctx(), &ask)
	if err != nil {
		return err
	}
	defer follower.Close()
	out := q.stream()
	for {
		next, err := follower.Next()
		if err != nil {
			return nil // the browser has gone, or the server stops
		}
		if next.Item == nil || !own && next.Item.UserAgent == userAgent {
			continue
		}
		if err := out.send("decisions", "row", next.Item); err != nil {
			return nil // the browser has gone
		}
	}
}

// showDecision shows one decision in full.
func (q *request) showDecision() error {
	found, err := q.client.Decision(q.ctx(), q.variable("requestId"))
	if err != nil {
		return err
	}
	return q.show(http.StatusOK, "decision", "Decision", found)
}
