package sigv4

import (
	"net/http"
	"time"
)

// PolicyFields are the fields that make up the signature of a form posted to S3:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html.
type PolicyFields struct {
	Algorithm    string // x-amz-algorithm
	Credential   string // x-amz-credential
	Date         string // x-amz-date
	Signature    string // x-amz-signature
	SessionToken string // x-amz-security-token, if there is one
}

// ParsePolicy reads the signature of a posted form. CheckScope holds for it as for any other. The
// policy itself says when it expires, so CheckTime and CheckLife do not apply. Only VerifyPolicy
// verifies it.
func ParsePolicy(r *http.Request, f PolicyFields) (*Signature, error) {
	if f.Algorithm != algorithmV4 {
		return nil, &Error{Reason: ErrAlgorithm, Presigned: true, Given: f.Algorithm}
	}
	s := &Signature{
		request: r, presigned: true, algorithm: f.Algorithm, credential: f.Credential, given: f.Signature, SessionToken: f.SessionToken,
	}
	s.readCredential()
	return s, s.readDate(f.Date)
}

// VerifyPolicy verifies that a policy, in base64 as it was sent, was signed with the secret access
// key.
func (s *Signature) VerifyPolicy(secret, policy string) error {
	if !s.matches(secret, []byte(policy)) {
		return &Error{Reason: ErrMismatch, Presigned: true}
	}
	return nil
}

// PolicyFields returns the fields of a form that a Signer posts, without the signature. They are
// made before the policy, since it must name them.
func (s *Signer) PolicyFields(now time.Time) PolicyFields {
	date := now.UTC().Format(Layout)
	return PolicyFields{
		Algorithm: algorithmV4, Credential: s.credential(date[:len("20060102")]), Date: date, SessionToken: s.SessionToken,
	}
}

// SignPolicy returns the signature of a policy in base64. It completes the fields that PolicyFields
// made for the same time.
func (s *Signer) SignPolicy(policy string, now time.Time) string {
	date := now.UTC().Format(Layout)[:len("20060102")]
	var sum hexHash
	keyScope{s.SecretAccessKey, date, s.Region, s.Service}.key().sum([]byte(policy), &sum)
	return string(sum[:])
}
