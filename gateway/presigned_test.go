package gateway_test

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// A URL with a signature of version 2 is neither taken nor anonymous.
func TestSignatureOfVersion2(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	q := s3("GET", "/bucket/key?AWSAccessKeyId=test&Signature=c2lnbmF0dXJl&Expires=4102444800", "")
	q.unsigned = true
	res, body := q.send(t, srv)
	if res.StatusCode != 400 || !strings.Contains(body,
		"<Code>InvalidRequest</Code><Message>The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.</Message>") {
		t.Errorf("answered %d %s", res.StatusCode, body)
	}
	if seen := up.took(); len(seen) > 0 {
		t.Errorf("the upstream got %v", seen)
	}
}
