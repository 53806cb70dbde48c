package management

import (
	"net/http"

	"github.com/understudy-iam/understudy/decisions"
)

// DecisionList has decisions, the newest first.
type DecisionList struct {
	Decisions []*decisions.Record `json:"decisions"`

	// Truncated says that older ones were left out to keep the list within 16 MiB.
	Truncated bool `json:"truncated,omitempty"`
}

func (h *handler) listDecisions(w http.ResponseWriter, r *http.Request) error {
	filter, limit, err := h.wanted(r)
	if err != nil {
		return err
	}
	return writeList(w, "decisions", h.Backend.ListDecisions(filter, limit))
}

// streamDecisions sends the decisions of calls that end from now on, with the filters of
// listDecisions.
func (h *handler) streamDecisions(w http.ResponseWriter, r *http.Request) error {
	filter, _, err := h.wanted(r)
	if err != nil {
		return err
	}
	s := stream[decisions.Record]{
		item: DecisionItem, id: func(r *decisions.Record) string { return r.RequestID },
		follow: func() (Follower[decisions.Record], error) { return h.Backend.FollowDecisions(filter) },
	}
	return s.serve(w, r)
}

func (h *handler) showDecision(w http.ResponseWriter, r *http.Request) error {
	record, err := h.Backend.Decision(r.Context(), variable(r, "requestId"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, record)
}
