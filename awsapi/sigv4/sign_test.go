package sigv4

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
)

// signing is a request that is to be signed. Without a payload it is the hash of
// the body.
type signing struct {
	service, method, url, body, token, payload string
	header                                     http.Header
}

var signings = map[string]signing{
	"iam, a form": {service: "iam", method: "POST", url: "http://iam.amazonaws.com/", body: testBody,
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}},
	"iam, a session": {service: "iam", method: "POST", url: "http://127.0.0.1:4260/", body: testBody, token: testToken},
	"sts, a query":   {service: "sts", method: "GET", url: "http://localhost:4260/?Version=2011-06-15&Action=GetCallerIdentity"},
	"sts, a session": {service: "sts", method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity", token: testToken},
	"s3, an object": {service: "s3", method: "PUT",
		url: "http://bucket.localhost:9000/a%20b/%C3%A9~%2B/x?partNumber=1&uploadId=a%2Fb", body: "body",
		header: http.Header{"Content-Type": {"text/plain"}, "Range": {"bytes=0-1"}, "User-Agent": {"x"}, "Expect": {"100-continue"}}},
	"s3, an unsigned payload": {service: "s3", method: "PUT", url: "http://localhost/b/k", body: "body", payload: UnsignedPayload,
		token: testToken},
	"s3, a list":          {service: "s3", method: "GET", url: "http://localhost/b?list-type=2&prefix=a+b%2F&delimiter"},
	"execute-api, a path": {service: "execute-api", method: "GET", url: "http://localhost/prod/a%20b/%C3%A9/?b=2&a=1&a=%7E"},
}

func (s signing) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequest(s.method, s.url, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range s.header {
		r.Header[name] = values
	}
	return r
}

func (s signing) signer() *Signer {
	return &Signer{Credentials: Credentials{testKey, testSecret, s.token}, Service: s.service, Region: "eu-west-1"}
}

// what is signed of the body.
func (s signing) what() string {
	if s.payload != "" {
		return s.payload
	}
	return HashPayload([]byte(s.body))
}

// sdk is AWS's signer, as the SDK's client of the service sets it up.
func (s signing) sdk() (*v4.Signer, aws.Credentials) {
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = s.service == "s3" })
	return signer, aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: s.token}
}

// verified proves a request as it is received, and that with another body, of
// which the signature says something, it is not.
func (s signing) verified(t *testing.T, out *http.Request) {
	t.Helper()
	r, body := received(t, out, s.body)
	sig, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := sig.CheckLife(signedAt); err != nil {
		t.Error(err)
	}
	if err := sig.CheckScope(s.service); err != nil {
		t.Error(err)
	}
	if got := (Credentials{sig.AccessKeyID, testSecret, sig.SessionToken}); got != s.signer().Credentials {
		t.Errorf("credentials %+v", got)
	}
	said := sig.Payload()
	if said != s.what() && (said != "" || s.service == "s3") {
		t.Errorf("payload %q, want %q", said, s.what())
	}
	if err := sig.VerifyPayload(testSecret, s.what()); err != nil {
		t.Error(err)
	}
	if err := sig.Verify(testSecret, body); (err == nil) != (s.what() != UnsignedPayload) {
		t.Errorf("with the body: %v", err)
	}
	if err := sig.Verify(testSecret, append(body, 'x')); err == nil {
		t.Error("another body verifies")
	}
}

// A header that is signed here is the one that AWS's signer makes.
func TestSignAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	for name, s := range signings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := s.request(t), s.request(t)
			s.signer().Sign(ours, s.what(), signedAt)
			if s.service == "s3" {
				theirs.Header.Set("X-Amz-Content-Sha256", s.what())
			}
			sdk, credentials := s.sdk()
			if err := sdk.SignHTTP(context.Background(), credentials, theirs, s.what(), s.service, "eu-west-1", signedAt); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(theirs.Header, ours.Header); diff != "" {
				t.Errorf("header (-SDK +ours):\n%s", diff)
			}
			s.verified(t, ours)
			s.verified(t, theirs)
		})
	}
}

// A presigned query has the parameters that AWS's signer gives it.
func TestPresignAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	for name, s := range signings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s.service == "s3" {
				s.payload = UnsignedPayload
			}
			ours, theirs := s.request(t), s.request(t)
			s.signer().Presign(ours, s.what(), signedAt, time.Hour)
			query := theirs.URL.Query()
			query.Set("X-Amz-Expires", "3600")
			theirs.URL.RawQuery = query.Encode()
			sdk, credentials := s.sdk()
			text, header, err := sdk.PresignHTTP(context.Background(), credentials, theirs, s.what(), s.service, "eu-west-1", signedAt)
			if err != nil {
				t.Fatal(err)
			}
			if theirs.URL, err = url.Parse(text); err != nil {
				t.Fatal(err)
			}
			theirs.Header = header
			if diff := cmp.Diff(theirs.URL.Query(), ours.URL.Query()); diff != "" {
				t.Errorf("query (-SDK +ours):\n%s", diff)
			}
			s.verified(t, ours)
			s.verified(t, theirs)
		})
	}
}

// A request that was received is signed anew to be sent on: with other
// credentials, to another host, and whatever signature it had.
func TestSignWhatWasReceived(t *testing.T) {
	t.Parallel()
	s := signing{service: "s3", method: "PUT", url: "http://localhost:9000/b/a%20b?tagging&x=%2f", body: "body"}
	first := map[string]func(*http.Request){
		"nothing":   func(*http.Request) {},
		"a header":  func(r *http.Request) { s.signer().Sign(r, s.what(), signedAt) },
		"a query":   func(r *http.Request) { s.signer().Presign(r, UnsignedPayload, signedAt, time.Hour) },
		"SigV4A":    func(r *http.Request) { r.Header.Set("X-Amz-Region-Set", "*"); r.Header.Set("Authorization", "x") },
		"a session": func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "x") },
	}
	for name, sign := range first {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := s.request(t)
			sign(out)
			in, _ := received(t, out, s.body)
			in = in.WithContext(t.Context()) // that of the server has ended
			in.Host, in.RequestURI = "upstream:9000", ""
			in.Header["x-amz-meta-a"] = []string{"b"} // as no server leaves it
			in.Header.Set("Connection", "keep-alive")
			in.URL.Scheme, in.URL.Host = "http", "upstream:9000"
			in.Body = s.request(t).Body
			to := signing{service: "s3", body: s.body, token: testToken}
			to.signer().Sign(in, s.what(), signedAt)
			if in.URL.RawQuery != "tagging&x=%2f" {
				t.Errorf("query %q", in.URL.RawQuery)
			}
			to.verified(t, in)
		})
	}
}

// Stripping leaves what is not of a signature.
func TestStrip(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/?b=%2f&X-Amz-Date=1&X-Amz-Meta=2&X-Amz-Signature&a", nil)
	r.Header = http.Header{"Authorization": {"a"}, "X-Amz-Date": {"b"}, "X-Amz-Meta-A": {"c"}}
	Strip(r)
	if diff := cmp.Diff(http.Header{"X-Amz-Meta-A": {"c"}}, r.Header); diff != "" || r.URL.RawQuery != "b=%2f&X-Amz-Meta=2&a" {
		t.Errorf("%s\n%s", r.URL.RawQuery, diff)
	}
	Strip(&http.Request{URL: &url.URL{RawQuery: "a&&b"}})
}

// A request with nothing but a URL can be signed.
func TestSignABareRequest(t *testing.T) {
	t.Parallel()
	r := &http.Request{Method: "GET", URL: parseURL(t, "http://localhost:4260/")}
	s := signing{service: "sts"}
	s.signer().Sign(r, HashPayload(nil), signedAt)
	if r.Host != "localhost:4260" {
		t.Errorf("host %q", r.Host)
	}
	s.verified(t, r)
}

// What net/http sends for something that a request leaves out is what is signed.
func TestSignWhatIsSentForNothing(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*http.Request{
		"no path":                {Method: "GET", URL: parseURL(t, "http://localhost:4260")},
		"no path, but a query":   {Method: "GET", URL: parseURL(t, "http://localhost:4260?list-type=2")},
		"no method":              {URL: parseURL(t, "http://localhost:4260/a")},
		"a header not to be set": {Method: "GET", URL: parseURL(t, "http://localhost:4260/a"), Header: http.Header{"X-Forwarded-For": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := signing{service: "s3"}
			s.signer().Sign(r, s.what(), signedAt)
			s.verified(t, r)
		})
	}
}

// A list of signed headers that repeats a name, or is longer than any client's, does
// not make the canonical request long.
func TestSignedHeadersAreBounded(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"a name twice":   "host;host",
		"a name often":   strings.Repeat("host;", 20_000) + "host",
		"too many names": manyNames(300),
	} {
		r := httptest.NewRequest("GET", "http://localhost:4260/", nil)
		r.Host = strings.Repeat("h", 20_000)
		for _, header := range strings.Split(list, ";") {
			r.Header.Set(header, "x")
		}
		x := new(scratch)
		if _, ok := x.canonical(&Signature{request: r, signedHeaders: list}, form{}, nil); ok || len(x.canon) > 64<<10 {
			t.Errorf("%s: ok is %t after %d bytes", name, ok, len(x.canon))
		}
	}
}

func manyNames(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("x-%d", i))
	}
	return strings.Join(names, ";")
}

// A request whose payload is a word says so, or nobody could verify it.
func TestSignNamesAWord(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{UnsignedPayload: UnsignedPayload, HashPayload(nil): ""} {
		r := httptest.NewRequest("POST", "http://localhost/", nil)
		s := signing{service: "lambda"}
		s.signer().Sign(r, payload, signedAt)
		if got := r.Header.Get(payloadHeader); got != want {
			t.Errorf("%s: %q", payload, got)
		}
	}
}

// A secret is not shown where credentials are printed.
func TestCredentialsDoNotShowTheSecret(t *testing.T) {
	t.Parallel()
	c := Credentials{"AKID", "secret", "token"}
	for _, got := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprint(&Signer{Credentials: c})} {
		if !strings.Contains(got, "AKID") || strings.Contains(got, "secret") || strings.Contains(got, "token") {
			t.Error(got)
		}
	}
}
