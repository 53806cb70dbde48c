package management

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// Limits of the number of listed items.
const (
	defaultListed = 100

	// MaxListed is the maximum number of items of a list.
	MaxListed = 1000
)

// CallQuery says which calls to list. The zero value admits all.
type CallQuery struct {
	Principal string // an ARN, in which * matches any characters, or a name
	Action    string // an action that the call needs; * matches any characters
	Decision  string // allowed, denied, would-be-denied, faulted or refused, or several of them separated by commas
	Since     string // a time such as 2026-03-01T12:00:00Z, or a duration such as 5m ago
	Until     string // the same, for the newest

	// The following members are about the events of the calls, see events.Filter.
	Account   string // where they are recorded
	EventName string // such as CreateUser; * matches any characters
	Source    string // such as iam.amazonaws.com, or iam
	Error     string // the error code; * is any
	ReadOnly  string // true or false

	Limit int // maximum number; 0: 100. A stream has no limit
}

// parameter is a query parameter, and the member of a query that has its value.
type parameter struct {
	name  string
	value *string
}

// limitParameter is the query parameter for the number of items.
const limitParameter = "limit"

// parameters returns the members except Limit.
func (q *CallQuery) parameters() []parameter {
	return []parameter{
		{"principal", &q.Principal}, {"action", &q.Action}, {"decision", &q.Decision}, {"since", &q.Since}, {"until", &q.Until},
		{"account", &q.Account}, {"event-name", &q.EventName}, {"source", &q.Source}, {"error", &q.Error}, {"read-only", &q.ReadOnly},
	}
}

// Query returns the query parameters of the request.
func (q *CallQuery) Query() url.Values { return writeQuery(q.parameters(), q.Limit) }

// callQuery reads the parameters of a request.
func callQuery(values url.Values) (*CallQuery, error) {
	q := &CallQuery{}
	var err error
	q.Limit, err = readQuery(values, q.parameters())
	return q, err
}

// writeQuery returns the parameters that have a value.
func writeQuery(list []parameter, limit int) url.Values {
	values := url.Values{}
	for _, p := range list {
		if *p.value != "" {
			values.Set(p.name, *p.value)
		}
	}
	if limit != 0 {
		values.Set(limitParameter, strconv.Itoa(limit))
	}
	return values
}

// readQuery reads the parameters in the list, and returns the limit. The error is about a
// parameter that is not in the list, or about the limit.
func readQuery(values url.Values, list []parameter) (limit int, err error) {
	for name := range values {
		i := slices.IndexFunc(list, func(p parameter) bool { return p.name == name })
		if i >= 0 {
			*list[i].value = values.Get(name)
		} else if name != limitParameter {
			return 0, fmt.Errorf("there is no filter %q; there are %s", name, namesOf(list))
		}
	}
	text := values.Get(limitParameter)
	if text == "" {
		return defaultListed, nil
	}
	if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > MaxListed {
		return 0, fmt.Errorf("limit %q is not a number from 1 to %d", text, MaxListed)
	}
	return limit, nil
}

func namesOf(list []parameter) string {
	text := ""
	for _, p := range list {
		text += p.name + ", "
	}
	return strings.TrimSuffix(text, ", ") + " and " + limitParameter
}

// verdicts are the values of CallQuery.Decision.
var verdicts = []string{"", "allowed", "denied", "would-be-denied", "faulted", "refused"}

// Filter makes a filter from the query; now is the server's time.
func (q *CallQuery) Filter(now time.Time) (*events.Filter, error) {
	f := &events.Filter{
		Principal: q.Principal, Action: q.Action, Verdict: q.Decision,
		Account: q.Account, EventName: q.EventName, Source: q.Source, Error: q.Error,
	}
	var err1, err2 error
	f.Since, err1 = moment("since", q.Since, now)
	f.Until, err2 = moment("until", q.Until, now)
	err := cmp.Or(q.checkWords(), err1, err2)
	if q.ReadOnly != "" {
		f.ReadOnly = new(q.ReadOnly == "true")
	}
	return f, err
}

// checkWords checks the members that have few values.
func (q *CallQuery) checkWords() error {
	for _, verdict := range strings.Split(q.Decision, ",") {
		if !slices.Contains(verdicts, verdict) {
			return fmt.Errorf("decision %q is none of allowed, denied, would-be-denied, faulted and refused", verdict)
		}
	}
	if q.Account != "" && !principal.ValidAccountID(q.Account) {
		return fmt.Errorf("account %q is not an account ID; give 12 digits", q.Account)
	}
	if !slices.Contains([]string{"", "true", "false"}, q.ReadOnly) {
		return fmt.Errorf("read-only %q is neither true nor false", q.ReadOnly)
	}
	return nil
}

// moment returns the time that a parameter names, as a time or as a duration before now.
// It is zero for an empty string.
func moment(name, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q is neither a time such as 2026-03-01T12:00:00Z nor a duration such as 5m", name, text)
	}
	return t, nil
}

// wanted reads from a request which calls it wants, and how many.
func (h *handler) wanted(r *http.Request) (*events.Filter, int, error) {
	q, err := callQuery(r.URL.Query())
	if err != nil {
		return nil, 0, Invalid(err)
	}
	f, err := q.Filter(h.Backend.Clock().Now)
	if err != nil {
		return nil, 0, Invalid(err)
	}
	return f, q.Limit, nil
}
