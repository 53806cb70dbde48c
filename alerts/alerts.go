// Package alerts tells of events that somebody should know about, such as rights of
// an administrator that are given to somebody.
//
// A Rule says of what: an event pattern of Amazon EventBridge (package pattern), an
// Effect that the call had on what principals can do, or both. An Engine looks at
// each event once, after its call was answered, and gives an Alert to the Sinks for
// each rule that fires.
//
// It guarantees that
//   - nothing here delays a call or fails it: an Engine follows the events on a
//     goroutine of its own, and a Sink does not block;
//   - what is kept is bounded, by number and by bytes;
//   - the same events make the same alerts, with the same IDs.
//
// # Caveats
//
// An Engine that cannot follow misses what the Log of events has dropped, and logs
// how much that was. Alerts hold no secrets, since the records of events hold none.
package alerts

import (
	"context"
	"reflect"
	"time"

	"github.com/understudy-iam/understudy/alerts/pattern"
)

// The severities of rules.
const (
	Critical = "critical"
	High     = "high"
	Medium   = "medium"
	Low      = "low"
)

// Severities are all of them, the gravest first.
var Severities = []string{Critical, High, Medium, Low}

// Rule says which events somebody should know about. It fires if all that it asks for
// is so: its pattern matches the event, and the event had its effect.
type Rule struct {
	Name        string // unique among the rules of an Engine
	Severity    string // one of Severities
	Description string // for people: what it means, and what to look at; may be empty

	Pattern *pattern.Pattern // of the event's Envelope; nil: any event
	Effect  *Effect          // nil: none is asked for

	// AtLeast events of one caller Within a time make a burst, for which the rule fires
	// once; 1: it fires for the first event, and not for others of the caller within the time
	// after it; 0 and 0: it fires for each event. Times are those of the events.
	AtLeast int
	Within  time.Duration

	find string // the kind of Finding that a built-in rule asks for; empty: none
}

// same reports whether two rules ask for the same, as one that was read again does.
func (r *Rule) same(o *Rule) bool {
	return r.Name == o.Name && r.Pattern.String() == o.Pattern.String() && reflect.DeepEqual(r.Effect, o.Effect) &&
		r.AtLeast == o.AtLeast && r.Within == o.Within && r.find == o.find
}

// Effect is what a call changed in what principals can do; the evaluator decides it,
// before and after. If several members are given, one of them is enough.
type Effect struct {
	// Becomes is what somebody was not and is now: Administrator, or Public, or empty.
	Becomes string

	// Gains are actions, such as "iam:PassRole", of which somebody was not allowed one on
	// any resource, and is now.
	Gains []string

	// Reaches is the ARN of a role that somebody could not assume, directly or by other
	// roles, and can now; empty: none is asked for.
	Reaches string
}

// Administrator is somebody who is allowed every action on every resource of their
// account, or who can assume a role that is.
const Administrator = "administrator"

// Alert is a rule that fired.
type Alert struct {
	ID       string    `json:"id"`   // the same for the same rule and event
	Time     time.Time `json:"time"` // of the event, by the server's clock, UTC
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Sentence string    `json:"sentence"` // one line for people: what happened

	Description string `json:"description,omitempty"` // that of the rule

	Changes []Change `json:"changes,omitempty"`
	Event   Envelope `json:"event"` // of a burst: the last one
}

// The kinds of changes.
const (
	Becomes = "becomes"
	Gains   = "gains"
	Reaches = "reaches"
)

// Change is an effect that a call had on a principal.
type Change struct {
	Kind      string `json:"kind"`      // Becomes, Gains or Reaches
	Principal string `json:"principal"` // the ARN
	What      string `json:"what"`      // Administrator, Public, the action, or the ARN of the role
	Because   string `json:"because"`   // the statement that allows it, or the way to it: one sentence

	// Account is the account in which an administrator can do everything and an action is
	// allowed, or that of the role: by a role it can be another one than the principal's.
	Account string `json:"account"`
}

// Sink is where alerts go.
type Sink interface {
	// Send takes an alert, which must not be changed, and does not block.
	Send(*Alert)

	// Close sends what is waiting, until ctx is done.
	Close(ctx context.Context) error
}
