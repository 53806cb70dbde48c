package awsapi

import (
	"net/http"
	"time"
)

// The names that AWS Signature Version 4 gives to its algorithms and parts:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html.
const (
	algorithmV4  = "AWS4-HMAC-SHA256"
	algorithmV4A = "AWS4-ECDSA-P256-SHA256"
	terminator   = "aws4_request"

	// anyAlgorithm begins the name of every algorithm that counts as a
	// signature. An Authorization header with another scheme (Basic, Bearer,
	// AWS3) is, to AWS, an unsigned request.
	anyAlgorithm = "AWS4-"

	// clockWindow is how far a request's time may be from ours, both ways.
	clockWindow = 15 * time.Minute
)

// signature is what a request says of its own signature, taken from the
// Authorization header or from a presigned query. Nothing in it is proved
// until checkScope and verify have both returned nil; the fields are there
// before so that the caller can find the secret.
//
// It refers to the request and to the body given to parseSignature, which
// must both stay unchanged until verify has returned.
type signature struct {
	AccessKeyID  string
	SessionToken string // empty if none was sent

	// Date, Region and Service are the credential scope's. All are empty if the
	// credential has not the right number of parts; checkScope then returns the
	// error. A SigV4A signature is for a set of regions; its Region is the
	// first that the set names, or us-east-1 if it has only patterns.
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
	timestamp     string // in ISO 8601 basic format, as signed
	time          time.Time
	presigned     bool
	queryToken    bool // the session token is in a presigned query

	request *http.Request
	body    []byte
	payload string // the payload's hash as signed, where it is not taken from the body
}

// parseSignature reads the signature of a request, whose body is given because
// r.Body has been read. It returns nil and no error when the request carries
// no signature at all. An error is a *smithy.GenericAPIError with AWS's code
// and text; what could be read may come with it.
//
// Of several faults AWS reports the first in a fixed order, here and in
// checkScope: the algorithm, the form of the parts, parts that are missing, the
// signed host, the form of the date, the window of time, the credential, its
// scope. The scratchstack project has written this down ("AWS Auth Error
// Ordering"); what dynalite recorded of DynamoDB in 2013 differs in that host
// and algorithm came after the time. STS then looks up the key, and last
// compares the signature (recorded).
func parseSignature(r *http.Request, body []byte) (*signature, error) {
	authorization := r.Header["Authorization"]
	algorithm, presigned := queryValue(r.URL.RawQuery, "X-Amz-Algorithm")
	switch {
	case len(authorization) > 0 && presigned:
		return nil, signedTwice()
	case presigned:
		return parsePresigned(r, body, algorithm)
	case len(authorization) > 0:
		// AWS reads the first of several: "AWS Auth Error Ordering", rule 6a.
		return parseAuthorization(r, body, authorization[0])
	}
	return nil, nil
}

// checkScope refuses, in this order, a request outside the 15-minute window, a
// credential with the wrong number of parts, and a scope that is not this
// service's. The service is "iam" or "sts"; the region may be any that AWS has
// (see anyRegion).
func (s *signature) checkScope(service string, now time.Time) error {
	if err := s.checkTime(now); err != nil {
		return err
	}
	if !s.scoped {
		return malformedCredential(s.algorithm, s.credential)
	}
	fault := scopeFault{
		region:     !s.anyRegion(),
		service:    s.Service != service,
		terminator: s.terminator != terminator,
		date:       s.Date != s.timestamp[:len("20060102")],
	}
	return fault.err(service)
}

// complete reads the parts of a signature that has them all.
func (s *signature) complete(date string) (*signature, error) {
	s.readCredential()
	if !s.signs("host") && !s.signs(":authority") {
		return s, hostNotSigned()
	}
	return s, s.readDate(date)
}

// checkTime refuses a request whose time is more than 15 minutes from now.
// For presigned requests it is the only bound: IAM and STS do not apply
// X-Amz-Expires (Versity's gateway found the same in IAM; Kubernetes' EKS
// tokens, which ask for 60 seconds, are known to live for 15 minutes).
func (s *signature) checkTime(now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	if s.time.Before(now.Add(-clockWindow)) {
		return signatureExpired(s.timestamp, now)
	}
	if s.time.After(now.Add(clockWindow)) {
		return signatureNotYetCurrent(s.timestamp, now)
	}
	return nil
}

// verify proves that the request was signed with the secret access key and has
// not been altered since. It takes the same time whichever byte of the
// signature is wrong.
//
// Two things that signers do differently are both accepted, the usual one
// first: a host signed without its port, which curl does, and a session token
// that is appended to a presigned query after it was signed, which AWS allows
// for (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html).
func (s *signature) verify(secret string) error {
	x := scratches.Get().(*scratch)
	defer x.release()
	sum := payloadHash(s.body)
	payload := sum[:]
	if s.payload != "" {
		payload = []byte(s.payload)
	}
	for _, f := range forms {
		if !f.possible(s) {
			continue
		}
		canonical, ok := x.canonical(s, f, payload)
		if !ok {
			break
		}
		if s.matches(secret, x.stringToSign(s, canonical)) {
			return nil
		}
	}
	return signatureDoesNotMatch()
}
