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
	AtSignature  Stage = iota // the signature is not verified
	AtOperation               // there is no such operation
	AtService                 // the service is not served here; see Options.Elsewhere
	AtParameters              // the parameters of the operation are not understood
	decided                   // it was decided, so it is not a Refusal
)

// Refusal is why a request was refused before it was decided whether its caller may
// make it.
type Refusal struct {
	Stage Stage

	// Fault is what is wrong with the signature; nil if it is something else.
	Fault *sigv4.Error

	// Signature is the request's signature; nil if it has none that can be read. It is valid only
	// until Observe returns.
	Signature *sigv4.Signature

	// CanonicalRequest and StringToSign are what the server made of a request whose
	// signature does not match, without secrets.
	CanonicalRequest, StringToSign string

	// Absent are headers that the request names as signed but does not have.
	Absent []string

	// Diagnosed says that Options.Suspects was set; Change is the single change with which the
	// signature would match, empty if there is none.
	Diagnosed bool
	Change    string
}

// refusal returns why the request was refused; nil if it was decided, or if the error is not the
// request's fault.
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

// payload returns the hash of the body in the form that is signed.
func (c *request) payload() string {
	if c.body.sum == nil {
		return sigv4.HashPayload(nil)
	}
	return hex.EncodeToString(c.digest[:])
}
