package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
)

// That an object does not exist is said only to those who may list the bucket.
func TestObjectsThatDoNotExist(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		code := "NoSuchKey"
		if strings.HasPrefix(r.URL.Path, "/none/") {
			code = "NoSuchBucket"
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>upstream</Message></Error>")
	})
	const get, list = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket"`
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	logs := iamtest.Start(t, iamtest.WithUpstream(up.URL), iamtest.WithEnforcement("log"))
	ana, bob := user(t, srv, "ana", "["+get+"]"), user(t, srv, "bob", "["+get+","+list+"}]")
	prefix := user(t, srv, "prefix", "["+get+","+list+`,"Condition":{"StringLike":{"s3:prefix":"*"}}}]`)
	for name, c := range map[string]struct {
		srv     *iamtest.Server
		request request
		status  int
		says    string
		checks  int
	}{
		"may not list": {
			srv, request{
				key: ana,
			}, 403, "s3:ListBucket on resource: &#34;arn:aws:s3:::bucket&#34; because no identity-based policy allows", 2,
		},
		"may not list, and only the head": {srv, request{key: ana, method: http.MethodHead}, 403, "", 2},
		"may list":                        {srv, request{key: bob}, 404, "<Message>upstream", 2},
		"may list, and only the head":     {srv, request{key: bob, method: http.MethodHead}, 404, "", 2},
		"may list by a prefix":            {srv, request{key: prefix, target: "/bucket/key?prefix=key"}, 403, "s3:ListBucket", 2},
		"no bucket":                       {srv, request{key: ana, target: "/none/key"}, 404, "<Message>upstream", 1},
		"in the mode log":                 {logs, request{key: user(t, logs, "ana", "["+get+"]")}, 404, "<Message>upstream", 2},
	} {
		q := c.request
		q.service = "s3"
		if q.method == "" {
			q.method = http.MethodGet
		}
		if q.target == "" {
			q.target = "/bucket/key"
		}
		res, body := q.send(t, c.srv)
		if res.StatusCode != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: answered %d %s", name, res.StatusCode, body)
		}
		record, err := c.srv.Decision(res.Header.Get("X-Amzn-Requestid"))
		if err != nil || len(record.Checks) != c.checks || (record.Verdict == "denied") != (c.status == 403) {
			t.Errorf("%s: recorded %+v, %v", name, record, err)
		}
	}
}

// A caller of another account may list the bucket only if its policy says so.
func TestObjectsThatDoNotExistInAnotherAccount(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
	})
	p := &policies{}
	up.asked = p.answer
	other := by(s3(http.MethodGet, "/bucket/key", ""), sigv4.Credentials{AccessKeyID: "111111111111", SecretAccessKey: "test"})
	for actions, want := range map[string]int{
		`"s3:GetObject"`: http.StatusForbidden, `"s3:GetObject","s3:ListBucket"`: http.StatusNotFound,
	} {
		p.is(`{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":[` + actions + `],"Resource":"*"}`)
		srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
		if res, body := other.send(t, srv); res.StatusCode != want {
			t.Errorf("who is given %s is answered %d %s, want %d", actions, res.StatusCode, body, want)
		}
	}
}
