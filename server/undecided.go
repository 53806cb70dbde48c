package server

import (
	"errors"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/sts"
)

// explainRefusal gives the event of a call the reason for which it was refused, if that
// is not a decision: what awsapi found, a proof that was not taken, or an error before a
// policy was asked.
func explainRefusal(e *events.Event, x *awsapi.Exchange, mode authz.Mode) {
	if x.Err == nil { // as of most calls, for which nothing is allocated
		return
	}
	if e.Refusal = refusal(x); e.Refusal != nil {
		return
	}
	var proof *sts.ProofError
	var refused *gateway.RefusedError
	switch {
	case errors.Is(x.Err, awsapi.ErrAbandoned) || errors.Is(x.Err, awsapi.ErrDropped):
	case errors.As(x.Err, &proof):
		e.Refusal = aboutProof(proof)
	case errors.As(x.Err, &refused):
		e.Refusal = aboutSetting(refused)
	case mode != authz.Off && e.Decision() == nil && e.Document == nil && !x.Caller.Request.Ended:
		e.Refusal = aboutUndecided(x)
	}
}

// aboutProof explains a token or a code that was not taken.
func aboutProof(p *sts.ProofError) *events.Refusal {
	r := &events.Refusal{Stage: string(p.Proof), Sentence: p.Sentence, Compared: []events.Compared{}, Check: append([]string{}, p.Check...)}
	for _, c := range p.Compared {
		compared(r, c.What, c.Want, c.Got)
	}
	return r
}

// aboutSetting explains why a service refuses a call that policies allow.
func aboutSetting(f *gateway.RefusedError) *events.Refusal {
	r := &events.Refusal{Stage: "setting", Sentence: f.Sentence, Compared: []events.Compared{}, Check: append([]string{}, f.Check...)}
	if f.Setting == "" {
		r.Stage = stages[awsapi.AtParameters]
	}
	for _, c := range f.Compared {
		compared(r, c.What, c.Want, c.Got)
	}
	return r
}

// aboutUndecided explains an error that came before a policy was asked, of a call that
// could be read.
func aboutUndecided(x *awsapi.Exchange) *events.Refusal {
	r := &events.Refusal{Stage: stages[awsapi.AtParameters], Compared: []events.Compared{}, Check: []string{}}
	switch {
	case x.OwnFault:
		r.Stage = "server"
		r.Sentence = "The server failed before a policy was asked; its log has the request ID with the cause."
		check(r, "Try the call again. If it fails again, it is a fault of the server, which its log helps to find.")
	case errors.Is(x.Err, gateway.ErrUpstream):
		r.Stage = "server"
		r.Sentence = "The upstream failed before a policy was asked: it has not said whether a policy of the resource denies the call."
		check(r, "See whether the upstream runs at the address that the message names, and send the call again.")
	case awsapi.BadCredentials(x.Code):
		r.Stage = "credentials"
		r.Sentence = "The credentials are not good any more: their user, role or key was deleted or changed, or they cannot be used here."
		compared(r, "credentials of "+x.Caller.ARN, "credentials of somebody who exists, which are good at this endpoint", "others")
		check(r, "Get new credentials: eval \"$(understudy env --as NAME)\".")
	default:
		aboutParameters(r, x)
	}
	return r
}
