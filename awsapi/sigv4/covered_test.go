package sigv4

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sent is a request with a body, as it is received.
func sent(t testing.TB, s signing) *http.Request {
	t.Helper()
	r, err := http.NewRequest(s.method, s.url, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range s.header {
		r.Header[name] = values
	}
	s.signer().Sign(r, s.what(), signedAt)
	return r
}

// A path has one spelling, by which to decide and to send on.
func TestSignedPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct{ s3, other string }{
		"/":             {"/", "/"},
		"/a//b":         {"/a//b", "/a/b"},
		"/a/../b":       {"/a/../b", "/b"},
		"/../../etc":    {"/../../etc", "/etc"},
		"/a/./b/":       {"/a/./b/", "/a/b/"},
		"/a%2Fb":        {"/a%2Fb", "/a%2Fb"},
		"/a/%2E%2E/b":   {"/a/%2E%2E/b", "/a/%2E%2E/b"},
		"/a%20b/%c3%a9": {"/a%20b/%c3%a9", "/a%20b/%c3%a9"},
	} {
		for service, want := range map[string]string{"s3": want.s3, "s3-object-lambda": want.s3, "lambda": want.other} {
			r := httptest.NewRequest("GET", "http://localhost"+path, nil)
			s := signing{service: service}
			s.signer().Sign(r, HashPayload(nil), signedAt)
			sig, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if got := sig.SignedPath(); got != want {
				t.Errorf("%s: %s is %s, want %s", service, path, got, want)
			}
			// A path that is another one to whoever decides has another signature.
			for _, other := range []string{"/a/b", "/b", "/a//b", "/a/../b", "/a%2Fb", "/a%2fb", "/a/b/", "/etc"} {
				r.URL = parseURL(t, "http://localhost"+other)
				if err := sig.VerifyPayload(testSecret, HashPayload(nil)); (err == nil) != (sig.SignedPath() == want) {
					t.Errorf("%s: signed for %s, sent to %s: %v", service, path, other, err)
				}
			}
		}
	}
}

func TestUnsignedHeaders(t *testing.T) {
	t.Parallel()
	r := sent(t, signing{service: "s3", method: "PUT", url: "http://localhost/b/k", body: "x", token: testToken,
		header: http.Header{"X-Amz-Acl": {"private"}}})
	sig, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Copy-Source", "/b/other")
	r.Header.Set("X-Amz-Meta-A", "b")
	r.Header.Set("X-Other", "c")
	if diff := cmp.Diff([]string{"x-amz-copy-source", "x-amz-meta-a"}, sig.UnsignedHeaders()); diff != "" {
		t.Error(diff)
	}
}
