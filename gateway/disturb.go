package gateway

import (
	"errors"
	"net/http"

	"github.com/understudy-iam/understudy/gateway/services"
)

// ErrDropped is returned by Options.Disturb to close the connection without an answer.
var ErrDropped = errors.New("gateway: the request is dropped")

// Claim is what a request says about who signed it, before any of it is verified.
type Claim struct {
	AccessKeyID  string // empty for a request that is not signed
	SessionToken string // empty if none was sent
	Region       string
}

// Operations returns the operations that can be sent on, such as "s3:GetObject".
func Operations() []string { return services.Operations() }

// faultHeader names, in an answer, the faults that the request was given on purpose.
const faultHeader = ownPrefix + "Fault"

// disturb gives the call the fault that somebody asked for.
func (c *call) disturb() *failure {
	if c.g.options.Disturb == nil {
		return nil
	}
	claim := Claim{Region: c.request.Region}
	if c.sig != nil {
		claim.AccessKeyID, claim.SessionToken = c.sig.AccessKeyID, c.sig.SessionToken
	}
	ctx, err := c.g.options.Disturb(c.ctx, claim)
	switch {
	case err == nil:
		c.ctx = ctx
		return nil
	case errors.Is(err, ErrDropped):
		return &failure{dropped: true, err: err}
	}
	return c.injected(err)
}

// generic are the kinds of errors for which each service has its own code, by the code of IAM.
var generic = map[string]kind{"Throttling": throttled, "ExpiredToken": expired, "InternalFailure": internal}

// injected returns the failure for an error that somebody asked for, with the code and the message
// of the fault, or those of the service.
func (c *call) injected(err error) *failure {
	var known interface {
		ErrorCode() string
		ErrorMessage() string
		Generic() bool
		HTTPStatus() int
	}
	if !errors.As(err, &known) {
		return c.internal(err)
	}
	k, ok := generic[known.ErrorCode()]
	if ok && known.Generic() {
		f := c.fail(k, known.ErrorMessage())
		if k == throttled && c.serviceIs("lambda") {
			f.code = "TooManyRequestsException"
			f.status = http.StatusTooManyRequests
		}
		f.err = err
		return f
	}
	f := &failure{kind: internal, code: known.ErrorCode(), message: known.ErrorMessage(), status: known.HTTPStatus(), err: err}
	if f.status == 0 {
		f.status = http.StatusBadRequest
	}
	return f
}
