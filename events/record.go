package events

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

// RecordVersion is the version of CloudTrail's record format that Records have.
const RecordVersion = "1.11"

// Record is an event as CloudTrail records it. Its members are in CloudTrail's order.
// It holds no secrets.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
type Record struct {
	EventVersion        string          `json:"eventVersion"`
	UserIdentity        Identity        `json:"userIdentity"`
	EventTime           time.Time       `json:"eventTime"`   // by the server's clock, in seconds, UTC
	EventSource         string          `json:"eventSource"` // such as iam.amazonaws.com
	EventName           string          `json:"eventName"`   // the operation, as CloudTrail names it
	AWSRegion           string          `json:"awsRegion"`
	SourceIPAddress     string          `json:"sourceIPAddress"` // or the service of AWS that called
	UserAgent           string          `json:"userAgent"`
	ErrorCode           string          `json:"errorCode,omitempty"`
	ErrorMessage        string          `json:"errorMessage,omitempty"`
	RequestParameters   json.RawMessage `json:"requestParameters"` // an object, or null
	ResponseElements    json.RawMessage `json:"responseElements"`  // an object, or null
	AdditionalEventData json.RawMessage `json:"additionalEventData,omitempty"`
	RequestID           string          `json:"requestID"`
	EventID             string          `json:"eventID"`
	ReadOnly            bool            `json:"readOnly"`
	Resources           []Resource      `json:"resources,omitempty"`
	EventType           string          `json:"eventType"` // AwsApiCall
	ManagementEvent     bool            `json:"managementEvent"`
	RecipientAccountID  string          `json:"recipientAccountId"`
	SharedEventID       string          `json:"sharedEventID,omitempty"`
	EventCategory       string          `json:"eventCategory"` // ManagementCategory or DataCategory
}

// The categories of events.
const (
	ManagementCategory = "Management"
	DataCategory       = "Data"
)

// Resource is a resource that a call was about.
type Resource struct {
	AccountID string `json:"accountId,omitempty"` // that owns it
	Type      string `json:"type"`                // such as AWS::IAM::Role
	ARN       string `json:"ARN,omitempty"`
	ARNPrefix string `json:"ARNPrefix,omitempty"` // of objects of S3 that are not named, in place of ARN
}

// Records are the event as CloudTrail records it: one for the account that called, and
// one for the account whose resource another account has used, with the same
// SharedEventID. There is none of what nobody called (Asked), and none of a call whose
// connection was closed instead of an answer, since it had no effect.
//
// They are made when they are asked for, and are the same each time.
func (e *Event) Records() []*Record {
	if e.Origin == Asked || e.Origin == FromClient && e.Status == 0 {
		return nil
	}
	r := e.record()
	owner := e.owner()
	switch {
	case owner == "" || owner == r.RecipientAccountID:
		return []*Record{r}
	case e.Origin == FromService || e.Caller.Kind == principal.Anonymous: // it has no account of its own
		r.RecipientAccountID, r.EventID = owner, eventID(r.RequestID, owner)
		return []*Record{r}
	case r.ErrorCode != "" || e.Caller.Kind == principal.Nobody: // the other account does not learn of a call that failed
		return []*Record{r}
	}
	r.SharedEventID = eventID(r.RequestID, "shared")
	other := *r
	other.RecipientAccountID = owner
	other.EventID = eventID(r.RequestID, owner)
	other.UserIdentity = e.identityAbroad()
	return []*Record{r, &other}
}

// record is the record of the account that called.
func (e *Event) record() *Record {
	q := &e.Caller.Request
	r := &Record{
		EventVersion: RecordVersion, UserIdentity: e.identity(), EventTime: q.Time.UTC().Truncate(time.Second),
		EventSource: e.source(), EventName: e.name(), AWSRegion: e.region(), UserAgent: q.UserAgent,
		RequestParameters: e.requestParameters(), ResponseElements: e.responseElements(),
		RequestID: q.ID, ReadOnly: e.ReadOnly(), Resources: e.resources(), EventType: "AwsApiCall", ManagementEvent: true,
		RecipientAccountID: e.account(), EventCategory: ManagementCategory,
	}
	r.ErrorCode, r.ErrorMessage = e.failure()
	if e.Shown != nil {
		if extra := asJSON(e.Shown.Additional()); !bytes.Equal(extra, null) {
			r.AdditionalEventData = extra
		}
	}
	if e.isData() {
		r.ManagementEvent, r.EventCategory = false, DataCategory
	}
	if q.SourceIP.IsValid() {
		r.SourceIPAddress = q.SourceIP.String()
	}
	if s := r.UserIdentity.InvokedBy; s != "" {
		r.SourceIPAddress, r.UserAgent = s, s
	}
	r.EventID = eventID(q.ID, r.RecipientAccountID)
	return r
}

// eventID is a UUID that belongs to a request in the eyes of somebody, such as an
// account.
func eventID(requestID, of string) string {
	sum := sha256.Sum256([]byte(requestID + "\x00" + of))
	sum[6] = sum[6]&0x0f | 0x80 // version 8: of the maker's own
	sum[8] = sum[8]&0x3f | 0x80 // the variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// region is where CloudTrail says that the call was made. IAM and the global endpoint
// of STS are in one region of the partition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
func (e *Event) region() string {
	q := &e.Caller.Request
	if q.Service == "iam" || q.GlobalEndpoint || q.Region == "" {
		return e.partition().Region()
	}
	return q.Region
}

// partition is that of the caller, or of what was called.
func (e *Event) partition() principal.Partition {
	for _, arn := range []string{e.Caller.ARN, e.Principal().ARN, e.role()} {
		if a, ok := principal.ParseARN(arn); ok {
			return principal.Partition(a.Partition)
		}
	}
	return principal.AWS
}

// account is the account that called; empty if that is not known, and for callers of
// no account.
func (e *Event) account() string {
	p := e.caller()
	if p.AccountID != "" {
		return p.AccountID
	}
	id, _ := principal.AccountOfAccessKey(p.AccessKeyID)
	return id
}

// caller is who called, or who the call says that it is from if that was not proved.
func (e *Event) caller() *principal.Principal {
	if e.Caller.Kind == principal.Nobody && e.Caller.Claimed != nil {
		return e.Caller.Claimed
	}
	return &e.Caller.Principal
}

// owner is the account of what the call is about, as far as that is known.
func (e *Event) owner() string {
	if role := e.role(); role != "" {
		return accountOf(role)
	}
	if n := e.firstNeed(); n != nil && !e.isOwn() {
		return n.Owner
	}
	return ""
}

// resources are those that CloudTrail names.
func (e *Event) resources() []Resource {
	if e.isOwn() {
		return e.roleResources()
	}
	return e.serviceResources()
}
