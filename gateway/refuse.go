package gateway

import (
	"errors"
	"net/http"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// refuse answers a call that is not sent on, or that the upstream did not answer.
func (c *call) refuse(f *failure) {
	if f.dropped {
		c.observe(&Exchange{Err: f})
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	a := c.answerOf(f)
	ended := c.caller.Request.Ended // on purpose
	ownFault := !ended && f.kind == internal && a.status >= http.StatusInternalServerError && a.code != "ServiceUnavailable"
	if ownFault {
		c.g.options.Logger.Error("request failed", "request_id", a.requestID, "service", c.caller.Request.Service,
			"operation", c.caller.Request.Operation, "error", f.err)
	}
	x := &Exchange{Status: a.status, Code: a.code, Message: a.message, Err: f, OwnFault: ownFault}
	if c.stage != Decided && !ended {
		x.Refusal = c.refusal()
	}
	if c.stage == Decided && c.known != nil {
		x.Denied = c.told()
	}
	c.observe(x)
	c.write(a)
}

// told returns what may be shown of the call: the parameters that are in the ARNs of its resources.
func (c *call) told() *Denied {
	resources := make([]string, 0, len(c.needs))
	for i := range c.needs[:min(len(c.needs), maxTold)] {
		resources = append(resources, c.needs[i].Resource)
	}
	return &Denied{Service: c.known.Service.Name, Parameters: c.known.Parameters(&c.request, resources)}
}

// maxTold is how many resources are looked at: few operations have one parameter for each resource.
const maxTold = 10

// observe reports the call.
func (c *call) observe(x *Exchange) {
	if c.g.options.Observe == nil {
		return
	}
	x.Caller, x.Duration, x.call = c.caller, time.Since(c.begun), c
	c.g.options.Observe(x)
}

// refusal returns why the call was refused before it was decided.
func (c *call) refusal() *Refusal {
	r := &Refusal{Stage: c.stage, Signature: c.sig, Fault: c.fault}
	if c.fault == nil || !errors.Is(c.fault, sigv4.ErrMismatch) || c.sig == nil || c.form != nil { // of a form only the policy is signed
		return r
	}
	payload := c.sig.Payload()
	if c.read || payload == "" {
		payload = sigv4.HashPayload(c.whole)
	}
	r.CanonicalRequest, r.StringToSign = c.sig.Shown(payload)
	r.Absent = c.sig.Absent()
	if suspects := c.g.options.Suspects; suspects != nil {
		r.Diagnosed = true
		r.Change = c.sig.Diagnose(c.secret, payload, suspects(c.ctx, c.caller.Claimed))
	}
	return r
}
