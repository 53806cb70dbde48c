package awsapi

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// failure is an error as AWS answers it.
type failure struct{ Code, Message string }

func failureOf(t *testing.T, err error) failure {
	t.Helper()
	var api *smithy.GenericAPIError
	if !errors.As(err, &api) {
		t.Fatalf("got %v, not an API error", err)
	}
	return failure{api.Code, api.Message}
}

// check refuses a request as a handler of the service does that knows no secret
// with which it was signed, at the time that the requests of these tests have.
func check(r *http.Request, service string) error {
	s, err := sigv4.Parse(r)
	if err == nil {
		err = s.CheckTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	}
	if err == nil {
		err = s.CheckScope(service)
	}
	if err == nil {
		err = s.Verify("another", nil)
	}
	return SignatureAnswer(err)
}

func parseURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

// parts of an Authorization header that is right in form.
const (
	goodCredential = "Credential=AKID/20260102/us-east-1/iam/aws4_request"
	goodHeaders    = "SignedHeaders=host;x-amz-date"
	goodSignature  = "Signature=00"
)

func TestFaultsInTheHeader(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		authorization string
		date          string
		want          failure
	}{
		"wrong signature": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T030405Z",
			failure{"SignatureDoesNotMatch", mismatch},
		},
		"another scheme": {
			"Bearer abc", "20260102T030405Z",
			failure{"MissingAuthenticationToken", "Request is missing Authentication Token"},
		},
		"version 3": {
			"AWS3-HTTPS AWSAccessKeyId=AKID,Algorithm=HmacSHA256,Signature=00", "20260102T030405Z",
			failure{"MissingAuthenticationToken", "Request is missing Authentication Token"},
		},
		"empty header": {
			"", "20260102T030405Z",
			failure{"MissingAuthenticationToken", "Request is missing Authentication Token"},
		},
		"unknown algorithm": {
			"AWS4-HMAC-SHA512 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T030405Z",
			failure{"IncompleteSignature", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'."},
		},
		"a blank before the access key": {
			"AWS4-HMAC-SHA256 Credential= AKIA/20200128/us-east-1/sts/aws4_request, " + goodHeaders + ", " + goodSignature,
			"20260102T030405Z",
			failure{"IncompleteSignature",
				"'AKIA/20200128/us-east-1/sts/aws4_request' not a valid key=value pair (missing equal-sign) in Authorization header: " +
					"'AWS4-HMAC-SHA256 Credential= AKIA/20200128/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=00'."},
		},
		"a blank in the access key": {
			"AWS4-HMAC-SHA256 Credential=not valid/20180109/us-east-1/sts/aws4_request, SignedHeaders=host", "20260102T030405Z",
			failure{"IncompleteSignature",
				"'valid/20180109/us-east-1/sts/aws4_request' not a valid key=value pair (missing equal-sign) in Authorization header: " +
					"'AWS4-HMAC-SHA256 Credential=not valid/20180109/us-east-1/sts/aws4_request, SignedHeaders=host'."},
		},
		"no signature": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders, "20260102T030405Z",
			failure{"IncompleteSignature",
				"Authorization header requires 'Signature' parameter. (Hashed with SHA-256 and encoded with Base64) " +
					"Authorization=dY53+JcA42fgDDBMOnd9dmMqtTDGg/4v3QUYKn/dhyw="},
		},
		"empty credential": {
			"AWS4-HMAC-SHA256 Credential=, " + goodHeaders + ", " + goodSignature, "20260102T030405Z",
			failure{"IncompleteSignature",
				"Authorization header requires 'Credential' parameter. (Hashed with SHA-256 and encoded with Base64) " +
					"Authorization=WMJOmGMDa8Iy59V56n8hqZFBhQfMLmhKT3phpCPT+lU="},
		},
		"nothing but the algorithm": {
			"AWS4-HMAC-SHA256", "",
			failure{"IncompleteSignature",
				"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
					"Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
					"(Hashed with SHA-256 and encoded with Base64) Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0="},
		},
		"no date": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "",
			failure{"IncompleteSignature", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
				"(Hashed with SHA-256 and encoded with Base64) Authorization=wc1IVVGKq59lITS4WEG09D9ZBv6Jgu+0BrcVtruoEMg="},
		},
		"bad date": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "2026-01-02T03:04:05Z",
			failure{
				"IncompleteSignature",
				"Date must be in ISO-8601 'basic format'. Got '2026-01-02T03:04:05Z'. See http://en.wikipedia.org/wiki/ISO_8601",
			},
		},
		"four parts": {
			"AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/iam, " + goodHeaders + ", " + goodSignature, "20260102T030405Z",
			failure{
				"IncompleteSignature",
				"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20260102/us-east-1/iam'",
			},
		},
		"six parts": {
			"AWS4-HMAC-SHA256 Credential=AK/ID/20260102/us-east-1/iam/aws4_request, " + goodHeaders + ", " + goodSignature,
			"20260102T030405Z",
			failure{
				"IncompleteSignature",
				"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AK/ID/20260102/us-east-1/iam/aws4_request'",
			},
		},
		"five parts of SigV4A": {
			"AWS4-ECDSA-P256-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T030405Z",
			failure{
				"IncompleteSignature",
				"Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term, got 'AKID/20260102/us-east-1/iam/aws4_request'",
			},
		},
		"host not signed": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", SignedHeaders=x-amz-date, " + goodSignature, "20260102T030405Z",
			failure{"SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		},
		"no header signed": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", SignedHeaders=, " + goodSignature, "20260102T030405Z",
			failure{"SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		},
		"signed header that is not there": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", SignedHeaders=host;x-amz-meta-a, " + goodSignature, "20260102T030405Z",
			failure{"SignatureDoesNotMatch", mismatch},
		},
		"too old": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T024904Z",
			failure{
				"SignatureDoesNotMatch",
				"Signature expired: 20260102T024904Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)",
			},
		},
		"too new": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T031906Z",
			failure{
				"SignatureDoesNotMatch",
				"Signature not yet current: 20260102T031906Z is still later than 20260102T031905Z (20260102T030405Z + 15 min.)",
			},
		},
		"the oldest that passes": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T024905Z",
			failure{"SignatureDoesNotMatch", mismatch},
		},
		"the newest that passes": {
			"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature, "20260102T031905Z",
			failure{"SignatureDoesNotMatch", mismatch},
		},
		"algorithm before form": {
			"AWS4-HMAC-SHA512 FooBar", "",
			failure{"IncompleteSignature", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'."},
		},
		"form before missing parts": {
			"AWS4-HMAC-SHA256 FooBar, BazBurp", "",
			failure{
				"IncompleteSignature",
				"'FooBar' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 FooBar, BazBurp'.",
			},
		},
		"host before form of date": {
			"AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=a, " + goodSignature, "yesterday",
			failure{"SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		},
		"time before credential": {
			"AWS4-HMAC-SHA256 Credential=AKID, " + goodHeaders + ", " + goodSignature, "20250102T000000Z",
			failure{
				"SignatureDoesNotMatch",
				"Signature expired: 20250102T000000Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)",
			},
		},
		"time before scope": {
			"AWS4-HMAC-SHA256 Credential=AKID/20250102/mars-1/ec2/aws4, " + goodHeaders + ", " + goodSignature, "20250102T000000Z",
			failure{
				"SignatureDoesNotMatch",
				"Signature expired: 20250102T000000Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)",
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "GET", URL: parseURL(t, "/?Action=GetUser"), Host: "localhost", Header: http.Header{
				"Authorization": {c.authorization},
			}}
			if c.date != "" {
				r.Header.Set("X-Amz-Date", c.date)
			}
			err := check(r, "iam")
			if diff := cmp.Diff(c.want, failureOf(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultsInTheQuery(t *testing.T) {
	t.Parallel()
	const good = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID/20260102/us-east-1/iam/aws4_request&" +
		"X-Amz-Date=20260102T030405Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
	cases := map[string]struct {
		query string
		want  failure
	}{
		"wrong signature": {good, failure{"SignatureDoesNotMatch", mismatch}},
		"first value counts": {
			good + "&X-Amz-Date=x&X-Amz-Credential=x&X-Amz-SignedHeaders=x&X-Amz-Algorithm=x",
			failure{"SignatureDoesNotMatch", mismatch},
		},
		"unknown algorithm": {
			strings.Replace(good, "HMAC-SHA256", "HMAC-SHA512", 1),
			failure{"MissingAuthenticationToken", "Missing Authentication Token"},
		},
		"algorithm without a value": {
			"X-Amz-Algorithm&Action=GetUser",
			failure{"MissingAuthenticationToken", "Missing Authentication Token"},
		},
		"no date": {
			strings.Replace(good, "X-Amz-Date", "X-Amz-Then", 1),
			failure{
				"IncompleteSignature", "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
			},
		},
		"nothing but the algorithm": {
			"X-Amz-Algorithm=AWS4-HMAC-SHA256",
			failure{"IncompleteSignature",
				"AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. " +
					"AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."},
		},
		"bad date": {
			strings.Replace(good, "20260102T030405Z", "Fri,%2002%20Jan%202026%2003:04:05%20GMT", 1),
			failure{
				"IncompleteSignature",
				"Date must be in ISO-8601 'basic format'. Got 'Fri, 02 Jan 2026 03:04:05 GMT'. See http://en.wikipedia.org/wiki/ISO_8601",
			},
		},
		"three parts": {
			strings.Replace(good, "AKID/20260102/us-east-1/iam/aws4_request", "AKID%2F20260102%2Fiam", 1),
			failure{
				"IncompleteSignature",
				"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20260102/iam'",
			},
		},
		"host not signed": {
			strings.Replace(good, "SignedHeaders=host", "SignedHeaders=date", 1),
			failure{"SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "GET", URL: parseURL(t, "/?"+c.query), Host: "localhost", Header: http.Header{}}
			err := check(r, "iam")
			if diff := cmp.Diff(c.want, failureOf(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultsOfTheScope(t *testing.T) {
	t.Parallel()
	const (
		region  = "Credential should be scoped to a valid region. "
		service = "Credential should be scoped to correct service: 'sts'. "
		end     = "Credential should be scoped with a valid terminator: 'aws4_request'."
		date    = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."
	)
	cases := map[string]struct{ scope, want string }{
		"region":              {"20260102/mars-1/sts/aws4_request", region},
		"empty region":        {"20260102//sts/aws4_request", region},
		"service":             {"20260102/us-east-1/iam/aws4_request", service},
		"service in capitals": {"20260102/us-east-1/STS/aws4_request", service},
		"region and service":  {"20260102/mars-1/iam/aws4_request", region + service},
		"terminator":          {"20260102/us-east-1/sts/aws4", end},
		"date":                {"20260103/us-east-1/sts/aws4_request", date},
		"date too long":       {"20260102T030405Z000/us-east-1/sts/aws4_request", date},
		"empty date":          {"/us-east-1/sts/aws4_request", date},
		"everything":          {"20260103/mars-1/iam/aws4", region + service + end + " " + date},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "GET", URL: parseURL(t, "/"), Host: "localhost", Header: http.Header{
				"X-Amz-Date":    {"20260102T030405Z"},
				"Authorization": {"AWS4-HMAC-SHA256 Credential=AKID/" + c.scope + ", SignedHeaders=host, Signature=0"},
			}}
			err := check(r, "sts")
			if diff := cmp.Diff(failure{"SignatureDoesNotMatch", c.want}, failureOf(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTwoSignaturesAreRefused(t *testing.T) {
	t.Parallel()
	r := &http.Request{Method: "GET", URL: parseURL(t, "/?X-Amz-Algorithm=AWS4-HMAC-SHA256"), Host: "localhost", Header: http.Header{
		"Authorization": {"AWS4-HMAC-SHA256 " + goodCredential + ", " + goodHeaders + ", " + goodSignature},
	}}
	want := failure{"SignatureDoesNotMatch", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."}
	if diff := cmp.Diff(want, failureOf(t, check(r, "iam"))); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsOfSigV4A(t *testing.T) {
	t.Parallel()
	const region = "Credential should be scoped to a valid region. "
	cases := map[string]struct {
		scope, headers, regions string
		want                    string
	}{
		"no region set":         {"20260102/iam/aws4_request", "host;x-amz-date", "", region},
		"unknown region":        {"20260102/iam/aws4_request", "host;x-amz-date;x-amz-region-set", "mars-1", region},
		"region set not signed": {"20260102/iam/aws4_request", "host;x-amz-date", "*", region},
		"service": {
			"20260102/sts/aws4_request", "host;x-amz-date;x-amz-region-set", "*", "Credential should be scoped to correct service: 'iam'. ",
		},
		"terminator": {
			"20260102/iam/aws4", "host;x-amz-date;x-amz-region-set", "*",
			"Credential should be scoped with a valid terminator: 'aws4_request'.",
		},
		"signature that is not hex": {"20260102/iam/aws4_request", "host;x-amz-date;x-amz-region-set", "*", mismatch},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Method: "GET", URL: parseURL(t, "/"), Host: "localhost", Header: http.Header{
				"X-Amz-Date":    {"20260102T030405Z"},
				"Authorization": {"AWS4-ECDSA-P256-SHA256 Credential=AKID/" + c.scope + ", SignedHeaders=" + c.headers + ", Signature=sig"},
			}}
			if c.regions != "" {
				r.Header.Set("X-Amz-Region-Set", c.regions)
			}
			err := check(r, "iam")
			if diff := cmp.Diff(failure{"SignatureDoesNotMatch", c.want}, failureOf(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Each reason has an answer, whether or not a request can be made that meets it;
// an error that is not of a signature is left alone.
func TestEachReasonHasAnAnswer(t *testing.T) {
	t.Parallel()
	for _, reason := range []error{
		sigv4.ErrScheme, sigv4.ErrTwoSignatures, sigv4.ErrAlgorithm, sigv4.ErrPart, sigv4.ErrMissing, sigv4.ErrHostNotSigned,
		sigv4.ErrDate, sigv4.ErrExpired, sigv4.ErrNotYetCurrent, sigv4.ErrCredential, sigv4.ErrScope, sigv4.ErrMismatch,
	} {
		var api *smithy.GenericAPIError
		if !errors.As(SignatureAnswer(&sigv4.Error{Reason: reason}), &api) {
			t.Errorf("%v has no answer", reason)
		}
	}
	if got := len(signatureAnswers); got != 12 {
		t.Errorf("%d answers", got)
	}
	other := errors.New("other")
	if err := SignatureAnswer(other); err != other {
		t.Errorf("got %v", err)
	}
}
