package awsapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/principal"
)

// request is a request while it is handled.
type request struct {
	handler *handler
	*buffers
	r      *http.Request
	target *target // of a call in JSON or REST; nil: it is one of the query protocol

	sig    *sigv4.Signature // nil if there is none
	sigErr error            // of reading it

	body            body
	cut             error // the answer if the body was not read to its end
	badForm         bool  // it is not a form and has no action
	action, version *string
	sent            struct{ action, version string } // in the body

	api    *api
	op     *operation // nil if there is none with that name and version
	caller *principal.Caller
	ctx    context.Context // with the caller
	input  any
	output any // nil if there is none

	code   string // of the error that is answered in REST
	stage  Stage
	fault  error  // of the signature
	secret string // the secret with which the signature does not match
}

// perform takes the call through the steps in AWS's order (recorded at STS): signature, dispatch,
// schema, authorization, method. A panic in any of them fails only this call, not the server.
func (c *request) perform() (out any, err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, fmt.Errorf("%w in %s: %v\n%s", errPanic, c.caller.Request.Operation, v, debug.Stack())
			if c.api == nil {
				c.dispatch(nil)
			}
		}
	}()
	if err := c.authenticate(); err != nil {
		return nil, err
	}
	c.stage = AtOperation
	if c.badForm {
		return nil, badForm()
	}
	if c.op == nil {
		return nil, noSuchOperation(*c.action, c.version)
	}
	if c.op.in == nil {
		return nil, notServed(c.op.name)
	}
	c.stage = AtParameters
	if err := c.decode(); err != nil {
		return nil, err
	}
	c.stage = decided
	ctx, err := c.handler.Authorizer.Authorize(c.ctx, c.op.name, c.input)
	if err != nil {
		return nil, err
	}
	return c.invoke(ctx)
}

// decode makes the input of what was sent.
func (c *request) decode() error {
	if c.target == nil && !c.parse() {
		return badForm()
	}
	in := reflect.New(c.op.in.typ)
	c.input = in.Interface()
	switch {
	case c.isREST():
		return c.decodeREST(in.Elem())
	case c.target != nil:
		return decodeJSON(c.api.Service, c.op.in, in.Elem(), c.body.text.String())
	}
	return decode(c.api.Service, c.op.in, in.Elem(), c.params)
}

// errPanic is wrapped by the error of a request in which something panicked.
var errPanic = errors.New("panic")

// invoke calls the method.
func (c *request) invoke(ctx context.Context) (any, error) {
	out, err := c.op.served.call(ctx, c.input)
	if err == nil && reflect.ValueOf(out).IsNil() {
		err = fmt.Errorf("%s returned neither an output nor an error", c.op.name)
	}
	c.output = out
	return out, err
}

// identify notes what the request says about itself, before any of it is verified.
func (c *request) identify() {
	c.caller = &principal.Caller{Request: c.handler.facts(c.r)}
	c.ctx = principal.NewContext(c.r.Context(), c.caller)
	if c.action != nil {
		c.caller.Request.Operation = *c.action
	}
}

// authenticate finds out who calls. An error in the signature is answered before an error in Action
// or Version (recorded).
func (c *request) authenticate() error {
	sig, err := c.sig, c.sigErr
	c.dispatch(sig)
	if err == nil {
		err = c.disturb(sig)
	}
	switch {
	case err != nil:
		c.fault = err
		return SignatureAnswer(err)
	case sig != nil:
		if err = c.check(); err != nil && c.caller.Claimed == nil {
			c.caller.Claimed = c.claimed()
		}
		return err
	case c.cut != nil:
		return c.cut
	case c.op != nil && c.op.unsigned:
		c.caller.Kind = principal.Anonymous
		c.endpoint("")
		return nil
	}
	return missingAuthenticationToken()
}

// claimed returns the owner of the key that the request was signed with, if it is known.
func (c *request) claimed() *principal.Principal {
	if find := c.handler.Owner; find != nil && c.fault == nil { // the key is the problem
		if p, ok := find(c.ctx, c.sig.AccessKeyID); ok {
			return &p
		}
	}
	return &principal.Principal{AccessKeyID: c.sig.AccessKeyID}
}

// check verifies a signature and who made it.
func (c *request) check() error {
	if c.cut != nil {
		return c.cut
	}
	sig := c.sig
	credential, err := c.lookup()
	if err != nil {
		return err
	}
	if err := c.verify(credential.Secret); err != nil {
		claimed := credential.Principal
		claimed.AccessKeyID = sig.AccessKeyID
		c.caller.Claimed, c.fault, c.secret = &claimed, err, credential.Secret
		return SignatureAnswer(err)
	}
	if err := credential.admit(c.ctx); err != nil {
		return err
	}
	c.caller.Principal = credential.Principal
	c.caller.AccessKeyID = sig.AccessKeyID
	return nil
}

// lookup finds the credential that the request claims to be signed with.
func (c *request) lookup() (Credential, error) {
	sig := c.sig
	if err := cmp.Or(sig.CheckTime(c.caller.Request.Received), sig.CheckScopeIn(c.api.Name, c.handler.onlyIn())); err != nil {
		c.fault = err
		return Credential{}, SignatureAnswer(err)
	}
	c.endpoint(sig.Region)
	return c.handler.Credentials.Lookup(c.ctx, sig.AccessKeyID, sig.SessionToken, c.keyRegion())
}

// dispatch finds the operation and its service: by the target, by the credential scope, or else by
// the version or the action.
func (c *request) dispatch(sig *sigv4.Signature) {
	h := c.handler
	if c.target != nil {
		c.api, c.op = c.target.api, c.target.op
		c.caller.Request.Service = c.api.Name
		return
	}
	if sig != nil {
		c.api = h.api(sig.Service)
	}
	for _, a := range h.apis {
		if c.api == nil && c.version != nil && *c.version == a.Version {
			c.api = a
		}
	}
	for _, a := range h.apis {
		if c.api == nil && c.action != nil && a.operations[*c.action] != nil {
			c.api = a
		}
	}
	if c.api == nil {
		c.api = h.apis[0]
	}
	c.caller.Request.Service = c.api.Name
	if c.action != nil && c.version != nil && *c.version == c.api.Version {
		c.op = c.api.operations[*c.action]
	}
}

// wantsJSON reports whether the client asks for JSON and the service can answer in it.
func (c *request) wantsJSON() bool {
	return c.api.JSON && strings.Contains(c.r.Header.Get("Accept"), "application/json")
}

func (c *request) exchange(status int, err error, d time.Duration) Exchange {
	x := Exchange{
		Caller:    c.caller,
		Service:   c.caller.Request.Service,
		Operation: c.caller.Request.Operation,
		Input:     c.input,
		Output:    c.output,
		Answered:  len(c.out.buf),
		Sent:      len(c.r.URL.RawQuery) + c.body.text.Len(),
		Status:    status,
		Err:       err,
		OwnFault:  c.ownFault(err, status),
		Duration:  d,
		Refusal:   c.refusal(err),
	}
	if err != nil && status != 0 {
		known := c.apiError(err)
		x.Code, x.Message = known.ErrorCode(), known.ErrorMessage()
	}
	return x
}
