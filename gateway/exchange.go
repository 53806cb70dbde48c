package gateway

import (
	"errors"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// ErrUpstream is matched by Exchange.Err if the upstream could not be reached, did not answer in
// time or did not answer in HTTP.
var ErrUpstream = errors.New("gateway: the upstream has failed")

// Exchange is a call and its answer.
type Exchange struct {
	Caller   *principal.Caller // with the call's facts; Nobody if it was not authenticated
	Status   int               // answered
	Code     string            // of an error of this server; "" if the upstream answered
	Message  string
	Err      error         // what the code stands for
	OwnFault bool          // this server failed, and the log has an error about it
	Duration time.Duration // until the head of the answer was ready

	// Denied describes a call that was decided and not sent on; nil for others.
	Denied *Denied

	// Refusal says why it was refused before it was decided; nil if it was not.
	Refusal *Refusal
}

// Denied describes a call that was not sent on, without secrets.
type Denied struct {
	Service    string // botocore's name
	Parameters []services.Parameter
}

// Stage is how far a call had come when it was refused.
type Stage uint8

// The stages, in their order.
const (
	AtSignature  Stage = iota // the signature is not verified
	AtService                 // no upstream serves it
	AtOperation               // there is no such operation
	AtParameters              // the parameters of the operation are not understood
	Decided                   // it was decided, so it is not a Refusal
)

// Refusal is why a call was refused before it was decided whether its caller may make
// it.
type Refusal struct {
	Stage     Stage
	Fault     *sigv4.Error     // of the signature; nil if it is something else
	Signature *sigv4.Signature // nil if there is none that can be read; valid until Observe returns

	// The fields below are for a signature that does not match, see package sigv4.
	CanonicalRequest, StringToSign string
	Absent                         []string
	Diagnosed                      bool
	Change                         string
}
