package sigv4

import (
	"strconv"
	"time"
)

// Window is how far the time of a request may be from the server's, both ways.
const Window = 15 * time.Minute

// CheckTime refuses a request whose time is more than Window from now. For IAM
// and STS it is the only bound of a presigned request too: they do not apply
// X-Amz-Expires (Versity's gateway found the same in IAM; Kubernetes' EKS
// tokens, which ask for 60 seconds, are known to live for 15 minutes).
func (s *Signature) CheckTime(now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	if s.time.Before(now.Add(-Window)) {
		return s.outOfTime(ErrExpired, now)
	}
	if s.time.After(now.Add(Window)) {
		return s.outOfTime(ErrNotYetCurrent, now)
	}
	return nil
}

// maxLife is the longest life of a presigned request, in seconds: a week.
const maxLife = 7 * 24 * 60 * 60

// CheckLife is CheckTime for a service other than IAM and STS: a presigned
// request with X-Amz-Expires is good for so many seconds, and no longer. S3 refuses
// one that does not have it, or has none of 0 to 604800 seconds, with ErrLife.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func (s *Signature) CheckLife(now time.Time) error {
	if !s.presigned {
		return s.CheckTime(now)
	}
	text, _ := queryValue(s.request.URL.RawQuery, "X-Amz-Expires")
	seconds, err := strconv.Atoi(text)
	good := err == nil && seconds >= 0 && seconds <= maxLife
	switch {
	case !good && singleEncoded(s.Service):
		return &Error{Reason: ErrLife, Presigned: true, Given: text}
	case !good || now.Before(s.time):
		return s.CheckTime(now)
	case now.After(s.time.Add(time.Duration(seconds) * time.Second)):
		return s.outOfTime(ErrExpired, now)
	}
	return nil
}

func (s *Signature) outOfTime(r error, now time.Time) error {
	return &Error{Reason: r, Presigned: s.presigned, Given: s.timestamp, Now: now}
}

// CheckScope refuses, in this order, a credential with the wrong number of parts
// and a scope that is not this service's; with "" any service will do. The
// region may be any that AWS has (see ValidRegion).
func (s *Signature) CheckScope(service string) error { return s.CheckScopeIn(service, "") }

// CheckScopeIn is CheckScope where the region must be one of the partition, such as
// aws-cn; "" is any.
func (s *Signature) CheckScopeIn(service, partition string) error {
	if !s.scoped {
		return &Error{Reason: ErrCredential, Presigned: s.presigned, Given: s.credential, Asymmetric: s.algorithm == algorithmV4A}
	}
	fault := ScopeFault{
		Region:     !s.anyRegion(partition),
		Service:    s.Service != service && service != "",
		Terminator: s.terminator != Terminator,
		Date:       s.Date != s.timestamp[:len("20060102")],
	}
	if fault == (ScopeFault{}) {
		return nil
	}
	return &Error{Reason: ErrScope, Presigned: s.presigned, Scope: fault, Service: service}
}

// anyRegion reports whether the scope's region is one that AWS has or could
// have in the partition.
//
// This departs from AWS, where an endpoint takes its own region only and IAM's
// and STS's global endpoints take us-east-1. One address here stands for all
// endpoints of a service, and an SDK that is pointed at it signs for the region
// that it is configured with; to refuse those would refuse unchanged clients. A
// name that is not a region of AWS's is refused as AWS refuses it.
func (s *Signature) anyRegion(partition string) bool {
	if s.algorithm == algorithmV4A {
		return validRegionSet(s.regions, partition)
	}
	return ValidRegionIn(s.Region, partition)
}
