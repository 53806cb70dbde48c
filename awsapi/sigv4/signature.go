package sigv4

import (
	"net/http"
	"time"
)

// The names that AWS Signature Version 4 gives to its algorithms and parts:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html.
const (
	algorithmV4  = "AWS4-HMAC-SHA256"
	algorithmV4A = "AWS4-ECDSA-P256-SHA256"

	// Terminator is the last part of a credential scope.
	Terminator = "aws4_request"

	// anyAlgorithm is the prefix of every algorithm that counts as a signature. For AWS, a request
	// whose Authorization header has another scheme (Basic, Bearer, AWS3) is unsigned.
	anyAlgorithm = "AWS4-"
)

// Signature is what a request says about its signature, read from the Authorization header or from
// a presigned query. Nothing in it is verified until CheckTime, CheckScope and Verify have all
// returned nil; the fields are set earlier so that the caller can find the secret.
//
// It refers to the request, which must not be changed until Verify has returned. Verify uses the
// fields as they are, even if they were changed.
type Signature struct {
	AccessKeyID  string
	SessionToken string // empty if none was sent

	// Date, Region and Service are the credential scope's. All are empty if the credential does not
	// have the right number of parts; CheckScope then returns the error. A SigV4A signature is for
	// a set of regions; its Region is the first region in the set, or us-east-1 if it has only
	// patterns.
	Date    string
	Region  string
	Service string

	algorithm     string
	credential    string // as sent: access key ID and scope
	scoped        bool   // the credential has the right number of parts
	regions       string // the region set of SigV4A, as sent
	terminator    string
	signedHeaders string // as sent: names joined by semicolons
	given         string // the signature itself, in hex
	timestamp     string // in the format of Layout, as signed
	time          time.Time
	presigned     bool
	queryToken    bool // the session token is in a presigned query

	request *http.Request
}

// Parse reads the signature of a request; the body is not read. It returns nil and no error if the
// request has no signature. An error is an *Error; a Signature with what could be read may be
// returned with it.
//
// If there are several faults, AWS reports the first in a fixed order, here and in CheckTime and
// CheckScope, which come next: the algorithm, the form of the parts, parts that are missing, the
// signed host, the form of the date, the window of time, the credential, its scope. The
// scratchstack project has documented this ("AWS Auth Error Ordering"); in what dynalite recorded
// of DynamoDB in 2013, host and algorithm came after the time. STS then looks up the key, and last
// compares the signature (recorded).
func Parse(r *http.Request) (*Signature, error) {
	authorization := r.Header["Authorization"]
	algorithm, presigned := queryValue(r.URL.RawQuery, "X-Amz-Algorithm")
	switch {
	case len(authorization) > 0 && presigned:
		return nil, reason(ErrTwoSignatures)
	case presigned:
		return parsePresigned(r, algorithm)
	case len(authorization) > 0:
		// AWS reads the first of several headers: "AWS Auth Error Ordering", rule 6a.
		return parseAuthorization(r, authorization[0])
	}
	return nil, nil
}

// complete reads the parts of a signature that has all of them.
func (s *Signature) complete(date string) (*Signature, error) {
	s.readCredential()
	if !s.signs("host") && !s.signs(":authority") {
		return s, reason(ErrHostNotSigned)
	}
	return s, s.readDate(date)
}

// Asymmetric reports whether it is a signature of SigV4A.
func (s *Signature) Asymmetric() bool { return s.algorithm == algorithmV4A }

// Presigned reports whether the signature is in the query.
func (s *Signature) Presigned() bool { return s.presigned }

// Time returns when the request was signed, as it says.
func (s *Signature) Time() time.Time { return s.time }
