package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// Health and the log say which upstream does not answer, and the server is healthy all the same.
func TestUpstreamsThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	well := httptest.NewServer(http.NotFoundHandler())
	defer well.Close()
	const gone = "http://127.0.0.1:1" // where nobody listens; the system may give a port that was given back to another test
	var log strings.Builder
	o := Options{Store: memstore.New(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	for _, given := range []string{well.URL, "s3=" + gone} {
		u, err := gateway.ParseUpstream(given)
		if err != nil {
			t.Fatal(err)
		}
		o.Gateway.Upstreams = append(o.Gateway.Upstreams, u)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.gateway.Close()
	const fault = "cannot be reached; check that it is running at this address"
	h := backend{s}.Health(t.Context())
	want := []management.Upstream{{URL: well.URL, Services: []string{}}, {URL: gone, Services: []string{"s3"}, Fault: fault}}
	if diff := cmp.Diff(want, h.Upstreams); diff != "" || h.Status != "ok" {
		t.Errorf("status %s, upstreams (-want +got):\n%s", h.Status, diff)
	}
	s.WarnOfUpstreams(t.Context())
	if got := log.String(); strings.Count(got, "\n") != 1 ||
		!strings.Contains(got, `level=WARN msg="an upstream does not answer" upstream=`+gone+` fault="`+fault) {
		t.Errorf("the log is\n%s", got)
	}
}
