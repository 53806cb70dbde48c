package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// The record of a call whose resource is not known says so, and that of a call about
// all resources does not.
func TestRecordsSayThatTheResourceIsNotKnown(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithGateway("lenient"))
	for name, c := range map[string]struct {
		request request
		note    string
	}{
		"an alias that is cut": {
			s3(http.MethodGet, "/"+strings.Repeat("a", 20)+"-b2c3-s3alias/key", ""),
			"It is decided on *, because it is not known which resource a call of GetObject is about: ",
		},
		"an operation that is unknown": {dynamoDB("Dance", "{}"), "It is decided on *, because the operation is not known, "},
		"all buckets":                  {s3(http.MethodGet, "/", ""), ""},
		"an object":                    {s3(http.MethodGet, "/bucket/key", ""), ""},
	} {
		res, body := c.request.send(t, srv)
		record, err := srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || len(record.Checks) != 1 {
			t.Errorf("%s: answered %d %s, recorded %+v, %v", name, res.StatusCode, body, record, err)
			continue
		}
		if note := record.Checks[0].Note; !strings.HasPrefix(note, c.note) || c.note == "" && note != "" {
			t.Errorf("%s: the note is %q", name, note)
		}
	}
}
