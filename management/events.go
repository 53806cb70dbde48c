package management

import (
	"net/http"

	"github.com/understudy-iam/understudy/events"
)

// EventList has events as CloudTrail records them, the newest first.
type EventList struct {
	Events []*events.Record `json:"events"`

	// Truncated says that older ones were left out to keep the list within 16 MiB.
	Truncated bool `json:"truncated,omitempty"`
}

func (h *handler) listEvents(w http.ResponseWriter, r *http.Request) error {
	filter, limit, err := h.wanted(r)
	if err != nil {
		return err
	}
	return writeList(w, "events", h.Backend.ListEvents(filter, limit))
}

// streamEvents sends the events of calls that end from now on, with the filters of
// listEvents.
func (h *handler) streamEvents(w http.ResponseWriter, r *http.Request) error {
	filter, _, err := h.wanted(r)
	if err != nil {
		return err
	}
	s := stream[events.Record]{
		item: EventItem, id: func(r *events.Record) string { return r.EventID },
		follow: func() (Follower[events.Record], error) { return h.Backend.FollowEvents(filter) },
	}
	return s.serve(w, r)
}
