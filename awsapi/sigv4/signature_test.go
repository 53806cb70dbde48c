package sigv4

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signedAt is the time at which the requests of these tests are signed.
var signedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	testToken  = "FwoGZXIvYXdzEBYaDK+/=="
	testBody   = "Action=GetUser&Version=2010-05-08&UserName=alice"
)

// call describes a request and how the SDK's signer is to sign it.
type call struct {
	method, url, body string
	header            http.Header
	token             string
	presign           bool
	service, region   string
}

// signed is the request of a call as a server receives it, with its body.
func (c call) signed(t testing.TB) (*http.Request, []byte) {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodPost
	}
	if c.url == "" {
		c.url = "http://127.0.0.1:4260/"
	}
	if c.region == "" {
		c.region = "us-east-1"
	}
	if c.service == "" {
		c.service = "iam"
	}
	out, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range c.header {
		out.Header[name] = append([]string(nil), values...)
	}
	sum := sha256.Sum256([]byte(c.body))
	hash := hex.EncodeToString(sum[:])
	credentials := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: c.token}
	signer := v4.NewSigner()
	if !c.presign {
		err = signer.SignHTTP(context.Background(), credentials, out, hash, c.service, c.region, signedAt)
		if err != nil {
			t.Fatal(err)
		}
		return received(t, out, c.body)
	}
	presigned, header, err := signer.PresignHTTP(context.Background(), credentials, out, hash, c.service, c.region, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	again, err := http.NewRequest(c.method, presigned, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	again.Header = header
	return received(t, again, c.body)
}

// received sends a request over HTTP's wire format, so that what is verified
// is what net/http's server makes of it.
func received(t testing.TB, out *http.Request, body string) (*http.Request, []byte) {
	t.Helper()
	var in *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		read, err := io.ReadAll(r.Body)
		if err != nil || string(read) != body {
			t.Errorf("body arrived as %q, %v", read, err)
		}
		in = r
	}))
	defer server.Close()
	out.Header.Del("Host")
	if out.Host == "" {
		out.Host = out.URL.Host
	}
	out.URL.Host = strings.TrimPrefix(server.URL, "http://")
	response, err := server.Client().Do(out)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if in == nil {
		t.Fatalf("the request did not arrive: %s", response.Status)
	}
	return in, []byte(body)
}

// inScope is what a handler of IAM or STS asks of a signature before it knows the
// secret.
func inScope(s *Signature, service string, now time.Time) error {
	if err := s.CheckTime(now); err != nil {
		return err
	}
	return s.CheckScope(service)
}

// check is what a handler does with a request, secret included.
func check(r *http.Request, body []byte, service string) (*Signature, error) {
	s, err := Parse(r)
	if s == nil || err != nil {
		return s, err
	}
	if err := inScope(s, service, signedAt); err != nil {
		return s, err
	}
	return s, s.Verify(testSecret, body)
}

func TestSDKSignaturesVerify(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	cases := map[string]call{
		"POST of a form": {body: testBody, header: form},
		"GET with a query": {method: "GET", url: "http://localhost:4260/?Version=2011-06-15&Action=GetCallerIdentity",
			service: "sts"},
		"query with odd characters": {method: "GET", url: "http://localhost/?b=%C3%A9&a=%2F&a=-&a=&%7E=~+%20%2B"},
		"session token":             {body: testBody, header: form, token: testToken},
		"host without port":         {url: "http://iam.amazonaws.com/", body: testBody, header: form},
		"IPv6 host":                 {url: "http://[::1]:4260/", body: testBody, header: form},
		"several values and blanks": {body: testBody, header: http.Header{"X-Amz-Meta-A": {"  one   two ", "three"}}},
		"another region":            {body: testBody, region: "eu-west-1"},
		"path":                      {url: "http://localhost/a%20b/c~d/%C3%A9/", body: testBody},
		"empty body":                {},
		"presigned GET": {
			method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60", presign: true,
			service: "sts",
		},
		"presigned GET with a token": {method: "GET", url: "http://localhost:4260/?Action=GetCallerIdentity&Version=2011-06-15",
			presign: true, token: testToken},
		"presigned POST":               {body: testBody, presign: true, header: form},
		"presigned POST with a header": {body: testBody, presign: true, header: http.Header{"X-K8s-Aws-Id": {"cluster"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, body := c.signed(t)
			service := c.service
			if service == "" {
				service = "iam"
			}
			s, err := check(r, body, service)
			if err != nil {
				t.Fatal(err)
			}
			if s.AccessKeyID != testKey || s.SessionToken != c.token || s.Service != service || s.Date != "20260102" {
				t.Errorf("got %+v", s)
			}
			if err := s.Verify(testSecret+"x", body); err == nil {
				t.Error("another secret verifies")
			}
		})
	}
}

func parseURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
