package management

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/alerts"
)

// AlertQuery says which alerts to list. The zero value admits all.
type AlertQuery struct {
	Rule     string // the name of a rule, or several names separated by commas
	Severity string // critical, high, medium or low, or several of them separated by commas
	Since    string // a time such as 2026-03-01T12:00:00Z, or a duration such as 5m ago
	Limit    int    // maximum number; 0: 100. A stream has no limit
}

// AlertList has alerts, the newest first.
type AlertList struct {
	Alerts []*alerts.Alert `json:"alerts"`

	// Truncated says that older ones were left out to keep the list within 16 MiB.
	Truncated bool `json:"truncated,omitempty"`
}

func (q *AlertQuery) parameters() []parameter {
	return []parameter{{"rule", &q.Rule}, {"severity", &q.Severity}, {"since", &q.Since}}
}

// Query returns the query parameters of the request.
func (q *AlertQuery) Query() url.Values { return writeQuery(q.parameters(), q.Limit) }

// filter makes a filter from the query; now is the server's time.
func (q *AlertQuery) filter(now time.Time) (*alerts.Filter, error) {
	for _, severity := range strings.Split(q.Severity, ",") {
		if severity != "" && !slices.Contains(alerts.Severities, severity) {
			return nil, fmt.Errorf("severity %q is none of %s", severity, strings.Join(alerts.Severities, ", "))
		}
	}
	f := &alerts.Filter{Rule: q.Rule, Severity: q.Severity}
	var err error
	f.Since, err = moment("since", q.Since, now)
	return f, err
}

// wantedAlerts reads from a request which alerts it wants, and how many.
func (h *handler) wantedAlerts(r *http.Request) (f *alerts.Filter, limit int, err error) {
	q := &AlertQuery{}
	if limit, err = readQuery(r.URL.Query(), q.parameters()); err == nil {
		f, err = q.filter(h.Backend.Clock().Now)
	}
	if err != nil {
		return nil, 0, Invalid(err)
	}
	return f, limit, nil
}

// listAlerts lists the alerts of all calls that have ended.
func (h *handler) listAlerts(w http.ResponseWriter, r *http.Request) error {
	filter, limit, err := h.wantedAlerts(r)
	if err != nil {
		return err
	}
	list, err := h.Backend.ListAlerts(r.Context(), filter, limit)
	if err != nil {
		return err
	}
	return writeList(w, "alerts", slices.Values(list))
}

// streamAlerts sends the alerts from now on, with the filters of listAlerts.
func (h *handler) streamAlerts(w http.ResponseWriter, r *http.Request) error {
	filter, _, err := h.wantedAlerts(r)
	if err != nil {
		return err
	}
	s := stream[alerts.Alert]{
		item: AlertItem, id: func(a *alerts.Alert) string { return a.ID },
		follow: func() (Follower[alerts.Alert], error) { return h.Backend.FollowAlerts(filter) },
	}
	return s.serve(w, r)
}
