package events

import (
	"slices"

	"github.com/understudy-iam/understudy/principal"
)

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
	n := eventBytes + 2*e.Sent + 2*e.Answered + // encoded and decoded
		len(e.Message) + len(r.UserAgent) + len(r.Referer) + len(r.Service) + len(r.Operation) + len(r.Region) +
		principalBytes(&e.Caller.Principal) + e.Refusal.bytes() + e.Document.bytes()
	if e.Shown != nil {
		n += e.Shown.Bytes()
	}
	n += len(e.UpstreamCode) + len(e.UpstreamMessage)
	if e.Caller.Claimed != nil {
		n += principalBytes(e.Caller.Claimed)
	}
	return n
}

// principalBytes is about what a principal refers to. Some of it comes from whoever
// asks, as he wrote it.
func principalBytes(p *principal.Principal) int {
	return len(p.ARN) + len(p.UserID) + len(p.SessionName) + len(p.EntityPath) + len(p.AccessKeyID) + sessionBytes(p.Session)
}

// sessionBytes is about what temporary credentials carry.
func sessionBytes(s *principal.Session) int {
	if s == nil {
		return 0
	}
	n := 400 + len(s.Policy)
	for _, l := range slices.Concat(s.Limits, s.ScopeDown) {
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
