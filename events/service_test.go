package events_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// needed is a call of another service, which was decided about the resources.
func needed(service, operation, action string, resources ...string) *events.Event {
	e := call(ana(), service, operation, nil)
	d := &authz.Decision{Caller: e.Caller, Service: service, Operation: operation, Verdict: authz.Allowed}
	for _, r := range resources {
		d.Checks = append(d.Checks, authz.Check{Need: authz.Need{Action: action, Resource: r, Owner: made111}})
	}
	events.Note(e.Caller, d)
	return e
}

func TestRecordsOfOtherServices(t *testing.T) {
	t.Parallel()
	const key = "arn:aws:kms:eu-west-1:111122223333:key/k"
	bucket := map[string]any{"accountId": made111, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::b"}
	for name, c := range map[string]struct {
		event *events.Event
		want  map[string]any
	}{
		"object": {needed("s3", "GetObject", "s3:GetObject", "arn:aws:s3:::b/a/k"), map[string]any{
			"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "readOnly": true, "managementEvent": false,
			"eventCategory": "Data", "requestParameters": map[string]any{"bucketName": "b", "key": "a/k"},
			"resources": []any{map[string]any{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::b/a/k"}, bucket},
		}},
		"bucket": {needed("s3", "PutBucketRequestPayment", "s3:PutBucketRequestPayment", "arn:aws:s3:::b"), map[string]any{
			"eventSource": "s3.amazonaws.com", "eventName": "PutBucketRequestPay", "readOnly": false, "managementEvent": true,
			"eventCategory": "Management", "requestParameters": map[string]any{"bucketName": "b"}, "resources": []any{bucket},
		}},
		"function": {needed("lambda", "UpdateFunctionCode", "lambda:UpdateFunctionCode",
			"arn:aws:lambda:eu-west-1:111122223333:function:f"), map[string]any{
			"eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "readOnly": false, "managementEvent": true,
			"eventCategory": "Management", "requestParameters": map[string]any{
				"functionName": "arn:aws:lambda:eu-west-1:111122223333:function:f",
			},
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::Lambda::Function", "ARN": "arn:aws:lambda:eu-west-1:111122223333:function:f",
			}},
		}},
		"item": {needed("dynamodb", "Query", "dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i"), map[string]any{
			"eventSource": "dynamodb.amazonaws.com", "eventName": "Query", "readOnly": true, "managementEvent": false,
			"eventCategory": "Data", "requestParameters": map[string]any{"tableName": "t"},
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::DynamoDB::Table", "ARN": "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i",
			}},
		}},
		"message": {needed("sqs", "SendMessage", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"), map[string]any{
			"eventSource": "sqs.amazonaws.com", "eventName": "SendMessage", "readOnly": false, "managementEvent": false,
			"eventCategory": "Data", "requestParameters": map[string]any{
				"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q",
			},
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::SQS::Queue", "ARN": "arn:aws:sqs:eu-west-1:111122223333:q",
			}},
		}},
		"published": {needed("sns", "Publish", "sns:Publish", "arn:aws:sns:eu-west-1:111122223333:t"), map[string]any{
			"eventSource": "sns.amazonaws.com", "eventName": "Publish", "readOnly": false, "managementEvent": false,
			"eventCategory": "Data", "requestParameters": map[string]any{
				"topicArn": "arn:aws:sns:eu-west-1:111122223333:t", "message": events.Hidden,
			},
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::SNS::Topic", "ARN": "arn:aws:sns:eu-west-1:111122223333:t",
			}},
		}},
		"key": {needed("kms", "Encrypt", "kms:Encrypt", key), map[string]any{
			"eventSource": "kms.amazonaws.com", "eventName": "Encrypt", "readOnly": true, "managementEvent": true,
			"eventCategory": "Management", "requestParameters": map[string]any{"keyId": key},
			"resources": []any{map[string]any{"accountId": made111, "type": "AWS::KMS::Key", "ARN": key}},
		}},
		"every resource": {needed("cloudwatch", "PutMetricData", "cloudwatch:PutMetricData", "*"), map[string]any{
			"eventSource": "monitoring.amazonaws.com", "eventName": "PutMetricData", "readOnly": false, "managementEvent": false,
			"eventCategory": "Data", "requestParameters": nil, "resources": nil,
		}},
		"not decided": {call(ana(), "ec2", "DescribeInstances", nil), map[string]any{
			"eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "readOnly": true, "managementEvent": true,
			"eventCategory": "Management", "requestParameters": nil, "resources": nil,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, got := record(t, c.event), map[string]any{}
			for member := range c.want {
				got[member] = all[member]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFailuresOfOtherServices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, service, code string
		status              int
		want                string
		parameters          string
	}{
		{"denied", "dynamodb", "AccessDeniedException", 400, "AccessDenied", "null"},
		{"denied by EC2", "ec2", "UnauthorizedOperation", 403, "Client.UnauthorizedOperation", "null"},
		{"denied by S3", "s3", "AccessDenied", 403, "AccessDenied", `{"bucketName":"b"}`},
		{"by the upstream", "s3", "", 404, "NotFound", `{"bucketName":"b"}`},
		{"none", "s3", "", 200, "", `{"bucketName":"b"}`},
	} {
		e := needed(c.service, "Any", c.service+":Any", "arn:aws:"+c.service+":::b")
		e.Code, e.Status = c.code, c.status
		r := e.Records()[0]
		if r.ErrorCode != c.want || string(r.RequestParameters) != c.parameters {
			t.Errorf("%s: %q with %s; want %q with %s", c.name, r.ErrorCode, r.RequestParameters, c.want, c.parameters)
		}
	}
}

// The owner of a key learns who has used it, and anybody's call to a bucket is recorded in
// the bucket's account.
func TestRecordsInTheAccountOfTheResource(t *testing.T) {
	t.Parallel()
	e := needed("kms", "Decrypt", "kms:Decrypt", "arn:aws:kms:eu-west-1:444455556666:key/k")
	e.Decision().Checks[0].Need.Owner = other222
	list := e.Records()
	if len(list) != 2 || list[1].RecipientAccountID != other222 || list[1].UserIdentity.Type != "AWSAccount" {
		t.Errorf("a key of another account: %+v", list)
	}
	e = needed("s3", "GetObject", "s3:GetObject", "arn:aws:s3:::b/k")
	e.Caller.Principal = principal.Principal{Kind: principal.Anonymous}
	list = e.Records()
	want := events.Identity{Type: "AWSAccount", AccountID: "anonymous"}
	if len(list) != 1 || list[0].RecipientAccountID != made111 || list[0].UserIdentity != want || list[0].SharedEventID != "" {
		t.Errorf("anybody: %+v", list)
	}
}
