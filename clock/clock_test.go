package clock_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/clock"
)

// base is a clock that the test moves by hand.
type base struct{ now time.Time }

func (b *base) Now() time.Time { return b.now }

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func TestWhatAClockShows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		touch  func(*clock.Clock)
		at     time.Time // as the base shows noon
		later  time.Time // an hour of the base after that
		frozen bool
	}{
		{"untouched", func(*clock.Clock) {}, noon, noon.Add(time.Hour), false},
		{"moved on", func(c *clock.Clock) { c.Advance(2 * time.Hour) }, noon.Add(2 * time.Hour), noon.Add(3 * time.Hour), false},
		{"moved back", func(c *clock.Clock) { c.Advance(-time.Minute) }, noon.Add(-time.Minute), noon.Add(59 * time.Minute), false},
		{"moved on twice", func(c *clock.Clock) { c.Advance(time.Hour); c.Advance(time.Hour) }, noon.Add(2 * time.Hour),
			noon.Add(3 * time.Hour), false},
		{"set", func(c *clock.Clock) { c.Set(noon.AddDate(1, 0, 0)) }, noon.AddDate(1, 0, 0), noon.AddDate(1, 0, 0).Add(time.Hour), false},
		{"frozen", func(c *clock.Clock) { c.Freeze() }, noon, noon, true},
		{"frozen and moved on", func(c *clock.Clock) { c.Freeze(); c.Advance(time.Hour) }, noon.Add(time.Hour), noon.Add(time.Hour), true},
		{"frozen and set", func(c *clock.Clock) { c.Freeze(); c.Set(noon.Add(time.Second)) }, noon.Add(time.Second),
			noon.Add(time.Second), true},
		{"resumed", func(c *clock.Clock) { c.Freeze(); c.Advance(time.Hour); c.Resume() }, noon.Add(time.Hour),
			noon.Add(2 * time.Hour), false},
		{"reset", func(c *clock.Clock) { c.Freeze(); c.Advance(time.Hour); c.Reset() }, noon, noon.Add(time.Hour), false},
		{"before its bounds", func(c *clock.Clock) { c.Set(time.Time{}) }, clock.Earliest, clock.Earliest.Add(time.Hour), false},
		{"behind its bounds", func(c *clock.Clock) { c.Set(noon.AddDate(5000, 0, 0)) }, clock.Latest, clock.Latest, false},
		{"moved on for ever", func(c *clock.Clock) {
			for range 10 {
				c.Advance(1<<63 - 1)
			}
		}, clock.Latest, clock.Latest, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := &base{noon}
			c := clock.New(b.Now)
			test.touch(c)
			if got := c.Now(); !got.Equal(test.at) {
				t.Errorf("it shows %v; want %v", got, test.at)
			}
			if c.Frozen() != test.frozen {
				t.Errorf("frozen = %v", c.Frozen())
			}
			b.now = noon.Add(time.Hour)
			if got := c.Now(); !got.Equal(test.later) {
				t.Errorf("an hour later it shows %v; want %v", got, test.later)
			}
			if !c.Real().Equal(b.now) {
				t.Errorf("the base shows %v", c.Real())
			}
		})
	}
}

// A base that goes on with every reading shows whether a clock reads it once.
func TestReadIsOneMoment(t *testing.T) {
	t.Parallel()
	now := noon
	c := clock.New(func() time.Time {
		now = now.Add(time.Second)
		return now
	})
	for ahead, touch := range map[time.Duration]func(){
		0:             func() {},
		2 * time.Hour: func() { c.Advance(2 * time.Hour) },
	} {
		c.Reset()
		touch()
		if shown, real := c.Read(); shown.Sub(real) != ahead || !real.Equal(now) {
			t.Errorf("it shows %v for %v; want it %v ahead", shown, real, ahead)
		}
	}
	c.Freeze()
	c.Set(noon)
	if shown, real := c.Read(); !shown.Equal(noon) || !real.Equal(now) {
		t.Errorf("frozen at noon it shows %v for %v; want %v", shown, real, now)
	}
}

func TestTouchesAtOnceAllCount(t *testing.T) {
	t.Parallel()
	c := clock.New((&base{noon}).Now)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			c.Advance(time.Minute)
			c.Now()
		})
	}
	all.Wait()
	if got, want := c.Now(), noon.Add(50*time.Minute); !got.Equal(want) {
		t.Errorf("after 50 minutes at once it shows %v; want %v", got, want)
	}
}

func Example() {
	c := clock.New(func() time.Time { return time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC) })
	c.Advance(90 * time.Minute)
	fmt.Println(c.Now().Format(time.TimeOnly), "for", c.Real().Format(time.TimeOnly))
	// Output: 13:30:00 for 12:00:00
}
