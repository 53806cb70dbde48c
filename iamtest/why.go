package iamtest

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/events"
)

// Why returns the decision behind an error of the AWS SDK: the layers that were
// consulted, the statements that applied, and what can be done about a denial. A
// test can use it to check that a call was denied for the right reason.
func (s *Server) Why(err error) (*decisions.Record, error) {
	var answered interface{ ServiceRequestID() string }
	if !errors.As(err, &answered) {
		return nil, fmt.Errorf("iamtest: the error is not from an answer of a server: %w", err)
	}
	return s.Decision(answered.ServiceRequestID())
}

// Decision returns the decision about a request, by the request's ID.
func (s *Server) Decision(requestID string) (*decisions.Record, error) {
	if r := s.handler.Decision(requestID); r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("iamtest: no decision is kept about the request %q", requestID)
}

// Decisions returns the decisions so far that match every filter, the oldest first:
//
//	srv.Decisions(events.Filter{Principal: "ana", Verdict: "denied"})
//
// They lack what takes time to find: the advice, the missing keys and the statements that almost
// allow. Decision returns a decision with these. The server keeps the decisions of the last 10,000
// calls.
func (s *Server) Decisions(filters ...events.Filter) []*decisions.Record {
	return s.handler.Decisions(filters...)
}

// Events returns the calls so far that match every filter, as CloudTrail records them,
// the oldest first:
//
//	srv.Events(events.Filter{EventName: "DeleteUser", Error: "AccessDenied"})
//
// They hold no secrets; docs/events.md says what differs from CloudTrail. The server keeps
// the events of the last 10,000 calls.
func (s *Server) Events(filters ...events.Filter) []*events.Record {
	return s.handler.Events(filters...)
}

// Denial says why a call was denied. Printed, it explains itself:
//
//	if _, err := ana.IAM().CreateUser(ctx, in); err != nil {
//		t.Fatal(srv.WhyDenied(err))
//	}
type Denial struct {
	Err error // the error of the call

	// Record is the whole decision, or the reason why the call was refused before one;
	// nil if the server has no record.
	Record *decisions.Record

	Principal string // the caller's ARN
	Action    string // the permission that is missing
	Resource  string
	Layer     Layer // the layer that denies
	Explicit  bool  // a Deny statement applied; otherwise no Allow did

	Statement   *decisions.Statement // the Deny that applied, with its line; nil if none applied
	MissingKeys []string             // condition keys that are not in the request but in a statement that could have allowed it
	Advice      []advice.Advice      // what can be done about it, the best first
}

// WhyDenied explains the error of a call. It accepts any error, and nil too; if the
// error is not a denial, it says so.
func (s *Server) WhyDenied(err error) *Denial {
	d := &Denial{Err: err}
	record, cause := s.Why(err)
	if err == nil || cause != nil {
		return d
	}
	d.Record, d.Principal = record, record.Principal.ARN
	for i := range record.Checks {
		if c := &record.Checks[i]; c.DeniedBy != "" {
			d.check(c)
			break
		}
	}
	return d
}

// check copies the facts from the check that denied the call.
func (d *Denial) check(c *decisions.Check) {
	d.Action, d.Resource, d.Layer = c.Action, c.Resource, Layer(c.DeniedBy)
	d.Explicit = c.Decision == "explicitDeny"
	d.MissingKeys, d.Advice = c.MissingKeys, c.Advice
	for _, l := range c.Layers {
		for i := range l.Statements {
			if d.Explicit && d.Statement == nil && Layer(l.Layer) == d.Layer && l.Statements[i].Effect == "Deny" {
				d.Statement = &l.Statements[i]
			}
		}
	}
}

// Denied reports whether the call was denied by an authorization decision.
func (d *Denial) Denied() bool { return d.Record != nil && d.Record.Verdict == "denied" }

// String explains the denial on several lines.
func (d *Denial) String() string {
	var api smithy.APIError
	switch {
	case d.Err == nil:
		return "the call was not denied: it succeeded"
	case d.Record != nil && d.Record.Verdict == "faulted":
		return "the call was not denied: it was given a fault on purpose\n" + decisions.Printer{}.Record(d.Record)
	case d.Record != nil && d.Record.Refusal != nil && len(d.Record.Checks) > 0:
		return "the call was not denied by a policy: it was refused for another reason\n" + decisions.Printer{}.Record(d.Record)
	case d.Record != nil && d.Record.Refusal != nil:
		return "the call was not denied by a policy: it was refused before it was decided\n" + decisions.Printer{}.Record(d.Record)
	case d.Record != nil && !d.Denied():
		return fmt.Sprintf("the call was not denied: policies allow it, and it failed with %v\n%s", d.Err,
			decisions.Printer{}.Record(d.Record))
	case d.Record != nil:
		return decisions.Printer{}.Record(d.Record)
	case errors.As(d.Err, &api):
		return fmt.Sprintf("the call was not denied by a policy: it was refused before it was decided, with %s: %s", api.ErrorCode(),
			api.ErrorMessage())
	}
	return fmt.Sprintf("the call was not denied: the error is not from an answer of the server: %v", d.Err)
}
