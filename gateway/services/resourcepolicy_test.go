package services

import (
	"strings"
	"testing"
)

func TestPolicyHolder(t *testing.T) {
	t.Parallel()
	const at = "us-east-1:123456789012:"
	for resource, want := range map[string]string{
		"arn:aws:s3:::bucket":                              "arn:aws:s3:::bucket",
		"arn:aws-cn:s3:::bucket/a/b:c":                     "arn:aws-cn:s3:::bucket",
		"arn:aws:s3:::bucket/a*":                           "arn:aws:s3:::bucket",
		"arn:aws:s3:::*":                                   "",
		"arn:aws:s3:::_own/path":                           "",
		"arn:aws:s3:" + at + "accesspoint/a/object/k":      "arn:aws:s3:" + at + "accesspoint/a",
		"arn:aws:s3:" + at + "accesspoint/*/object/k":      "",
		"arn:aws:sqs:" + at + "q":                          "arn:aws:sqs:" + at + "q",
		"arn:aws:sns:" + at + "t:7c1b":                     "arn:aws:sns:" + at + "t",
		"arn:aws:sns:" + at + "app/GCM/x":                  "",
		"arn:aws:kms:" + at + "key/1":                      "arn:aws:kms:" + at + "key/1",
		"arn:aws:kms:" + at + "alias/a":                    "",
		"arn:aws:lambda:" + at + "function:f:live":         "arn:aws:lambda:" + at + "function:f:live",
		"arn:aws:lambda:" + at + "layer:l:1":               "",
		"arn:aws:secretsmanager:" + at + "secret:a/b":      "arn:aws:secretsmanager:" + at + "secret:a/b",
		"arn:aws:secretsmanager:" + at + "secret:a-??????": "arn:aws:secretsmanager:" + at + "secret:a",
		"arn:aws:secretsmanager:" + at + "secret:a-?????":  "",
		"arn:aws:dynamodb:" + at + "table/t":               "arn:aws:dynamodb:" + at + "table/t",
		"arn:aws:dynamodb:" + at + "table/t/index/i":       "arn:aws:dynamodb:" + at + "table/t",
		"arn:aws:dynamodb:" + at + "table/t/stream/s":      "arn:aws:dynamodb:" + at + "table/t/stream/s",
		"arn:aws:dynamodb:" + at + "global-table/t":        "",
		"arn:aws:ecr:" + at + "repository/a/b":             "arn:aws:ecr:" + at + "repository/a/b",
		"arn:aws:kinesis:" + at + "stream/s":               "arn:aws:kinesis:" + at + "stream/s",
		"arn:aws:events:" + at + "event-bus/b":             "arn:aws:events:" + at + "event-bus/b",
		"arn:aws:events:" + at + "rule/r":                  "",
		"arn:aws:ec2:" + at + "instance/i-1":               "",
		"*":                                                "",
	} {
		if got := PolicyHolder(resource); got != want {
			t.Errorf("%s: the policy is that of %q, want %q", resource, got, want)
		}
	}
}

func TestDeclaredHolder(t *testing.T) {
	t.Parallel()
	const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
	for resource, want := range map[string]string{
		"arn:aws:s3:::bucket":        "arn:aws:s3:::bucket",
		"arn:aws:s3:::bucket/a":      "",
		"arn:aws:s3:::bucket-??????": "",
		secret + "a":                 secret + "a",
		secret + "a-??????":          secret + "a",
		secret + "a-AbCdEf":          secret + "a-AbCdEf",
		secret + "a-*":               "",
		"*":                          "",
	} {
		if got := DeclaredHolder(resource); got != want {
			t.Errorf("%s declares the policy of %q, want %q", resource, got, want)
		}
	}
}

func TestDeclaredNames(t *testing.T) {
	t.Parallel()
	const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
	for holder, want := range map[string]string{
		secret + "db/a-AbCdEf":                        secret + "db/a-AbCdEf " + secret + "db/a",
		secret + "db/a":                               secret + "db/a",
		"arn:aws:sqs:us-east-1:123456789012:q-AbCdEf": "arn:aws:sqs:us-east-1:123456789012:q-AbCdEf",
	} {
		if got := strings.Join(DeclaredNames(holder), " "); got != want {
			t.Errorf("the policy of %s is declared under %s, want %s", holder, got, want)
		}
	}
}

// Each question is asked in the form of its service, and its answer is read.
func TestAskPolicy(t *testing.T) {
	t.Parallel()
	const at, policy = "us-east-1:123456789012:", `{"Statement":[]}`
	quoted := `"` + strings.ReplaceAll(policy, `"`, `\"`) + `"`
	for holder, want := range map[string]struct{ request, answer string }{
		"arn:aws:s3:::bucket": {"GET /bucket?policy ", policy},
		"arn:aws:sqs:" + at + "q": {
			`POST / AmazonSQS.GetQueueAttributes {"AttributeNames":["Policy"],"QueueUrl":"http://sqs.us-east-1.localhost/123456789012/q"}`,
			`{"Attributes":{"Policy":` + quoted + `}}`,
		},
		"arn:aws:sns:" + at + "t": {
			"POST / Action=GetTopicAttributes&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3At&Version=2010-03-31",
			`<GetTopicAttributesResponse xmlns="x"><GetTopicAttributesResult><Attributes><entry><key>Owner</key><value>1</value></entry><entry><key>Policy</key><value>` + policy + `</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
		},
		"arn:aws:kms:" + at + "key/1": {`POST / TrentService.GetKeyPolicy {"KeyId":"1","PolicyName":"default"}`,
			`{"Policy":` + quoted + `}`},
		"arn:aws:lambda:" + at + "function:f:live": {"GET /2015-03-31/functions/f/policy?Qualifier=live ", `{"Policy":` + quoted + `}`},
		"arn:aws:lambda:" + at + "function:f":      {"GET /2015-03-31/functions/f/policy ", `{"Policy":` + quoted + `,"RevisionId":"1"}`},
		"arn:aws:secretsmanager:" + at + "secret:a": {
			`POST / secretsmanager.GetResourcePolicy {"SecretId":"arn:aws:secretsmanager:us-east-1:123456789012:secret:a"}`,
			`{"ResourcePolicy":` + quoted + `}`,
		},
		"arn:aws:dynamodb:" + at + "table/t": {
			`POST / DynamoDB_20120810.GetResourcePolicy {"ResourceArn":"arn:aws:dynamodb:us-east-1:123456789012:table/t"}`,
			`{"Policy":` + quoted + `}`,
		},
		"arn:aws:ecr:" + at + "repository/a/b": {
			`POST / AmazonEC2ContainerRegistry_V20150921.GetRepositoryPolicy {"registryId":"123456789012","repositoryName":"a/b"}`,
			`{"policyText":` + quoted + `}`,
		},
		"arn:aws:kinesis:" + at + "stream/s": {
			`POST / Kinesis_20131202.GetResourcePolicy {"ResourceARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"}`,
			`{"Policy":` + quoted + `}`,
		},
		"arn:aws:events:" + at + "event-bus/b": {`POST / AWSEvents.DescribeEventBus {"Name":"b"}`, `{"Name":"b","Policy":` + quoted + `}`},
	} {
		if got := spell(AskPolicy(holder)); got != want.request {
			t.Errorf("%s: asked by\n%s, want\n%s", holder, got, want.request)
		}
		if read := ReadPolicy(holder, []byte(want.answer)); read != policy {
			t.Errorf("%s: read %q", holder, read)
		}
		for _, other := range []string{"", "<html>", `{"Policy":[1]}`, `[]`, "{}", `{"Policy":"no"}`} {
			if read := ReadPolicy(holder, []byte(other)); read != "" && !strings.HasPrefix(holder, "arn:aws:s3") {
				t.Errorf("%s: read %q from %s", holder, read, other)
			}
		}
	}
}
