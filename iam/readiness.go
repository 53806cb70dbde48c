package iam

import "time"

// orderTime is how long that takes here which AWS makes in the background:
// reports, and the deletion of a service-linked role.
const orderTime = time.Second

// ready reports whether what was ordered is there: when a second has passed on the
// server's clock, so that who waits finds it, and otherwise at the third question,
// so that a clock that stands still ends no poller. The order is the first
// question; asked says that there was a second one. A stored time is not exact to
// the nanosecond, so the difference is rounded.
func (s *Service) ready(ordered time.Time, asked bool) bool {
	return asked || s.clock().Sub(ordered).Round(time.Millisecond) >= orderTime
}
