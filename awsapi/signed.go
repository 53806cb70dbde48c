package awsapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// SignedRequest is a request to another service, as an emulator of that service
// received it.
type SignedRequest struct {
	Method string
	Host   string
	Target string // path and query as sent, such as "/bucket/key?versionId=1"
	Header http.Header

	// Body is what was signed. It may be left out if the header
	// X-Amz-Content-Sha256 says its hash, as requests to S3 do; to compare the
	// body with that is then the emulator's.
	Body []byte
}

// Signer is who signed a request, and for what.
type Signer struct {
	Credential
	AccessKeyID string
	Region      string
	Service     string
}

// Verify proves who signed the request. The error is AWS's, in IAM's words.
func (q *SignedRequest) Verify(ctx context.Context, credentials Credentials, now time.Time) (Signer, error) {
	target, err := url.ParseRequestURI(q.Target)
	if err != nil {
		return Signer{}, signatureDoesNotMatch()
	}
	r := &http.Request{Method: q.Method, URL: target, Host: q.Host, Header: q.Header, ContentLength: -1}
	s, err := parseSignature(r, q.Body)
	if err != nil {
		return Signer{}, err
	}
	if s == nil {
		return Signer{}, missingAuthenticationToken()
	}
	s.payload = q.Header.Get("X-Amz-Content-Sha256")
	if s.presigned && s.payload == "" && s.Service == "s3" {
		s.payload = "UNSIGNED-PAYLOAD"
	}
	if err := s.checkOther(now); err != nil {
		return Signer{}, err
	}
	credential, err := credentials.Lookup(ctx, s.AccessKeyID, s.SessionToken, s.Region)
	if err != nil {
		return Signer{}, err
	}
	if err := s.verify(credential.Secret); err != nil {
		return Signer{}, err
	}
	return Signer{Credential: credential, AccessKeyID: s.AccessKeyID, Region: s.Region, Service: s.Service}, nil
}

// checkOther is checkScope for a service that is not ours. Unlike IAM and STS,
// others apply the X-Amz-Expires of presigned requests.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func (s *signature) checkOther(now time.Time) error {
	text, _ := queryValue(s.request.URL.RawQuery, "X-Amz-Expires")
	seconds, err := strconv.Atoi(text)
	life := time.Duration(seconds) * time.Second
	switch {
	case !s.presigned || err != nil || now.Before(s.time):
		return s.checkScope(s.Service, now)
	case now.After(s.time.Add(life)):
		return signatureExpired(s.timestamp, now)
	}
	return s.checkScope(s.Service, s.time) // within its life: only the scope is left to check
}

// SignatureDoesNotMatch is AWS's answer to a wrong signature, and so to a wrong
// secret.
func SignatureDoesNotMatch() error { return signatureDoesNotMatch() }

// NewIDs returns what makes request IDs by default: random UUIDs, for any number
// of goroutines.
func NewIDs() func() string { return new(uuids).next }
