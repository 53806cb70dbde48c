package server

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/understudy-iam/understudy/clock"
)

// ClockState is the answer of GET and POST /_understudy/clock.
type ClockState struct {
	Now    time.Time `json:"now"`    // what everything goes by
	Real   time.Time `json:"real"`   // what signatures go by
	Offset string    `json:"offset"` // how far now is ahead of real, such as 2h0m0s
	Frozen bool      `json:"frozen"`
}

// ClockChange is the body of POST /_understudy/clock. Several members are done
// in the order in which they stand here.
type ClockChange struct {
	Reset   bool       `json:"reset,omitempty"`   // go with the real time again
	Frozen  *bool      `json:"frozen,omitempty"`  // stop, or go on
	Now     *time.Time `json:"now,omitempty"`     // show this time
	Advance string     `json:"advance,omitempty"` // move on by a duration such as 2h or -90s
}

func (s *Server) showClock(w http.ResponseWriter, _ *http.Request) {
	now, real := s.clock.Now(), s.clock.Real()
	writeJSON(w, http.StatusOK, ClockState{
		Now: now.UTC(), Real: real.UTC(), Offset: now.Sub(real).Round(time.Millisecond).String(), Frozen: s.clock.Frozen(),
	})
}

// moveClock changes the clock and answers what it shows then.
func (s *Server) moveClock(w http.ResponseWriter, r *http.Request) {
	var change ClockChange
	err := readJSON(w, r, &change)
	var advance time.Duration
	if err == nil {
		advance, err = change.check(s.clock)
	}
	if err != nil {
		badRequest(w, err)
		return
	}
	before := s.clock.Now()
	change.apply(s.clock, advance)
	s.options.Logger.Info("the clock was moved", "from", before.UTC(), "to", s.clock.Now().UTC(), "frozen", s.clock.Frozen())
	s.showClock(w, r)
}

// check refuses a change that changes nothing or cannot be made, and returns how
// far the clock is to be moved on.
func (c *ClockChange) check(on *clock.Clock) (advance time.Duration, err error) {
	if *c == (ClockChange{}) {
		return 0, errors.New("give at least one of now, advance, frozen and reset")
	}
	if c.Advance != "" {
		if advance, err = time.ParseDuration(c.Advance); err != nil {
			return 0, fmt.Errorf("advance %q is no duration; give one such as 2h, 90s or -15m", c.Advance)
		}
	}
	at := on.Now()
	if c.Reset {
		at = on.Real()
	}
	if c.Now != nil {
		at = *c.Now
	}
	if at = at.Add(advance); at.Before(clock.Earliest) || at.After(clock.Latest) {
		return 0, fmt.Errorf("the clock shows times from %s to %s only", clock.Earliest.Format(time.RFC3339), clock.Latest.Format(time.RFC3339))
	}
	return advance, nil
}

func (c *ClockChange) apply(to *clock.Clock, advance time.Duration) {
	if c.Reset {
		to.Reset()
	}
	switch {
	case c.Frozen == nil:
	case *c.Frozen:
		to.Freeze()
	default:
		to.Resume()
	}
	if c.Now != nil {
		to.Set(*c.Now)
	}
	if advance != 0 {
		to.Advance(advance)
	}
}
