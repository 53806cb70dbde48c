package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// Faults reach the calls that are sent on, in the form and with the codes of their
// service, and say that they are on purpose.
func TestFaults(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	throttle := func(operation string) faults.Rule { return faults.Rule{Kind: faults.Throttle, Operation: operation} }
	get := s3(http.MethodGet, "/bucket/key", "")
	invoke := request{service: "lambda", target: "/2015-03-31/functions/f/invocations", body: "{}"}
	for name, c := range map[string]struct {
		rule    faults.Rule
		request request
		status  int
		says    string
	}{
		"S3 throttles":       {throttle("s3:GetObject"), get, 503, "<Code>SlowDown</Code><Message>Please reduce your request rate."},
		"DynamoDB throttles": {throttle("dynamodb:*"), dynamoDB("ListTables", "{}"), 400, `"__type":"ThrottlingException"`},
		"SNS throttles": {throttle("sns:ListTopics"), form("sns", "Action=ListTopics&Version=2010-03-31"), 400,
			"<Code>Throttling</Code>"},
		"EC2 throttles": {throttle("ec2:DescribeInstances"), form("ec2", "Action=DescribeInstances&Version=2016-11-15"), 503,
			"<Code>RequestLimitExceeded</Code>"},
		"Lambda throttles": {throttle("lambda:Invoke"), invoke, 429, `"__type":"TooManyRequestsException"`},
		"a failure":        {faults.Rule{Kind: faults.Error, Operation: "s3:*"}, get, 500, "<Code>InternalError</Code>"},
		"an error with a code": {
			faults.Rule{Kind: faults.Error, Operation: "*Object", Code: "NoSuchKey", Message: "none", Status: 404}, get, 404,
			"<Code>NoSuchKey</Code><Message>none</Message>",
		},
		"an error without a status": {faults.Rule{Kind: faults.Error, Operation: "*Tables", Code: "LimitExceededException"},
			dynamoDB("ListTables", "{}"), 400, `"__type":"LimitExceededException"`},
		"an answer that is late": {faults.Rule{Kind: faults.Delay, Operation: "s3:*", Duration: time.Nanosecond}, get, 200, ""},
	} {
		id := srv.Faults.Add(c.rule)
		res, body := c.request.send(t, srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.says) || !strings.HasPrefix(res.Header.Get("X-Understudy-Fault"), id) {
			t.Errorf("%s: answered %d %v %s", name, res.StatusCode, res.Header, body)
		}
		if got := up.took(); (len(got) == 1) != (c.status == 200) {
			t.Errorf("%s: the upstream got %+v", name, got)
		}
		if c.status != 200 {
			if record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid")); err != nil || record.Verdict != "faulted" {
				t.Errorf("%s: the record is %+v, %v", name, record, err)
			}
		}
		srv.Faults.Clear()
	}
	srv.Faults.Add(faults.Rule{Kind: faults.Drop})
	if res, err := testkit.HTTP.Do(get.make(t, srv.URL)); err == nil {
		_ = res.Body.Close()
		t.Errorf("a call that is dropped was answered %d", res.StatusCode)
	}
	if up.took() != nil {
		t.Error("a call that is dropped was sent on")
	}
}
