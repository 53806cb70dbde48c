package services

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
)

func TestTagHolder(t *testing.T) {
	t.Parallel()
	const at = "us-east-1:123456789012:"
	for name, want := range map[string]string{
		"s3:GetObject arn:aws:s3:::bucket/a/b":                              "arn:aws:s3:::bucket/a/b",
		"s3:GetObjectTagging arn:aws:s3:::bucket/a":                         "arn:aws:s3:::bucket/a",
		"s3:PutObject arn:aws:s3:::bucket/a":                                "",
		"s3:ListBucket arn:aws:s3:::bucket":                                 "",
		"sqs:SendMessage arn:aws:sqs:" + at + "q":                           "arn:aws:sqs:" + at + "q",
		"dynamodb:Query arn:aws:dynamodb:" + at + "table/t/index/i":         "arn:aws:dynamodb:" + at + "table/t",
		"lambda:InvokeFunction arn:aws:lambda:" + at + "function:f:live":    "arn:aws:lambda:" + at + "function:f",
		"logs:PutLogEvents arn:aws:logs:" + at + "log-group:g:log-stream:s": "arn:aws:logs:" + at + "log-group:g",
		"logs:CreateLogStream arn:aws:logs:" + at + "log-group:/a/b:*":      "arn:aws:logs:" + at + "log-group:/a/b",
		"ec2:StopInstances arn:aws:ec2:" + at + "instance/i-1":              "arn:aws:ec2:" + at + "instance/i-1",
		"ec2:RunInstances arn:aws:ec2:" + at + "instance/*":                 "",
		"ssm:GetParameter arn:aws:ssm:" + at + "parameter/a/b":              "arn:aws:ssm:" + at + "parameter/a/b",
		"states:StartExecution arn:aws:states:" + at + "stateMachine:m":     "arn:aws:states:" + at + "stateMachine:m",
		"iam:PassRole arn:aws:iam::123456789012:role/r":                     "",
		"sns:Publish *": "",
	} {
		action, resource, _ := strings.Cut(name, " ")
		if got := TagHolder(action, resource); got != want {
			t.Errorf("%s: the tags are those of %q, want %q", name, got, want)
		}
	}
}

// Each question is asked in the form of its service, and its answer is read.
func TestAskTags(t *testing.T) {
	t.Parallel()
	const at = "us-east-1:123456789012:"
	one := func(prefixes ...string) (keys []authz.Key) {
		for _, p := range prefixes {
			keys = append(keys, authz.String(p+"team", "blue"))
		}
		return keys
	}
	list := func(member, key, value string) string {
		return `{"` + member + `":[{"` + key + `":"team","` + value + `":"blue"}]}`
	}
	for holder, want := range map[string]struct {
		request, answer string
		keys            []authz.Key
	}{
		"arn:aws:dynamodb:" + at + "table/t": {
			`POST / DynamoDB_20120810.ListTagsOfResource {"ResourceArn":"arn:aws:dynamodb:us-east-1:123456789012:table/t"}`,
			list("Tags", "Key", "Value"), one("aws:ResourceTag/"),
		},
		"arn:aws:ec2:" + at + "instance/i-1": {
			"POST / Action=DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1=i-1&Version=2016-11-15",
			`<DescribeTagsResponse><tagSet><item><resourceId>i-1</resourceId><key>team</key><value>blue</value></item></tagSet></DescribeTagsResponse>`, one("aws:ResourceTag/", "ec2:ResourceTag/"),
		},
		"arn:aws:ecr:" + at + "repository/a/b": {
			`POST / AmazonEC2ContainerRegistry_V20150921.ListTagsForResource {"resourceArn":"arn:aws:ecr:us-east-1:123456789012:repository/a/b"}`, list("tags", "Key", "Value"), one("aws:ResourceTag/", "ecr:ResourceTag/"),
		},
		"arn:aws:events:" + at + "rule/r": {
			`POST / AWSEvents.ListTagsForResource {"ResourceARN":"arn:aws:events:us-east-1:123456789012:rule/r"}`,
			list("Tags", "Key", "Value"), one("aws:ResourceTag/"),
		},
		"arn:aws:kinesis:" + at + "stream/s": {
			`POST / Kinesis_20131202.ListTagsForStream {"StreamName":"s"}`, list("Tags", "Key", "Value"), one("aws:ResourceTag/"),
		},
		"arn:aws:kms:" + at + "key/1": {
			`POST / TrentService.ListResourceTags {"KeyId":"1"}`, list("Tags", "TagKey", "TagValue"), one("aws:ResourceTag/"),
		},
		"arn:aws:lambda:" + at + "function:f": {"GET /2017-03-31/tags/arn:aws:lambda:us-east-1:123456789012:function:f ",
			`{"Tags":{"team":"blue"}}`, one("aws:ResourceTag/")},
		"arn:aws:logs:" + at + "log-group:g": {
			`POST / Logs_20140328.ListTagsForResource {"resourceArn":"arn:aws:logs:us-east-1:123456789012:log-group:g"}`,
			`{"tags":{"team":"blue"}}`, one("aws:ResourceTag/"),
		},
		"arn:aws:s3:::bucket/a b//c": {
			"GET /bucket/a%20b//c?tagging ", `<Tagging xmlns="x"><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>`,
			one("s3:ExistingObjectTag/"),
		},
		"arn:aws:secretsmanager:" + at + "secret:a": {
			`POST / secretsmanager.DescribeSecret {"SecretId":"arn:aws:secretsmanager:us-east-1:123456789012:secret:a"}`,
			list("Tags", "Key", "Value"), one("aws:ResourceTag/", "secretsmanager:ResourceTag/"),
		},
		"arn:aws:sns:" + at + "t": {
			"POST / Action=ListTagsForResource&ResourceArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3At&Version=2010-03-31",
			`<R><ListTagsForResourceResult><Tags><member><Key>team</Key><Value>blue</Value></member></Tags></ListTagsForResourceResult></R>`, one("aws:ResourceTag/"),
		},
		"arn:aws:sqs:" + at + "q": {
			`POST / AmazonSQS.ListQueueTags {"QueueUrl":"http://sqs.us-east-1.localhost/123456789012/q"}`, `{"Tags":{"team":"blue"}}`,
			one("aws:ResourceTag/"),
		},
		"arn:aws:ssm:" + at + "parameter/a": {`POST / AmazonSSM.ListTagsForResource {"ResourceId":"a","ResourceType":"Parameter"}`,
			list("TagList", "Key", "Value"), one("aws:ResourceTag/", "ssm:resourceTag/")},
		"arn:aws:ssm:" + at + "parameter/a/b": {
			`POST / AmazonSSM.ListTagsForResource {"ResourceId":"/a/b","ResourceType":"Parameter"}`, list("TagList", "Key", "Value"),
			one("aws:ResourceTag/", "ssm:resourceTag/"),
		},
		"arn:aws:states:" + at + "stateMachine:m": {
			`POST / AWSStepFunctions.ListTagsForResource {"resourceArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m"}`,
			list("tags", "key", "value"), one("aws:ResourceTag/"),
		},
	} {
		if got := spell(AskTags(holder, "")); got != want.request {
			t.Errorf("%s: asked by\n%s, want\n%s", holder, got, want.request)
		}
		if diff := cmp.Diff(want.keys, ReadTags(holder, []byte(want.answer))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", holder, diff)
		}
		for _, other := range []string{"", "<html>", `{"Tags":"no"}`, `[]`, `{"tags":[1]}`} {
			if keys := ReadTags(holder, []byte(other)); keys != nil {
				t.Errorf("%s: read %v from %s", holder, keys, other)
			}
		}
	}
	if got := AskTags("arn:aws:s3:::bucket/a", "v/1").URL.RawQuery; got != "tagging&versionId=v%2F1" {
		t.Errorf("a version is asked for by %s", got)
	}
}
