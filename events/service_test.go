package events_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// shown is what CloudTrail shows of a call of a test.
type shown struct{ parameters, response, additional map[string]any }

func (s shown) Parameters() map[string]any { return s.parameters }
func (s shown) Response() map[string]any   { return s.response }
func (s shown) Additional() map[string]any { return s.additional }
func (s shown) Bytes() int                 { return 1000 }

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
			"eventCategory": "Data",
			"resources":     []any{map[string]any{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::b/a/k"}, bucket},
		}},
		"bucket": {needed("s3", "PutBucketRequestPayment", "s3:PutBucketRequestPayment", "arn:aws:s3:::b"), map[string]any{
			"eventSource": "s3.amazonaws.com", "eventName": "PutBucketRequestPay", "readOnly": false, "managementEvent": true,
			"eventCategory": "Management", "resources": []any{bucket},
		}},
		"function": {needed("lambda", "UpdateFunctionCode", "lambda:UpdateFunctionCode",
			"arn:aws:lambda:eu-west-1:111122223333:function:f"), map[string]any{
			"eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "readOnly": false, "managementEvent": true,
			"eventCategory": "Management",
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::Lambda::Function", "ARN": "arn:aws:lambda:eu-west-1:111122223333:function:f",
			}},
		}},
		"item": {needed("dynamodb", "Query", "dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i"), map[string]any{
			"eventSource": "dynamodb.amazonaws.com", "eventName": "Query", "readOnly": true, "managementEvent": false,
			"eventCategory": "Data",
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::DynamoDB::Table", "ARN": "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i",
			}},
		}},
		"message": {needed("sqs", "SendMessage", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"), map[string]any{
			"eventSource": "sqs.amazonaws.com", "eventName": "SendMessage", "readOnly": false, "managementEvent": false,
			"eventCategory": "Data",
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::SQS::Queue", "ARN": "arn:aws:sqs:eu-west-1:111122223333:q",
			}},
		}},
		"published": {needed("sns", "Publish", "sns:Publish", "arn:aws:sns:eu-west-1:111122223333:t"), map[string]any{
			"eventSource": "sns.amazonaws.com", "eventName": "Publish", "readOnly": false, "managementEvent": false,
			"eventCategory": "Data",
			"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::SNS::Topic", "ARN": "arn:aws:sns:eu-west-1:111122223333:t",
			}},
		}},
		"key": {needed("kms", "Encrypt", "kms:Encrypt", key), map[string]any{
			"eventSource": "kms.amazonaws.com", "eventName": "Encrypt", "readOnly": true, "managementEvent": true,
			"eventCategory": "Management",
			"resources":     []any{map[string]any{"accountId": made111, "type": "AWS::KMS::Key", "ARN": key}},
		}},
		"many objects": {needed("s3", "DeleteObjects", "s3:DeleteObject", "arn:aws:s3:::b/k1", "arn:aws:s3:::b/k2"), map[string]any{
			"eventSource": "s3.amazonaws.com", "eventName": "DeleteObjects", "eventCategory": "Data",
			"resources": []any{map[string]any{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::b/"}, bucket},
		}},
		"list of objects": {needed("s3", "ListObjectsV2", "s3:ListBucket", "arn:aws:s3:::b"), map[string]any{
			"eventSource": "s3.amazonaws.com", "eventName": "ListObjects", "eventCategory": "Data",
			"resources": []any{map[string]any{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::b/"}, bucket},
		}},
		"access point": {needed("s3", "GetObject", "s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/p/object/k"),
			map[string]any{"resources": []any{map[string]any{
				"accountId": made111, "type": "AWS::S3::AccessPoint", "ARN": "arn:aws:s3:eu-west-1:111122223333:accesspoint/p",
			}}}},
		"secret of unknown suffix": {needed("secretsmanager", "GetSecretValue", "secretsmanager:GetSecretValue",
			"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"), map[string]any{"resources": nil}},
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

// Whatever the parameters are, of a call that was denied S3 and EC2 alone show them.
func TestFailuresOfOtherServices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, service, code, upstream string
		status                        int
		want                          string
		parameters                    string
	}{
		{"denied", "dynamodb", "AccessDeniedException", "", 400, "AccessDenied", "null"},
		{"denied by SNS", "sns", "AuthorizationError", "", 403, "AccessDenied", "null"},
		{"denied by EC2", "ec2", "UnauthorizedOperation", "", 403, "Client.UnauthorizedOperation", `{"name":"b"}`},
		{"denied by S3", "s3", "AccessDenied", "", 403, "AccessDenied", `{"name":"b"}`},
		{"denied by the upstream", "kms", "", "AccessDeniedException", 400, "AccessDenied", "null"},
		{"of the upstream", "dynamodb", "", "ResourceNotFoundException", 400, "ResourceNotFoundException", `{"name":"b"}`},
		{"of the upstream, EC2", "ec2", "", "InvalidInstanceID.NotFound", 400, "Client.InvalidInstanceID.NotFound", `{"name":"b"}`},
		{"of the upstream, EC2 itself", "ec2", "", "InternalError", 500, "Server.InternalError", `{"name":"b"}`},
		{"of the upstream, not read", "s3", "", "", 404, "NotFound", `{"name":"b"}`},
		{"none", "s3", "", "", 200, "", `{"name":"b"}`},
	} {
		e := needed(c.service, "Any", c.service+":Any", "arn:aws:"+c.service+":::b")
		e.Code, e.UpstreamCode, e.Status = c.code, c.upstream, c.status
		if c.code != "" && c.status != 404 {
			e.Decision().Verdict = authz.Denied
		}
		e.Shown = shown{parameters: map[string]any{"name": "b"}, response: map[string]any{"id": "1"}}
		r := e.Records()[0]
		if r.ErrorCode != c.want || string(r.RequestParameters) != c.parameters {
			t.Errorf("%s: %q with %s; want %q with %s", c.name, r.ErrorCode, r.RequestParameters, c.want, c.parameters)
		}
		if answered := string(r.ResponseElements) != "null"; answered != (c.status == 200) {
			t.Errorf("%s: answered %s", c.name, r.ResponseElements)
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
