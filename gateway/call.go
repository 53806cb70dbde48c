package gateway

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// call is one call on its way.
type call struct {
	g     *Gateway
	w     http.ResponseWriter
	in    *http.Request // as it came
	begun time.Time

	ctx    context.Context // with the caller
	caller *principal.Caller
	sig    *sigv4.Signature // nil if there is none
	secret string           // with which it should be signed
	body   *sigv4.Body      // of a call that is signed, as far as it is proved
	fault  *sigv4.Error     // of the signature
	stage  Stage

	admitted func(context.Context) error // is called once the secret was shown

	// request is what is decided about and sent on, with the body as the client means
	// it. whole is the body as it is sent on, if it was read.
	request services.Request
	host    string
	whole   []byte
	read    bool
	raw     *bytes.Buffer // the body as it came, where it is kept beside whole; or nil
	partly  *partly       // nil: all of it is allowed

	known    *services.Call    // nil: it is not known
	unknown  *services.Unknown // nil: it is known, or its service is not
	service  *services.Service
	protocol services.Protocol
	upstream *upstream
}

func (g *Gateway) newCall(w http.ResponseWriter, r *http.Request) *call {
	c := &call{g: g, w: w, in: r, begun: time.Now(), caller: &principal.Caller{Request: g.options.Facts(r)}}
	c.ctx = principal.NewContext(r.Context(), c.caller)
	return c
}

// close gives up what is left of the body.
func (c *call) close() {
	if c.body != nil {
		_ = c.body.Close()
	}
}

// admit takes the call through the steps before it is sent on. The failure is what to
// answer instead.
func (c *call) admit() *failure {
	var fault error
	c.sig, fault = sigv4.Parse(c.in)
	bad := c.describe()
	c.recognise() // so that there is a protocol to answer in
	if c.sig != nil {
		c.caller.Claimed = &principal.Principal{AccessKeyID: clipped(c.sig.AccessKeyID)}
	}
	if fault == nil && len(c.g.routes) > 0 {
		fault = c.open()
	}
	if bad == nil && c.isForm() {
		bad = c.readForm(fault == nil)
		c.recognise()
	}
	if c.upstream == nil {
		c.stage = AtService
		return c.notServed()
	}
	if fault == nil {
		fault = c.prove()
	}
	if fault != nil {
		return c.unproved(fault)
	}
	c.stage = AtParameters
	if bad == nil {
		bad = c.doubt()
	}
	if bad != nil {
		return bad
	}
	needs, f := c.findNeeds()
	if f != nil {
		return f
	}
	c.stage = Decided
	for name, value := range needs.Set {
		c.request.Header.Set(name, value)
	}
	return c.decide(needs)
}

// describe fills in what is decided about, by the head alone.
func (c *call) describe() *failure {
	r, q := c.in, &c.request
	*q = services.Request{Method: r.Method, Header: passed(r.Header), Host: r.Host, Partition: c.g.options.Partition.String(), Region: c.g.options.Partition.Region()}
	c.host, q.Path = r.Host, r.URL.EscapedPath()
	if c.sig != nil {
		q.Service, q.Path = c.sig.Service, c.sig.SignedPath()
		if sigv4.ValidRegion(c.sig.Region) && c.sig.Region != sigv4.AWSGlobal {
			q.Region = c.sig.Region
		}
	}
	c.caller.Request.Region = q.Region
	if bucket, rest := bucketHost(r.Host); bucket != "" && c.mayBeS3() && c.g.options.Signing.Mode != Keep {
		q.Path, c.host = "/"+bucket+q.Path, rest
		q.Host = rest
	}
	var ok bool
	q.Query, ok = parseQuery(r.URL.RawQuery)
	name := repeated(q.Header)
	switch {
	case !isPlain(r):
		return c.fail(malformed, "The request's target is not a path that can be sent on.")
	case !ok:
		return c.fail(malformed, "The query string has a semicolon or a percent sign that begins no escape, which servers read in different ways; escape it.")
	case name != "":
		return c.fail(malformed, "The header "+name+" is there more than once, which servers read in different ways; send it once.")
	}
	return nil
}

// mayBeS3 reports whether the host may name a bucket.
func (c *call) mayBeS3() bool {
	if c.sig != nil {
		return strings.HasPrefix(c.sig.Service, "s3")
	}
	return c.in.Header.Get(targetHeader) == "" && c.in.Header.Get("Smithy-Protocol") == ""
}

func (c *call) isForm() bool {
	return c.in.Method == http.MethodPost && isForm(c.in.Header) && (c.sig == nil || !strings.HasPrefix(c.sig.Service, "s3"))
}

// recognise finds the operation, and the upstream of its service. A call that is not
// known has at least a protocol.
func (c *call) recognise() {
	facts := &c.caller.Request
	known, err := services.Recognise(&c.request)
	var unknown *services.Unknown
	c.known, c.unknown = nil, nil
	switch {
	case err == nil:
		c.known, c.service, c.protocol = known, known.Service, known.Protocol
		facts.Service, facts.Operation = known.Service.Prefix, known.Operation
	case errors.As(err, &unknown):
		c.unknown, c.service, c.protocol = unknown, unknown.Service, unknown.Protocol
		facts.Service, facts.Operation = unknown.Service.Prefix, clipped(c.shownOperation())
	default:
		c.protocol = guessProtocol(c.in, c.request.Service)
		facts.Service, facts.Operation = clipped(c.shownService()), clipped(c.shownOperation())
	}
	names := []string{c.request.Service}
	if c.service != nil {
		names = []string{c.service.Name, c.service.SigningName, c.service.Prefix}
	}
	c.upstream = c.g.routes.of(names...)
}

// findNeeds finds the permissions that the call needs.
func (c *call) findNeeds() (*services.Needs, *failure) {
	if c.known == nil {
		return c.unknownNeeds()
	}
	if c.known.Body == services.Whole {
		if f := c.readWhole(maxWhole); f != nil {
			return nil, f
		}
	}
	c.request.Account, c.request.Time, c.request.Schema = c.g.account(c.caller), c.caller.Request.Received, c.schema
	found, err := c.known.Needs(&c.request)
	var wrong *services.Malformed
	switch {
	case errors.As(err, &wrong) && wrong.Said:
		return nil, c.fail(malformed, wrong.Reason)
	case wrong != nil:
		return nil, c.fail(malformed, wrong.Error())
	case err != nil:
		return nil, c.internal(err)
	case len(found.Needs) > maxNeeds:
		return nil, c.fail(malformed, "The request names more resources than the operation takes.")
	}
	return found, nil
}

// maxNeeds is more than any operation asks for: DeleteObjects of S3 takes 1,000 keys.
const maxNeeds = 5000

// unknownNeeds are those of an operation that is not in the tables: by its name, on
// every resource, if the configuration is lenient.
func (c *call) unknownNeeds() (*services.Needs, *failure) {
	facts := &c.caller.Request
	c.stage = AtOperation
	if c.unknown != nil && c.unknown.Reason != "" {
		return nil, c.fail(malformed, "The request is not sent on, since an upstream could take it for another one: "+c.unknown.Error()+".")
	}
	if !c.g.options.Lenient {
		return nil, c.fail(denied, "Understudy does not know the operation "+facts.Operation+" of "+facts.Service+
			", so that no policy can decide it; start the server with --gateway=lenient to have it decided by that name, on every resource.")
	}
	operation := facts.Operation
	if strings.ContainsAny(operation, " /:*?") || operation == "" {
		operation = "UnknownOperation"
	}
	return &services.Needs{Needs: []authz.Need{{Action: facts.Service + ":" + operation, Resource: "*"}}, Resolution: services.Unresolved}, nil
}

// decide asks the policies.
func (c *call) decide(found *services.Needs) *failure {
	o, facts, needs := &c.g.options, &c.caller.Request, found.Needs
	owner := c.g.account(c.caller)
	for i := range needs {
		if needs[i].Owner == "" {
			needs[i].Owner = owner
		}
		c.word(&needs[i])
		if i == 0 || needs[i].Action != needs[i-1].Action { // DeleteObjects has a thousand of one
			service, action, _ := strings.Cut(needs[i].Action, ":")
			o.Used(c.caller, service, action)
		}
	}
	decided := &authz.ServiceCall{Service: facts.Service, Operation: facts.Operation, Needs: needs}
	for _, item := range found.Items {
		decided.Parts = append(decided.Parts, authz.Part(item))
	}
	parts, err := o.Authorizer.DecideService(c.ctx, decided)
	switch {
	case err != nil:
		return c.denied(err)
	case parts != nil:
		return c.leaveOut(found, parts)
	}
	return nil
}

// account is the one whose resources the upstreams hold.
func (g *Gateway) account(c *principal.Caller) string {
	if g.options.Config.Account == CallersAccount && c.AccountID != "" {
		return c.AccountID
	}
	return g.defaultAccount()
}

func (g *Gateway) defaultAccount() string {
	if a := g.options.Config.Account; a != "" && a != CallersAccount {
		return a
	}
	return g.options.OwnAccount
}
