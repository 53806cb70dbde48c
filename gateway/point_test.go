package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// A call by an access point is decided on it and on the bucket that the upstream says
// is behind it, and comes to that bucket.
func TestAccessPoints(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	up.asked = func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v20180820/accesspoint/mine" && r.Header.Get("X-Amz-Account-Id") == "000000000000":
			_, _ = io.WriteString(w, "<GetAccessPointResult><Name>mine</Name><Bucket>pics</Bucket></GetAccessPointResult>")
		case r.URL.Path == "/v20180820/accesspoint/odd":
			_, _ = io.WriteString(w, "<GetAccessPointResult><Bucket>../other</Bucket></GetAccessPointResult>")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	allow := func(resources string) string {
		return `[{"Effect":"Allow","Action":"s3:GetObject","Resource":[` + resources + `]}]`
	}
	const point, bucket = `"arn:aws:s3:us-east-1:000000000000:accesspoint/*"`, `"arn:aws:s3:::pics/*"`
	both, one, other := user(t, srv, "both", allow(point+","+bucket)), user(t, srv, "one", allow(point)), user(t, srv, "other",
		allow(bucket))
	const host = "-000000000000.s3-accesspoint.us-east-1.localhost"
	for name, c := range map[string]struct {
		request request
		status  int
		says    string
	}{
		"allowed": {request{host: "mine" + host, target: "/secret/a%2Fb", key: both}, 200, ""},
		"by its ARN in the path": {
			request{target: "/arn%3Aaws%3As3%3Aus-east-1%3A000000000000%3Aaccesspoint%3Amine/secret/a%2Fb", key: both}, 200, "",
		},
		"not on the bucket": {request{host: "mine" + host, target: "/secret/a%2Fb", key: one}, 403, "arn:aws:s3:::pics/secret/a/b"},
		"not on the point": {
			request{host: "mine" + host, target: "/secret/a%2Fb", key: other}, 403, "accesspoint/mine/object/secret/a/b",
		},
		"unknown": {
			request{host: "none" + host, target: "/pics/a", key: both}, 501, "accesspoint/none is not one that the upstream knows",
		},
		"unknown and denied":       {request{host: "none" + host, target: "/pics/a", key: other}, 403, "accesspoint/none/object/pics/a"},
		"of a bucket that is none": {request{host: "odd" + host, target: "/pics/a", key: both}, 501, "accesspoint/odd is not one"},
		"of several buckets": {request{host: "a.mrap.accesspoint.s3-global.localhost", target: "/pics/a", key: both}, 400,
			"is not that of a bucket or of a bucket&#39;s access point"},
		"a website": {
			request{host: "pics.s3-website-us-east-1.localhost", target: "/a", key: both}, 400,
			"s3-website-us-east-1, is not that of a bucket",
		},
	} {
		q := c.request
		q.service, q.method = "s3", http.MethodGet
		res, body := q.send(t, srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
		for _, s := range up.took() {
			if c.status != 200 || s.Target != "/pics/secret/a%2Fb" {
				t.Errorf("%s: the upstream got %s", name, s.Target)
			}
		}
	}
}

// The policy of an access point decides about it as that of a bucket does, and the bucket
// must allow too.
func TestPoliciesOfAccessPoints(t *testing.T) {
	t.Parallel()
	const (
		get     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ana"},"Action":"s3:GetObject","Resource":"*"}]}`
		refuse  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`
		request = "/arn%3Aaws%3As3%3Aus-east-1%3A000000000000%3Aaccesspoint%3Amine/a"
	)
	for name, c := range map[string]struct {
		point, bucket string
		status        int
	}{
		"both allow": {get, get, 200}, "the bucket does not": {get, "", 0}, "the access point does not": {"", get, 0},
		"the access point denies": {refuse, get, 0},
	} {
		up := newUpstream(t, nil)
		up.asked = func(w http.ResponseWriter, r *http.Request) {
			switch answer := map[string]string{
				"/v20180820/accesspoint/mine": "<GetAccessPointResult><Name>mine</Name><Bucket>pics</Bucket></GetAccessPointResult>",
				"/v20180820/accesspoint/mine/policy": "<GetAccessPointPolicyResult><Policy>" + c.point +
					"</Policy></GetAccessPointPolicyResult>",
				"/pics?policy": c.bucket,
			}[r.RequestURI]; answer {
			case "":
				w.WriteHeader(http.StatusNotFound)
			default:
				_, _ = io.WriteString(w, answer)
			}
		}
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
		expect(t, srv, name, by(s3(http.MethodGet, request, ""), user(t, srv, "ana", "")), c.status)
	}
}
