package gateway

import (
	"errors"
	"net/http"
	"strings"
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

	// UpstreamError is the error that the upstream has answered; nil if it has not, or if the error
	// cannot be read.
	UpstreamError *services.AnswerError

	call   *call
	answer *http.Response // the upstream's; nil if there is none
}

// Shown returns what CloudTrail shows of the call; nil if that is nothing, as of a call that was not
// decided. It may be called until Observe returns.
func (x *Exchange) Shown() *services.Shown {
	c := x.call
	if c == nil || c.known == nil || c.stage != Decided {
		return nil
	}
	shown := c.known.Shown(&c.request, c.in.Host)
	var header http.Header
	if x.answer != nil {
		header = x.answer.Header
	}
	shown.Note(c.known, c.sent(x.answer), header)
	return shown
}

// sent returns what was transferred.
func (c *call) sent(answer *http.Response) services.Sent {
	t := services.Sent{In: c.in.ContentLength, Out: -1}
	if answer != nil {
		t.ID, t.Out = answer.Header.Get("X-Amz-Id-2"), answer.ContentLength
		if c.in.Method == http.MethodHead {
			t.Out = 0
		}
	}
	if c.sig == nil || c.form != nil {
		return t
	}
	t.Method = "AuthHeader"
	if c.sig.Presigned() {
		t.Method = "QueryString"
	}
	if !c.sig.Asymmetric() {
		t.Version = "SigV4" // of SigV4A it is not documented
	}
	return t
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

// readError reads the error in an answer; nil if there is none, or if it cannot be read. It reads at
// most maxError bytes of the body, and puts them back.
func (c *call) readError(res *http.Response) *services.AnswerError {
	if res.StatusCode < http.StatusBadRequest {
		return nil
	}
	var body []byte
	stream := strings.Contains(res.Header.Get("Content-Type"), "stream") // its end may take long
	if c.in.Method != http.MethodHead && !stream && res.Header.Get("Content-Encoding") == "" && res.ContentLength <= maxError {
		body = peek(res, maxError)
	}
	return services.ReadError(c.protocol, res.Header.Get("X-Amzn-Errortype"), body)
}
