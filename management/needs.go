package management

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator/draft"
)

// NeedQuery asks for the permissions that a principal needed.
type NeedQuery struct {
	// Principal is in one of the forms that Identity describes. A session means its user or role. The principal
	// may have been deleted, if calls of it are recorded. Empty: the only user or role that has called.
	Principal string

	Since string // a time such as 2026-03-01T12:00:00Z, or a duration such as 5m ago; empty: all calls that the server keeps
}

func (q *NeedQuery) parameters() []parameter {
	return []parameter{{"principal", &q.Principal}, {"since", &q.Since}}
}

// Query returns the query parameters of the request.
func (q *NeedQuery) Query() url.Values { return writeQuery(q.parameters(), 0) }

// From returns the time of Since; now is the server's time.
func (q *NeedQuery) From(now time.Time) (time.Time, error) { return moment("since", q.Since, now) }

// Needs has the permissions that the calls of a principal needed.
type Needs struct {
	Principal Identity `json:"principal"`
	Calls     int      `json:"calls"` // of the principal, that needed a permission

	// Whole says that the server still keeps all calls of the asked time. If it is false, it has dropped older
	// calls, and WholeSince is the time since which it keeps all.
	Whole      bool       `json:"whole"`
	WholeSince *time.Time `json:"wholeSince,omitempty"`

	// Undecided is the number of calls about which nothing was decided because enforcement was off.
	Undecided int `json:"undecided"`

	Needs       []Need         `json:"needs"`       // the newest first
	Assumptions []Assumption   `json:"assumptions"` // of a role: the permissions that were needed to assume it
	Policies    []HeldDocument `json:"policies"`    // the identity-based policies that the principal has now
	TrustPolicy string         `json:"trustPolicy,omitempty"`
}

// Need is a permission that several calls needed. The context is that of the newest call.
type Need struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`

	// Verdict is allowed, would-be-denied, denied, or by-resource: the resource's policy allows it alone.
	Verdict    string                 `json:"verdict"`
	Context    []decisions.ContextKey `json:"context"`
	RequestIDs []string               `json:"requestIds"`

	// Limits are what denied it besides the identity-based policies that did not allow it:
	// with these it stays denied, whatever a draft allows.
	Limits []Limit `json:"limits"`
}

// Limit is a layer of policies that denied a permission.
type Limit struct {
	Layer     string `json:"layer"`               // scp, rcp, boundary, session, resource, ...
	Policy    string `json:"policy,omitempty"`    // whose statement denied it; empty if the layer only did not allow it
	Statement string `json:"statement,omitempty"` // its Sid, or its number from 1
}

// Assumption is a permission that was needed of a role's trust policy to assume the role.
type Assumption struct {
	Need
	PrincipalType  string `json:"principalType"` // AWS, Service or Federated
	PrincipalValue string `json:"principalValue"`
}

// HeldDocument is a policy that a principal has.
type HeldDocument struct {
	Name     string `json:"name"` // its name for people
	ARN      string `json:"arn,omitempty"`
	Document string `json:"document"`
}

// verdictNames are the names of the verdicts of drafts.
var verdictNames = map[draft.Verdict]string{
	draft.Allowed: "allowed", draft.WouldBeDenied: "would-be-denied", draft.Denied: "denied", draft.ByResource: "by-resource",
}

// NewNeed returns a call in the form that is sent to clients.
func NewNeed(c *draft.Call) Need {
	n := Need{
		Action: c.Action, Resource: cmp.Or(c.Resource, "*"), Verdict: verdictNames[c.Verdict],
		Context: []decisions.ContextKey{}, RequestIDs: []string{c.RequestID}, Limits: []Limit{},
	}
	for _, l := range c.Limits {
		n.Limits = append(n.Limits, Limit(l))
	}
	for _, k := range c.Context {
		n.Context = append(n.Context, decisions.ContextKey{Name: k.Name, Values: k.Values, Multi: k.Multi})
	}
	return n
}

// times are the condition keys whose values depend on the time of a call.
var times = map[string]bool{
	"aws:currenttime": true, "aws:epochtime": true, "aws:tokenissuetime": true, "aws:multifactorauthage": true,
}

// Same returns a key that is the same for needs that differ only in the time of their calls.
func (n *Need) Same() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q", n.Action, n.Resource, n.Verdict)
	for _, k := range n.Context {
		if !times[strings.ToLower(k.Name)] {
			fmt.Fprintf(&b, " %q %q %v", k.Name, k.Values, k.Multi)
		}
	}
	fmt.Fprintf(&b, " %q", n.Limits)
	return b.String()
}

// Drafted returns the calls that needed it.
func (n *Need) Drafted() []draft.Call {
	c := draft.Call{Action: n.Action, Resource: n.Resource}
	for v, name := range verdictNames {
		if name == n.Verdict {
			c.Verdict = v
		}
	}
	for _, l := range n.Limits {
		c.Limits = append(c.Limits, draft.Limit(l))
	}
	for _, k := range n.Context {
		c.Context = append(c.Context, draft.Key{Name: k.Name, Values: k.Values, Multi: k.Multi})
	}
	calls := make([]draft.Call, len(n.RequestIDs))
	for i, id := range n.RequestIDs {
		calls[i] = c
		calls[i].RequestID = id
	}
	return calls
}

// Drafted returns the calls of all needs.
func (n *Needs) Drafted() []draft.Call {
	var calls []draft.Call
	for i := range n.Needs {
		calls = append(calls, n.Needs[i].Drafted()...)
	}
	return calls
}

// Assumed returns the principals that assumed the role.
func (n *Needs) Assumed() []draft.Assumption {
	var list []draft.Assumption
	for i := range n.Assumptions {
		a := &n.Assumptions[i]
		for _, c := range a.Drafted() {
			list = append(list, draft.Assumption{
				RequestID: c.RequestID, Action: c.Action, Context: c.Context, Verdict: c.Verdict,
				Principal: draft.Entity{Type: a.PrincipalType, Value: a.PrincipalValue},
			})
		}
	}
	return list
}

// listNeeds answers with the permissions that a principal needed.
func (h *handler) listNeeds(w http.ResponseWriter, r *http.Request) error {
	q := &NeedQuery{}
	values := r.URL.Query()
	if values.Has(limitParameter) {
		return Invalid(fmt.Errorf("there is no filter %q; there are principal and since", limitParameter))
	}
	if _, err := readQuery(values, q.parameters()); err != nil {
		return Invalid(err)
	}
	found, err := h.Backend.Needs(r.Context(), q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, found)
}
