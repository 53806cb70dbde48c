package sigv4

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// goodHeader is an Authorization header that is right in form.
const goodHeader = "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"

// What other services need to word their answers is in the errors. The order in
// which faults are found is tested by the texts of IAM and STS, in awsapi.
func TestWhatErrorsSay(t *testing.T) {
	t.Parallel()
	const stamp = "20260102T030405Z"
	swap := func(old, other string) string { return strings.Replace(goodHeader, old, other, 1) }
	cases := map[string]struct {
		header, date, query string
		want                Error
		text                string
	}{
		"another scheme": {"Basic x", stamp, "", Error{Reason: ErrScheme}, "sigv4: the Authorization header is not of Signature Version 4"},
		"an algorithm": {swap("SHA256", "SHA512"), stamp, "", Error{Reason: ErrAlgorithm, Given: "AWS4-HMAC-SHA512"},
			"sigv4: the algorithm is unknown: AWS4-HMAC-SHA512"},
		"an algorithm in the query": {"", "", "X-Amz-Algorithm=x", Error{Reason: ErrAlgorithm, Presigned: true, Given: "x"},
			"sigv4: the algorithm is unknown: x"},
		"no pair": {"AWS4-HMAC-SHA256 a", stamp, "", Error{Reason: ErrPart, Given: "a", Header: "AWS4-HMAC-SHA256 a"},
			"sigv4: a part of the Authorization header is not a key=value pair: a"},
		"nothing else": {"AWS4-HMAC-SHA256", "", "",
			Error{Reason: ErrMissing, Header: "AWS4-HMAC-SHA256", Missing: []string{"Credential", "Signature", "SignedHeaders", Date}},
			"sigv4: parts of the signature are missing: Credential, Signature, SignedHeaders, Date"},
		"nothing else in the query": {"", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x&X-Amz-Signature=x&X-Amz-SignedHeaders=host",
			Error{Reason: ErrMissing, Presigned: true, Missing: []string{"X-Amz-Credential"}},
			"sigv4: parts of the signature are missing: X-Amz-Credential"},
		"no host": {swap("host;", ""), stamp, "", Error{Reason: ErrHostNotSigned}, "sigv4: the host is not signed"},
		"a date":  {goodHeader, "today", "", Error{Reason: ErrDate, Given: "today"}, "sigv4: the date cannot be read: today"},
		"an old one": {goodHeader, "20260101T030405Z", "", Error{Reason: ErrExpired, Given: "20260101T030405Z", Now: signedAt},
			"sigv4: the signature has expired: 20260101T030405Z"},
		"a future one": {goodHeader, "20260103T030405Z", "", Error{Reason: ErrNotYetCurrent, Given: "20260103T030405Z", Now: signedAt},
			"sigv4: the signature is not yet current: 20260103T030405Z"},
		"a short credential": {swap("/aws4_request", ""), stamp, "", Error{Reason: ErrCredential, Given: "AKID/20260102/us-east-1/iam"},
			"sigv4: the credential does not have the right number of parts: AKID/20260102/us-east-1/iam"},
		"a long one of SigV4A": {swap("HMAC-SHA256", "ECDSA-P256-SHA256"), stamp, "",
			Error{Reason: ErrCredential, Given: "AKID/20260102/us-east-1/iam/aws4_request", Asymmetric: true},
			"sigv4: the credential does not have the right number of parts: AKID/20260102/us-east-1/iam/aws4_request"},
		"a scope": {swap("20260102/us-east-1/iam/aws4_request", "20260103/mars/sts/x"), stamp, "",
			Error{Reason: ErrScope, Scope: ScopeFault{true, true, true, true}, Service: "iam"}, "sigv4: the credential scope is wrong"},
		"a secret": {goodHeader, stamp, "", Error{Reason: ErrMismatch}, "sigv4: the signature does not match"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{Method: "GET", URL: parseURL(t, "/?"+c.query), Host: "localhost", Header: http.Header{}}
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			if c.date != "" {
				r.Header.Set("X-Amz-Date", c.date)
			}
			_, err := check(r, nil, "iam")
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(c.want, *got, cmpopts.EquateErrors()); diff != "" || err.Error() != c.text {
				t.Errorf("%v; (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestUnsignedRequests(t *testing.T) {
	for name, url := range map[string]string{
		"no query":                     "/",
		"an operation":                 "/?Action=AssumeRoleWithSAML",
		"a token alone":                "/?X-Amz-Security-Token=t",
		"a name that begins like ours": "/?X-Amz-Algorithms=AWS4-HMAC-SHA256",
		"signature version 2":          "/?AWSAccessKeyId=AKID&SignatureVersion=2&Signature=x",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(&http.Request{URL: parseURL(t, url), Header: http.Header{"X-Amz-Date": {"x"}}})
			if s != nil || err != nil {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
}

func TestTwoSignaturesAreRefused(t *testing.T) {
	r, body := call{method: "GET", presign: true}.signed(t)
	other, _ := call{method: "GET"}.signed(t)
	r.Header.Set("Authorization", other.Header.Get("Authorization"))
	_, err := check(r, body, "iam")
	if !errors.Is(err, ErrTwoSignatures) {
		t.Errorf("got %v", err)
	}
}

// TestClockIsCutToSeconds: the window is counted in the seconds that the texts
// show.
func TestClockIsCutToSeconds(t *testing.T) {
	s := &Signature{time: signedAt, timestamp: signedAt.Format(Layout)}
	edge := signedAt.Add(Window)
	if err := s.CheckTime(edge.Add(time.Second - 1)); err != nil {
		t.Error(err)
	}
	if err := s.CheckTime(edge.Add(time.Second)); err == nil {
		t.Error("a second more passed")
	}
}
