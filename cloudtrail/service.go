// Package cloudtrail is the event history of AWS CloudTrail, API version 2013-11-01:
// LookupEvents, with the types and the errors of the AWS SDK, and its authorization rule.
// The events are those that the server keeps, as CloudTrail's records.
//
// It guarantees that a caller sees the events of their own account alone, each once
// however many are added while they go through the pages, and no secret.
//
// # Caveats
//
// Events are there as soon as their calls are answered, and as long as the server keeps
// them, but no longer than AWS does. There are no Insights events. Methods expect a caller
// who is authorized (authz decides).
package cloudtrail

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
)

// Options configures a Service.
type Options struct {
	// Events are those that are looked up. Nil: none are kept, and every call is refused.
	Events *events.Log

	Now func() time.Time // nil: time.Now
}

// Service has a method for each operation.
type Service struct {
	events *events.Log
	now    func() time.Time
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{events: o.Events, now: o.Now}
}

// Rules are the permissions of the package's operations, a row each.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
func Rules() []authz.Rule {
	return []authz.Rule{lookupEventsRule()}
}

// lookupEventsRule: the action has no resource type, and denials name no resource (quoted
// by several people).
func lookupEventsRule() authz.Rule {
	return authz.For(func(*authz.Query, *cloudtrail.LookupEventsInput) ([]authz.Need, error) {
		return []authz.Need{{Action: "cloudtrail:LookupEvents", Resource: "*", Bare: true}}, nil
	})
}
