package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// What cannot be read is answered with the code that the service has for it.
func TestCodesOfMalformedRequests(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithUpstream(newUpstream(t, nil).URL))
	with := func(name, value string, q request) request {
		q.header = http.Header{name: {value}}
		return q
	}
	for name, c := range map[string]struct {
		request request
		code    string
	}{
		"XML":                  {s3(http.MethodPost, "/bucket?delete", "<Delete>"), "MalformedXML"},
		"an ACL":               {s3(http.MethodPut, "/bucket?acl", "<AccessControlPolicy>"), "MalformedXML"},
		"the source of a copy": {with("X-Amz-Copy-Source", "bucket", s3(http.MethodPut, "/bucket/key", "")), "InvalidArgument"},
		"tags":                 {with("X-Amz-Tagging", "a=1&a=2", s3(http.MethodPut, "/bucket/key", "")), "InvalidArgument"},
		"the owner of a bucket": {
			with("X-Amz-Expected-Bucket-Owner", "me", s3(http.MethodGet, "/bucket/key", "")), "InvalidBucketOwnerAWSAccountID",
		},
		"the ARN of a topic": {form("sns", "Action=Publish&Version=2010-03-31&Message=m&TopicArn=t"), "InvalidParameter"},
	} {
		res, body := c.request.send(t, srv)
		if res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "<Code>"+c.code+"</Code>") {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
	}
}
