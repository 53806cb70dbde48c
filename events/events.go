// Package events keeps the record of each call: who called what, how it was
// answered, what was decided about it, and which faults it was given.
//
// It guarantees that
//   - a call has one Event, made in one place, where the call ends. Whoever has the
//     answer of a call finds its Event: it is added before the answer is sent;
//   - an Event does not change once it is added, so that it can be read without a
//     lock;
//   - a Log is bounded by the number of its events and by their bytes;
//   - nobody who follows a Log delays a call or makes the Log grow.
//
// # Caveats
//
// Events are in memory only and gone when the server stops; the oldest makes room
// for the newest. An Event is compact: it refers to what the call left behind, and
// what people see is made from it when they ask: CloudTrail's records by
// Event.Records, explanations by package decisions. It holds the input and the
// output of the call with their secrets, so it is not to be shown as it is. The size
// of an event is an estimate.
package events

import (
	"iter"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// Event is the record of one call.
type Event struct {
	// Caller has the facts of the request (its ID, time, service and operation,
	// faults) and who made it: nobody, if that was not proved.
	Caller *principal.Caller

	Origin Origin

	// Input is a pointer to the SDK's input type, as it was decoded; nil if decoding
	// was not reached. It may hold secrets. Of a call of another service than IAM and STS
	// that was denied it is what can be told of the call, without secrets.
	Input any

	// Output is a pointer to the SDK's output type, of a call that succeeded and whose
	// answer is in its Record; nil of others: see ShowsOutput. It may hold secrets.
	Output any

	// Shown is what CloudTrail shows of a call of another service than IAM and STS; nil of a
	// call of these, and where nothing is known.
	Shown Shown

	// UpstreamCode and UpstreamMessage are the error that an upstream has answered, as far as
	// it could be read; empty if there is none.
	UpstreamCode, UpstreamMessage string

	// Sent is how many bytes the call sent, which Input may keep alive, and Answered how
	// many bytes the answer has that Output was encoded to.
	Sent, Answered int

	Mode   authz.Mode // of enforcement, when the call ended
	Status int        // the HTTP status of the answer; 0 if none was sent

	// Code and Message are the error that was answered; empty for success, and for a
	// connection that was closed instead.
	Code, Message string

	// Exception is the name that AWS's model has for the error, such as
	// NoSuchEntityException for the code NoSuchEntity; empty if it has none.
	Exception string

	// Refusal is why the call was refused, if that was not decided by policies; nil if it
	// was not refused, or was denied.
	Refusal *Refusal

	// Document is where a policy document of the call is at fault; nil if none is.
	Document *DocumentFault

	// Duration is the time from the head of the request until its answer was ready
	// to be sent.
	Duration time.Duration
}

// Shown is what CloudTrail shows of a call, without secrets and without data. It does not
// change.
type Shown interface {
	Parameters() map[string]any // requestParameters
	Response() map[string]any   // responseElements; empty if they are not known
	Additional() map[string]any // additionalEventData; empty if there is none
	Bytes() int                 // about what it takes
}

// Origin is where a call came from.
type Origin uint8

// The origins.
const (
	FromClient  Origin = iota // a request to the AWS endpoint
	FromService               // a service of AWS acts for itself, as EC2 does for an instance's role
	Asked                     // nobody called: another service asks whether it may answer
)

// Faulted is the verdict on a call that a fault ended on purpose before it was
// decided.
const Faulted = "faulted"

// Note keeps a decision for the Event of the caller's request. Give it to
// authz.Options.Observe.
func Note(c *principal.Caller, d *authz.Decision) {
	if last := len(c.Notes) - 1; d.Again && last >= 0 {
		if _, ok := c.Notes[last].(*authz.Decision); ok {
			c.Notes[last] = d
			return
		}
	}
	c.Notes = append(c.Notes, d)
}

// Decisions are what was decided about the call, in the order in which it was;
// none if it was refused or ended before, or needs no decision.
func (e *Event) Decisions() iter.Seq[*authz.Decision] {
	return func(yield func(*authz.Decision) bool) {
		for _, n := range e.Caller.Notes {
			if d, ok := n.(*authz.Decision); ok && !yield(d) {
				return
			}
		}
	}
}

// Decision is the last of Decisions, which the call went by; nil if there is none.
func (e *Event) Decision() *authz.Decision {
	var last *authz.Decision
	for d := range e.Decisions() {
		last = d
	}
	return last
}

// Verdict is what became of the call: "allowed", "denied", "would-be-denied", Faulted
// or Refused; empty if nothing was decided, as in the mode Off.
func (e *Event) Verdict() string {
	d := e.Decision()
	switch {
	case d == nil && e.Caller.Request.Ended:
		return Faulted
	case e.Refusal != nil:
		return Refused
	case d != nil:
		return d.Verdict.String()
	case e.Document != nil: // a document that is malformed can be refused before anything is decided
		return Refused
	}
	return ""
}

// Principal is who called, or of whom the decision is: where an identity provider
// vouches for the caller, that is the provider. Of a call that was refused or
// ended before its signature was proved it is whom the call claims to be from.
func (e *Event) Principal() *principal.Principal {
	if d := e.Decision(); d != nil {
		return &d.Caller.Principal
	}
	if e.Caller.Claimed != nil {
		return e.Caller.Claimed
	}
	return &e.Caller.Principal
}
