package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/understudy-iam/understudy/clock"
	"github.com/understudy-iam/understudy/management"
)

// Clock is what the clock shows.
func (b backend) Clock() management.Clock {
	c := b.s.clock
	now, real := c.Read()
	return management.Clock{
		Now: now.UTC(), Real: real.UTC(), Offset: now.Sub(real).Round(time.Millisecond).String(), Frozen: c.Frozen(),
	}
}

// MoveClock changes the clock.
func (b backend) MoveClock(change *management.ClockChange) error {
	c := b.s.clock
	advance, err := checkChange(change, c)
	if err != nil {
		return management.Invalid(err)
	}
	before := c.Now()
	changeClock(c, change, advance)
	b.s.options.Logger.Info("the clock was moved", "from", before.UTC(), "to", c.Now().UTC(), "frozen", c.Frozen())
	return nil
}

// checkChange refuses a change that changes nothing or cannot be made, and returns
// how far the clock is to be moved on.
func checkChange(change *management.ClockChange, on *clock.Clock) (advance time.Duration, err error) {
	if *change == (management.ClockChange{}) {
		return 0, errors.New("give at least one of now, advance, frozen and reset")
	}
	if change.Advance != "" {
		if advance, err = time.ParseDuration(change.Advance); err != nil {
			return 0, fmt.Errorf("advance %q is not a duration; give one such as 2h, 90s or -15m", change.Advance)
		}
	}
	at := on.Now()
	if change.Reset {
		at = on.Real()
	}
	if change.Now != nil {
		at = *change.Now
	}
	if at = at.Add(advance); at.Before(clock.Earliest) || at.After(clock.Latest) {
		return 0, fmt.Errorf("the clock shows times from %s to %s only", clock.Earliest.Format(time.RFC3339),
			clock.Latest.Format(time.RFC3339))
	}
	return advance, nil
}

func changeClock(to *clock.Clock, change *management.ClockChange, advance time.Duration) {
	if change.Reset {
		to.Reset()
	}
	switch {
	case change.Frozen == nil:
	case *change.Frozen:
		to.Freeze()
	default:
		to.Resume()
	}
	if change.Now != nil {
		to.Set(*change.Now)
	}
	if advance != 0 {
		to.Advance(advance)
	}
}
