package iam

import "time"

// orderTime is how long work takes here that AWS does in the background: reports, and the
// deletion of a service-linked role.
const orderTime = time.Second

// ready reports whether what was ordered is done: when a second has passed on the
// server's clock, so that a client that waits finds it done, and otherwise at the third
// question, so that a poller ends even if the clock is stopped. The order is the first
// question; asked says that there was a second one. A stored time is not exact to the
// nanosecond, so the difference is rounded.
func (s *Service) ready(ordered time.Time, asked bool) bool {
	return asked || s.clock().Sub(ordered).Round(time.Millisecond) >= orderTime
}
