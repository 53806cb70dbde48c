package alerts

import (
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
)

// Envelope is a record of CloudTrail as EventBridge delivers it. Its members are in
// EventBridge's order.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
type Envelope struct {
	Version    string         `json:"version"`     // 0
	ID         string         `json:"id"`          // that of the record
	DetailType string         `json:"detail-type"` // DetailType
	Source     string         `json:"source"`      // such as aws.iam
	Account    string         `json:"account"`     // whose event it is
	Time       time.Time      `json:"time"`        // in seconds, UTC
	Region     string         `json:"region"`
	Resources  []string       `json:"resources"` // empty, as it is for records of CloudTrail
	Detail     *events.Record `json:"detail"`
}

// DetailType is the detail-type of all envelopes.
const DetailType = "AWS API Call via CloudTrail"

// NewEnvelope puts a record into its envelope.
func NewEnvelope(r *events.Record) Envelope {
	service, _, _ := strings.Cut(r.EventSource, ".")
	return Envelope{
		Version: "0", ID: r.EventID, DetailType: DetailType, Source: "aws." + service, Account: r.RecipientAccountID,
		Time: r.EventTime, Region: r.AWSRegion, Resources: []string{}, Detail: r,
	}
}
