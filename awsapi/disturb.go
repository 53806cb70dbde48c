package awsapi

import (
	"errors"
	"net/http"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/principal"
)

// ErrDropped is returned by Options.Disturb to close the connection without an
// answer.
var ErrDropped = errors.New("awsapi: the request is dropped")

// Claim is what a request says about who signed it, before any of it is verified.
type Claim struct {
	AccessKeyID  string // empty for a request that is not signed
	SessionToken string // empty if none was sent
	Region       string // as for Credentials.Lookup
}

// faultHeader names, in an answer, the faults that the request was given on
// purpose.
const faultHeader = "X-Understudy-Fault"

// disturb gives the request the fault that somebody asked for.
func (c *request) disturb(sig *sigv4.Signature) error {
	if c.handler.Disturb == nil {
		return nil
	}
	var claim Claim
	if sig != nil {
		c.endpoint(sig.Region)
		claim = Claim{AccessKeyID: sig.AccessKeyID, SessionToken: sig.SessionToken, Region: c.keyRegion()}
	}
	ctx, err := c.handler.Disturb(c.ctx, claim)
	if err == nil {
		c.ctx = ctx
	}
	return err
}

// keyRegion returns the region in which session tokens must be valid.
func (c *request) keyRegion() string {
	if c.api.GlobalOnly {
		return c.handler.Partition.Region()
	}
	return c.caller.Request.Region
}

// markFaults says in an answer that a fault in it is not a defect.
func markFaults(h http.Header, r *principal.Request) {
	if len(r.Faults) > 0 {
		h[faultHeader] = r.Faults
	}
}
