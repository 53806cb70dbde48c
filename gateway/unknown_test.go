package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// The record of a call that the tables do not have says how it can be decided, and that of
// one that is never sent on does not.
func TestUnknownOperationsAreExplained(t *testing.T) {
	t.Parallel()
	const advice = "--gateway=lenient"
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	for _, c := range []struct {
		name    string
		request request
		stage   string
		lenient bool // is advised
	}{
		{"a service without a table", request{service: "polly", method: http.MethodGet, target: "/v1/voices"}, "operation", true},
		{"an operation that the table does not have", dynamoDB("DoSomething", "{}"), "operation", true},
		{"a path that emulators have for themselves", s3(http.MethodPost, "/moto-api/reset", ""), "parameters", false},
	} {
		res, _ := c.request.send(t, srv)
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || record.Refusal == nil || record.Refusal.Stage != c.stage {
			t.Errorf("%s: the record is %+v, %v", c.name, record, err)
			continue
		}
		checks := strings.Join(record.Refusal.Check, " ")
		if strings.Contains(checks, advice) != c.lenient || strings.Contains(checks, "2010-05-08") {
			t.Errorf("%s: it is advised %q", c.name, checks)
		}
	}
}
