// Package clock is a clock that can be moved and stopped, so that what ends
// after hours (sessions, passwords, reports) is tested in milliseconds.
//
// It guarantees that
//   - a clock that nobody has touched shows exactly what its base does;
//   - between two touches it goes as fast as its base, or not at all if it is
//     frozen;
//   - it shows times from Earliest to Latest only, which every form of a date in
//     AWS's answers can hold.
//
// # Caveats
//
// It measures nothing and wakes nobody: timers and timeouts follow the machine's
// clock. Set and Advance can move it back; what was stored meanwhile then has
// dates in its future.
package clock

import (
	"sync/atomic"
	"time"
)

// Earliest and Latest limit what a Clock shows.
var (
	Earliest = time.Unix(0, 0).UTC()
	Latest   = time.Date(2999, 12, 31, 23, 59, 59, 0, time.UTC)
)

// Clock is safe for concurrent use. Make one with New.
type Clock struct {
	base  func() time.Time
	moved atomic.Pointer[moved] // nil: it goes with its base
}

// moved is a touch of the clock: when the base showed from, the clock showed at.
type moved struct {
	at, from time.Time
	frozen   bool
}

// New makes a clock that shows what base does; nil is time.Now.
func New(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	m := c.moved.Load()
	if m == nil {
		return c.base()
	}
	return m.now(c.base)
}

func (m *moved) now(base func() time.Time) time.Time {
	if m.frozen {
		return m.at
	}
	return within(m.at.Add(base().Sub(m.from)))
}

// Real returns what the base shows.
func (c *Clock) Real() time.Time { return c.base() }

// Read returns what Now and Real show at the same moment. Between two calls time would pass.
func (c *Clock) Read() (now, real time.Time) {
	real = c.base()
	m := c.moved.Load()
	if m == nil {
		return real, real
	}
	return m.now(func() time.Time { return real }), real
}

// Frozen reports whether the clock stands still.
func (c *Clock) Frozen() bool {
	m := c.moved.Load()
	return m != nil && m.frozen
}

// Moved reports whether the clock was touched since it was made or reset.
func (c *Clock) Moved() bool { return c.moved.Load() != nil }

// Set makes the clock show t. A frozen clock stays frozen.
func (c *Clock) Set(t time.Time) {
	c.touch(func(now moved) *moved { return &moved{within(t), now.from, now.frozen} })
}

// Advance moves the clock on by d; a negative d moves it back. A frozen clock
// stays frozen.
func (c *Clock) Advance(d time.Duration) {
	c.touch(func(now moved) *moved { return &moved{within(now.at.Add(d)), now.from, now.frozen} })
}

// Freeze stops the clock at the time that it shows.
func (c *Clock) Freeze() {
	c.touch(func(now moved) *moved { return &moved{now.at, now.from, true} })
}

// Resume lets a frozen clock continue from the time that it shows.
func (c *Clock) Resume() {
	c.touch(func(now moved) *moved { return &moved{now.at, now.from, false} })
}

// Reset makes the clock follow its base again.
func (c *Clock) Reset() { c.moved.Store(nil) }

// touch replaces the last touch: change gets the time that the clock shows and returns the next
// touch. Concurrent touches are made one after the other.
func (c *Clock) touch(change func(now moved) *moved) {
	for {
		old := c.moved.Load()
		now := moved{from: c.base()}
		now.at = now.from
		if old != nil {
			now.at, now.frozen = old.now(func() time.Time { return now.from }), old.frozen
		}
		now.at = now.at.Round(0) // without the machine's own reading, which would tell the moved time apart from what it shows
		if c.moved.CompareAndSwap(old, change(now)) {
			return
		}
	}
}

// within returns the nearest time that a Clock can show.
func within(t time.Time) time.Time {
	switch {
	case t.Before(Earliest):
		return Earliest
	case t.After(Latest):
		return Latest
	}
	return t
}
