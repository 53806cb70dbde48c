package events

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator/draft"
)

// What a record tells of the permissions that its call needed.
func TestNeedsOfRecords(t *testing.T) {
	t.Parallel()
	role := Resource{Type: "AWS::IAM::Role", ARN: "arn:aws:iam::000000000000:role/app"}
	object := Resource{Type: "AWS::S3::Object", ARN: "arn:aws:s3:::photos/a"}
	bucket := Resource{Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::photos"}
	for name, c := range map[string]struct {
		record Record
		want   []draft.Call
	}{
		"with its resource": {
			Record{EventSource: "iam.amazonaws.com", EventName: "GetRole", RequestID: "r", Resources: []Resource{role}},
			[]draft.Call{{RequestID: "r", Action: "iam:GetRole", Resource: role.ARN}},
		},
		"that was denied": {
			Record{EventSource: "iam.amazonaws.com", EventName: "GetRole", ErrorCode: "AccessDenied"},
			[]draft.Call{{Action: "iam:GetRole", Resource: "*", Verdict: draft.Denied}},
		},
		"with a resource that the action does not take": {
			Record{EventSource: "iam.amazonaws.com", EventName: "ListUsers", Resources: []Resource{role}},
			[]draft.Call{{Action: "iam:ListUsers", Resource: "*"}},
		},
		"of an operation whose event has another name": {
			Record{EventSource: "lambda.amazonaws.com", EventName: "ListFunctions20150331"},
			[]draft.Call{{Action: "lambda:ListFunctions", Resource: "*"}},
		},
		"of a service whose source has another name": {
			Record{EventSource: "monitoring.amazonaws.com", EventName: "PutMetricData"},
			[]draft.Call{{Action: "cloudwatch:PutMetricData", Resource: "*"}},
		},
		"of an object": {
			Record{EventSource: "s3.amazonaws.com", EventName: "GetObject", Resources: []Resource{object, {ARN: "x"}}},
			[]draft.Call{{Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/a"}},
		},
		"of an object, with its bucket": {
			Record{EventSource: "s3.amazonaws.com", EventName: "GetObject", Resources: []Resource{object, bucket}},
			[]draft.Call{{Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/a"}},
		},
		"that needs none":       {Record{EventSource: "sts.amazonaws.com", EventName: "GetCallerIdentity"}, nil},
		"that nobody knows":     {Record{EventSource: "nosuch.amazonaws.com", EventName: "Act"}, nil},
		"that is of no service": {Record{}, nil},
	} {
		if diff := cmp.Diff(c.want, c.record.Needs()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// The log knows since when it has all events.
func TestWholeLog(t *testing.T) {
	t.Parallel()
	l := New(Options{Size: 2})
	first := callOf("first")
	l.Add(first)
	l.Add(callOf("second"))
	if !l.Whole().IsZero() {
		t.Errorf("nothing was dropped, and the log is whole since %v", l.Whole())
	}
	third := callOf("third")
	third.Caller.Request.Time = first.Caller.Request.Time.Add(time.Second)
	l.Add(third)
	if !l.Whole().Equal(first.Caller.Request.Time) {
		t.Errorf("whole since %v, want %v", l.Whole(), first.Caller.Request.Time)
	}
}
