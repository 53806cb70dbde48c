package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/iamtest"
)

// Advice to make a call on another resource, or in another region, has the command for
// the AWS CLI, with what the ARN of the resource tells and nothing else of the call.
func TestCommandsOfDeniedCalls(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", `[`+
		`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/notes"},`+
		`{"Effect":"Allow","Action":["dynamodb:*","secretsmanager:*","sns:*","kinesis:*"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]`)
	secrets := request{service: "secretsmanager", body: `{"SecretId":"prod","SecretString":"hunter2","ClientRequestToken":"hunter3"}`,
		header: http.Header{
			"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"secretsmanager.PutSecretValue"},
		}}
	stream := request{service: "kinesis", body: `{"StreamName":"clicks","Data":"hunter2=","PartitionKey":"hunter4"}`, header: http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"Kinesis_20131202.PutRecord"},
	}}
	for name, c := range map[string]struct {
		call request
		want string // none: there is no command
	}{
		"an object": {s3(http.MethodPut, "/home/bob/notes", "hunter2"), "aws s3api put-object --bucket home --key ana/notes"},
		"a table": {
			dynamoDB("DescribeTable", `{"TableName":"orders"}`), "aws dynamodb describe-table --table-name orders --region eu-west-1",
		},
		"a stream": {stream, "aws kinesis put-record --stream-name clicks --region eu-west-1"},
		"a secret": {secrets, ""},
		"a topic": {form("sns", "Action=Publish&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:news&Message=hunter2"),
			"aws sns publish --topic-arn arn:aws:sns:us-east-1:000000000000:news --region eu-west-1"},
		"no resource": {dynamoDB("ListTables", `{}`), ""},
	} {
		c.call.key = ana
		res, _ := c.call.send(t, srv)
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || record.Verdict != "denied" {
			t.Fatalf("%s: recorded %+v, %v", name, record, err)
		}
		step := record.Checks[0].Advice[0].Steps[0]
		if step.Command != c.want || c.want != "" && !strings.HasSuffix(step.Sentence, "Add the other options of the call.") {
			t.Errorf("%s: got %q, want %q, in %s", name, step.Command, c.want, step.Sentence)
		}
		raw, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(raw) + (decisions.Printer{Context: true}).Record(record); strings.Contains(text, "hunter") {
			t.Errorf("%s: a secret is in %s", name, text)
		}
	}
}
