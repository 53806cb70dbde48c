package management

import (
	"net/http"
	"time"
)

// Clock is the state of the server's clock.
type Clock struct {
	Now    time.Time `json:"now"`    // the time that counts for everything but signatures
	Real   time.Time `json:"real"`   // the time that counts for signatures
	Offset string    `json:"offset"` // how far now is ahead of real, such as 2h0m0s
	Frozen bool      `json:"frozen"`
}

// ClockChange moves, stops or restarts the clock. If several members are set, they are
// applied in this order.
type ClockChange struct {
	Reset   bool       `json:"reset,omitempty"`   // return to the real time
	Frozen  *bool      `json:"frozen,omitempty"`  // true: stop; false: go on
	Now     *time.Time `json:"now,omitempty"`     // set the clock to this time
	Advance string     `json:"advance,omitempty"` // move the clock by a duration such as 2h or -90s
}

func (h *handler) showClock(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, h.Backend.Clock())
}

// moveClock changes the clock and answers with its new state.
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
