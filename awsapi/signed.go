package awsapi

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// SignedRequest is a request to another service, as an emulator of that service
// received it.
type SignedRequest struct {
	Method string
	Host   string
	Target string // path and query as sent, such as "/bucket/key?versionId=1"
	Header http.Header

	// Body is the body that was signed. It may be left out if the header X-Amz-Content-Sha256 has
	// its hash, as in requests to S3; the emulator must then compare the body with the hash.
	Body []byte
}

// Signer says who signed a request, and for what.
type Signer struct {
	Credential
	AccessKeyID string
	Region      string
	Service     string
}

// Verify verifies who signed the request. The error is AWS's, in IAM's words.
func (q *SignedRequest) Verify(ctx context.Context, credentials Credentials, now time.Time) (Signer, error) {
	target, err := url.ParseRequestURI(q.Target)
	if err != nil {
		return Signer{}, SignatureDoesNotMatch()
	}
	r := &http.Request{Method: q.Method, URL: target, Host: q.Host, Header: q.Header, ContentLength: -1}
	sig, err := sigv4.Parse(r)
	switch {
	case err != nil:
		return Signer{}, SignatureAnswer(err)
	case sig == nil:
		return Signer{}, missingAuthenticationToken()
	}
	if err := cmp.Or(sig.CheckLife(now), sig.CheckScope("")); err != nil {
		return Signer{}, SignatureAnswer(err)
	}
	credential, err := credentials.Lookup(ctx, sig.AccessKeyID, sig.SessionToken, sig.Region)
	if err != nil {
		return Signer{}, err
	}
	if err := q.verify(sig, credential.Secret); err != nil {
		return Signer{}, SignatureAnswer(err)
	}
	if err := credential.admit(ctx); err != nil {
		return Signer{}, err
	}
	return Signer{Credential: credential, AccessKeyID: sig.AccessKeyID, Region: sig.Region, Service: sig.Service}, nil
}

func (q *SignedRequest) verify(sig *sigv4.Signature, secret string) error {
	if payload := sig.Payload(); payload != "" {
		return sig.VerifyPayload(secret, payload)
	}
	return sig.Verify(secret, q.Body)
}
