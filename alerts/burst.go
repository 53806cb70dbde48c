package alerts

import (
	"slices"
	"time"
)

// maxCallers bounds for how many callers a rule counts, twice: those who have not
// called for longest are forgotten first.
const maxCallers = 5_000

// burst counts the events of each caller for one rule. Times are those of the events,
// so that nothing depends on when they are looked at.
type burst struct {
	atLeast    int
	within     time.Duration
	young, old map[string][]time.Time
}

func newBurst(r *Rule) *burst {
	return &burst{atLeast: r.AtLeast, within: r.Within, young: map[string][]time.Time{}}
}

// add counts an event, and reports whether it makes a burst. Then counting begins anew. Of
// bursts of one event the first does, and the others of the caller within the time after it
// do not.
func (b *burst) add(caller string, at time.Time) bool {
	times, ok := b.young[caller]
	if !ok {
		times = b.old[caller]
		delete(b.old, caller)
	}
	times = slices.DeleteFunc(times, func(t time.Time) bool { return at.Sub(t).Abs() >= b.within })
	switch {
	case b.atLeast == 1:
		first := len(times) == 0
		if first {
			times = append(times, at)
		}
		b.keep(caller, times, ok)
		return first
	case len(times)+1 >= b.atLeast:
		delete(b.young, caller)
		return true
	}
	b.keep(caller, append(times, at), ok)
	return false
}

// keep notes the times of a caller, who is known if it has called lately.
func (b *burst) keep(caller string, times []time.Time, known bool) {
	if !known && len(b.young) >= maxCallers {
		b.old, b.young = b.young, map[string][]time.Time{}
	}
	b.young[caller] = times
}
