package sigv4

import (
	"strconv"
	"time"
)

// Window is how far the time of a request may be from the server's, in either direction.
const Window = 15 * time.Minute

// CheckTime refuses a request whose time is more than Window from now. For IAM and STS it is the
// only limit of a presigned request too: they ignore X-Amz-Expires (Versity's gateway found the
// same in IAM; Kubernetes' EKS tokens, which ask for 60 seconds, are known to live for 15 minutes).
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

// CheckLife is CheckTime for a service other than IAM and STS: a presigned request is valid for the
// number of seconds in X-Amz-Expires. S3 refuses a request without it, or with a value that is not
// 0 to 604800, with ErrLife.
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
// and a scope of another service; "" accepts any service. The
// region may be any that AWS has (see ValidRegion).
func (s *Signature) CheckScope(service string) error { return s.CheckScopeIn(service, "") }

// CheckScopeIn is CheckScope with a region of the given partition, such as aws-cn; "" is any.
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
// This departs from AWS, where an endpoint accepts only its own region, and the global endpoints of
// IAM and STS only us-east-1. Here one address serves all endpoints of a service, and an SDK signs
// for the region that it is configured with; refusing other regions would refuse unchanged clients.
// A name that cannot be a region of AWS is refused as AWS refuses it.
func (s *Signature) anyRegion(partition string) bool {
	if s.algorithm == algorithmV4A {
		return validRegionSet(s.regions, partition)
	}
	return ValidRegionIn(s.Region, partition)
}
