package management

import (
	"net/http"
	"time"
)

// Clock is what the server's clock shows.
type Clock struct {
	Now    time.Time `json:"now"`    // what everything goes by
	Real   time.Time `json:"real"`   // what signatures go by
	Offset string    `json:"offset"` // how far now is ahead of real, such as 2h0m0s
	Frozen bool      `json:"frozen"`
}

// ClockChange moves the clock, stops it or lets it go on. Several members are done
// in their order here.
type ClockChange struct {
	Reset   bool       `json:"reset,omitempty"`   // go with the real time again
	Frozen  *bool      `json:"frozen,omitempty"`  // stop, or go on
	Now     *time.Time `json:"now,omitempty"`     // show this time
	Advance string     `json:"advance,omitempty"` // move on by a duration such as 2h or -90s
}

func (h *handler) showClock(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, h.Backend.Clock())
}

// moveClock changes the clock and answers what it shows then.
func (h *handler) moveClock(w http.ResponseWriter, r *http.Request) error {
	var change ClockChange
	if err := readJSON(w, r, &change); err != nil {
		return err
	}
	if err := h.Backend.MoveClock(&change); err != nil {
		return err
	}
	return h.showClock(w, r)
}
