package awsapi

import (
	"encoding/hex"
	"errors"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// Stage is how far a request had come when it was refused.
type Stage uint8

// The stages, in their order.
const (
	AtSignature  Stage = iota // who signed it is not proved
	AtOperation               // there is no such operation
	AtService                 // the service is not served here; see Options.Elsewhere
	AtParameters              // what the operation is given is not understood
	decided                   // whether the caller may is decided, and it is not a Refusal
)

// Refusal is why a request was refused before it was decided whether its caller may
// make it.
type Refusal struct {
	Stage Stage

	// Fault is what is wrong with the signature; nil if it is something else.
	Fault *sigv4.Error

	// Signature is what the request says of its own; nil if it has none that can be
	// read. It is good only until Observe has returned.
	Signature *sigv4.Signature

	// CanonicalRequest and StringToSign are what the server made of a request whose
	// signature does not match, without secrets.
	CanonicalRequest, StringToSign string

	// Absent are headers that are signed, as the request says, and that it lacks.
	Absent []string

	// Diagnosed says that Options.Suspects was there, and Change is the one change
	// with which the signature would match; empty if none would.
	Diagnosed bool
	Change    string
}

// refusal is why the request was refused; nil if it was decided, or the error is not
// of the request.
func (c *request) refusal(err error) *Refusal {
	if err == nil || c.stage == decided || errors.Is(err, ErrAbandoned) || errors.Is(err, ErrDropped) {
		return nil
	}
	r := &Refusal{Stage: c.stage, Signature: c.sig}
	if !errors.As(c.fault, &r.Fault) || r.Fault.Reason != sigv4.ErrMismatch {
		return r
	}
	payload := c.payload()
	r.CanonicalRequest, r.StringToSign = c.sig.Shown(payload)
	r.Absent = c.sig.Absent()
	if c.handler.Suspects != nil {
		r.Diagnosed = true
		r.Change = c.sig.Diagnose(c.secret, payload, c.handler.Suspects(c.ctx, c.caller.Claimed))
	}
	return r
}

// payload is the hash of the body as it is signed.
func (c *request) payload() string {
	if c.body.sum == nil {
		return sigv4.HashPayload(nil)
	}
	return hex.EncodeToString(c.digest[:])
}
