package management

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/decisions"
)

// Limits of how many decisions are listed.
const (
	defaultListed = 100
	maxListed     = 1000

	// maxListedBytes is how long a list may be, in bytes: a record holds what its
	// request said, which may be a megabyte. The newest decision is always in it.
	maxListedBytes = 16 << 20
)

// DecisionQuery says which decisions are wanted. The zero value admits all.
type DecisionQuery struct {
	Principal string // an ARN, in which * is any run of characters, or a name
	Action    string // an action that the call needs; * is any run of characters
	Decision  string // allowed, denied, would-be-denied, faulted or refused, or several of them with commas
	Since     string // a time such as 2026-03-01T12:00:00Z, or a duration such as 5m ago
	Limit     int    // how many at most; 0: 100. A stream has no limit
}

// DecisionFilter is a DecisionQuery whose words are understood.
type DecisionFilter struct {
	Principal, Action, Decision string
	Since                       time.Time // zero: always
}

// DecisionList are decisions, the newest first.
type DecisionList struct {
	Decisions []*decisions.Record `json:"decisions"`

	// Truncated says that older ones, which were wanted too, would have made the list
	// longer than 16 MiB.
	Truncated bool `json:"truncated,omitempty"`
}

// limitParameter is the query parameter of DecisionQuery.Limit.
const limitParameter = "limit"

// parameters are the other members by their query parameters.
func (q *DecisionQuery) parameters() map[string]*string {
	return map[string]*string{"principal": &q.Principal, "action": &q.Action, "decision": &q.Decision, "since": &q.Since}
}

// Query returns the parameters for it.
func (q *DecisionQuery) Query() url.Values {
	values := url.Values{}
	for name, value := range q.parameters() {
		if *value != "" {
			values.Set(name, *value)
		}
	}
	if q.Limit != 0 {
		values.Set(limitParameter, strconv.Itoa(q.Limit))
	}
	return values
}

// decisionQuery reads the parameters of a request.
func decisionQuery(values url.Values) (*DecisionQuery, error) {
	q := &DecisionQuery{Limit: defaultListed}
	known := q.parameters()
	for name := range values {
		if into := known[name]; into != nil {
			*into = values.Get(name)
		} else if name != limitParameter {
			return nil, fmt.Errorf("there is no filter %q; there are principal, action, decision, since and limit", name)
		}
	}
	text := values.Get(limitParameter)
	if text == "" {
		return q, nil
	}
	var err error
	if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 1 || q.Limit > maxListed {
		return nil, fmt.Errorf("limit %q is no number from 1 to %d", text, maxListed)
	}
	return q, nil
}

// verdicts are the values of DecisionQuery.Decision.
var verdicts = []string{"", "allowed", "denied", "would-be-denied", "faulted", "refused"}

// filter understands the query; now is the server's time.
func (q *DecisionQuery) filter(now time.Time) (*DecisionFilter, error) {
	for _, verdict := range strings.Split(q.Decision, ",") {
		if !slices.Contains(verdicts, verdict) {
			return nil, fmt.Errorf("decision %q is none of allowed, denied, would-be-denied, faulted and refused", verdict)
		}
	}
	f := &DecisionFilter{Principal: q.Principal, Action: q.Action, Decision: q.Decision}
	if q.Since == "" {
		return f, nil
	}
	if ago, err := time.ParseDuration(q.Since); err == nil {
		f.Since = now.Add(-ago)
		return f, nil
	}
	var err error
	if f.Since, err = time.Parse(time.RFC3339, q.Since); err != nil {
		return nil, errors.New(`since is neither a time such as 2026-03-01T12:00:00Z nor a duration such as 5m`)
	}
	return f, nil
}

// wanted reads which decisions a request is about.
func (h *handler) wanted(r *http.Request) (*DecisionFilter, int, error) {
	q, err := decisionQuery(r.URL.Query())
	if err != nil {
		return nil, 0, Invalid(err)
	}
	f, err := q.filter(h.Backend.Clock().Now)
	if err != nil {
		return nil, 0, Invalid(err)
	}
	return f, q.Limit, nil
}

// listDecisions writes the decisions one by one, since all of them may be long.
// It ends when the client has gone, and before the list gets too long.
func (h *handler) listDecisions(w http.ResponseWriter, r *http.Request) error {
	filter, limit, err := h.wanted(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	before, after, size := `{"decisions":[`, "]}\n", 0
	for record := range h.Backend.ListDecisions(filter, limit) {
		raw, err := json.Marshal(record)
		if err != nil {
			return err
		}
		if size += len(raw); size > maxListedBytes && size > len(raw) {
			after = "],\"truncated\":true}\n"
			break
		}
		if _, err := w.Write(append([]byte(before), raw...)); err != nil {
			return nil
		}
		before = ",\n"
	}
	if size == 0 {
		after = before + after
	}
	_, _ = io.WriteString(w, after) // the client has gone if it fails
	return nil
}

func (h *handler) showDecision(w http.ResponseWriter, r *http.Request) error {
	record, err := h.Backend.Decision(r.Context(), variable(r, "requestId"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, record)
}
