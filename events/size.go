package events

import "github.com/understudy-iam/understudy/principal"

// What an event and a caller take without their strings, measured; a test compares
// the sum with the heap.
const (
	eventBytes  = 800
	stringBytes = 16
)

// bytes is about what the event keeps alive, without its decisions, and rather too
// much.
func (e *Event) bytes() int {
	r := &e.Caller.Request
	n := eventBytes + 2*e.Sent + // encoded and decoded
		len(e.Message) + len(r.UserAgent) + len(r.Referer) + sessionBytes(e.Caller.Session)
	if e.Caller.Claimed != nil {
		n += sessionBytes(e.Caller.Claimed.Session)
	}
	return n
}

// sessionBytes is about what temporary credentials carry.
func sessionBytes(s *principal.Session) int {
	if s == nil {
		return 0
	}
	n := 400 + len(s.Policy)
	for _, l := range s.Limits {
		n += len(l)
	}
	for _, a := range s.PolicyARNs {
		n += stringBytes + len(a)
	}
	for _, t := range s.Tags {
		n += 2*stringBytes + len(t.Key) + len(t.Value)
	}
	for k, values := range s.Keys {
		n += 4*stringBytes + len(k)
		for _, v := range values {
			n += stringBytes + len(v)
		}
	}
	return n
}
