package gateway

import (
	"errors"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// ErrUpstream is what Exchange.Err is for a call that failed because its upstream could
// not be reached, did not answer in time or answered what is not HTTP.
var ErrUpstream = errors.New("gateway: the upstream has failed")

// Exchange is a call and its answer.
type Exchange struct {
	Caller   *principal.Caller // with the call's facts; Nobody if it was not authenticated
	Status   int               // answered
	Code     string            // of the error that was answered here, "" for what the upstream answered
	Message  string
	Err      error         // what the code stands for
	OwnFault bool          // this server has failed, and the log has an error about it
	Duration time.Duration // until the head of the answer was ready

	// Denied is what is known of a call that was decided and not sent on; nil of others.
	Denied *Denied

	// Refusal says why it was refused before it was decided; nil if it was not.
	Refusal *Refusal
}

// Denied is a call that was not sent on, as far as it can be told without secrets.
type Denied struct {
	Service    string // botocore's name
	Parameters []services.Parameter
}

// Stage is how far a call had come when it was refused.
type Stage uint8

// The stages, in their order.
const (
	AtSignature  Stage = iota // who signed it is not proved
	AtService                 // no upstream serves it
	AtOperation               // there is no such operation
	AtParameters              // what the operation is given is not understood
	Decided                   // it was decided, and is not a Refusal
)

// Refusal is why a call was refused before it was decided whether its caller may make
// it.
type Refusal struct {
	Stage     Stage
	Fault     *sigv4.Error     // of the signature; nil if it is something else
	Signature *sigv4.Signature // nil if there is none that can be read; good until Observe has returned

	// The rest is of a signature that does not match, see package sigv4.
	CanonicalRequest, StringToSign string
	Absent                         []string
	Diagnosed                      bool
	Change                         string
}
