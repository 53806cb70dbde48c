package gateway

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/awsapi/sigv4/postform"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// call is a call while it is handled.
type call struct {
	g     *Gateway
	w     http.ResponseWriter
	in    *http.Request // as it was received
	begun time.Time

	ctx    context.Context // with the caller
	caller *principal.Caller
	sig    *sigv4.Signature // nil if there is none
	secret string           // the secret that it should be signed with
	body   *sigv4.Body      // of a signed call, as far as it is verified
	form   *postform.Form   // in place of body: a form that is posted to S3
	fault  *sigv4.Error     // of the signature
	stage  Stage

	admitted func(context.Context) error // is called once the signature was verified

	// request is what is decided about and sent on, with the body as the client means it
	// (uncompressed). whole is the body that is sent on, if it was read.
	request   services.Request
	host      string
	hostFault string // why a call to S3 at this host cannot be decided; "" if it can
	moved     string // the path that is sent on, if it differs from the request's
	whole     []byte
	read      bool
	unread    *failure          // why it could not be read
	raw       *bytes.Buffer     // the body as it was received, where it is kept beside whole; or nil
	facts     facts             // facts from upstreams that count only for this call
	owners    map[string]string // of buckets
	unowned   error             // why the owner of a bucket could not be found
	partly    *partly           // nil: all of it is allowed
	needs     []authz.Need      // the needs that were decided
	named     []string          // ARNs of the instance profiles and server certificates that the call names

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

// close discards the rest of the body.
func (c *call) close() {
	if c.body != nil {
		_ = c.body.Close()
	}
}

// admit takes the call through the steps before it is sent on. If it returns a failure, that is the
// answer.
func (c *call) admit() *failure {
	var fault error
	c.sig, fault = sigv4.Parse(c.in)
	parsed := fault == nil
	bad := c.describe()
	c.recognise() // to know the protocol of the answer
	c.claim()
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
	if parsed {
		if f := c.disturb(); f != nil {
			return f
		}
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
	if f := c.decide(needs); f != nil {
		return f
	}
	return c.place(needs)
}

// describe fills in what is decided about, from the head alone.
func (c *call) describe() *failure {
	r, q := c.in, &c.request
	partition := c.g.options.Partition
	*q = services.Request{
		Method: r.Method, Header: passed(r.Header), Host: r.Host, Partition: partition.String(), Region: partition.Region(),
	}
	c.host, q.Path = r.Host, r.URL.EscapedPath()
	if c.sig != nil {
		q.Path = c.sig.SignedPath()
	}
	c.scope()
	if c.mayBeS3() {
		c.cutHost()
	}
	var ok bool
	q.Query, ok = parseQuery(r.URL.RawQuery)
	name := repeated(q.Header)
	switch {
	case !isPlain(r):
		return c.fail(malformed, "The request's target is not a path that can be sent on.")
	case !ok:
		return c.fail(malformed, "The query string has a semicolon or a percent sign that begins no escape, "+
			"which servers read in different ways; escape it.")
	case name != "":
		return c.fail(malformed, "The header "+name+" is there more than once, which servers read in different ways; send it once.")
	}
	return nil
}

// cutHost removes from the host what a client has put before the endpoint of S3: a bucket or an
// access point, which is moved to the path, or the account of a call to S3 Control, which is in a
// header too.
func (c *call) cutHost() {
	q := &c.request
	h := c.g.readHost(c.in.Host)
	c.hostFault = h.reason
	if h.bucket == "" || c.g.options.Signing.Mode == Keep {
		return
	}
	c.host, q.Host = h.rest, h.rest
	if !h.isControl(q.ControlAccount()) {
		q.Path = h.prefix() + q.Path
	}
}

// scope takes the service and the region from the signature, if there is one.
func (c *call) scope() {
	q := &c.request
	if c.sig != nil {
		q.Service = c.sig.Service
		if region := c.sig.Region; region != sigv4.AWSGlobal && sigv4.ValidRegionIn(region, c.g.options.Partition.Mark()) {
			q.Region = region
		}
	}
	c.caller.Request.Region = q.Region
}

// claim notes the key that the signature names, if there is one.
func (c *call) claim() {
	if c.sig != nil {
		c.caller.Claimed = &principal.Principal{AccessKeyID: clipped(c.sig.AccessKeyID)}
	}
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

// recognise finds the operation, and the upstream of its service. For a call that is not known it
// finds at least the protocol.
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
	names := []string{strings.ToLower(c.request.Service)}
	if c.service != nil {
		names = c.service.Names()
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
	q := &c.request
	q.Account, q.Time, q.Schema, q.PointBucket = c.g.account(c.caller), c.caller.Request.Received, c.schema, c.pointBucket
	q.Caller, q.Resolve, q.KeyOf, q.InstanceProfileRole = c.caller.AccountID, c.resolve, c.keyOf, c.roleInProfile
	q.BucketOwner = c.bucketOwner
	found, err := c.known.Needs(&c.request)
	var wrong *services.Malformed
	switch {
	case c.unowned != nil:
		return nil, c.denied(c.unowned)
	case errors.As(err, &wrong) && wrong.Said:
		f := c.fail(malformed, wrong.Reason)
		f.code = wrong.Code
		return nil, f
	case wrong != nil:
		return nil, c.fail(malformed, wrong.Error())
	case err != nil:
		return nil, c.internal(err)
	case len(found.Needs) > maxNeeds:
		return nil, c.fail(malformed, "The request names more resources than the operation takes.")
	}
	c.named = append(c.named, found.Certificates...)
	return found, nil
}

// roleInProfile returns the ARN of the role in an instance profile that the call names.
func (c *call) roleInProfile(profile string) string {
	arn, role := c.g.options.InstanceProfile(c.ctx, c.request.Account, profile)
	if arn != "" && !slices.Contains(c.named, arn) {
		c.named = append(c.named, arn)
	}
	return role
}

// maxNeeds is more than any operation asks for: DeleteObjects of S3 takes 1,000 keys.
const maxNeeds = 5000

// unknownNeeds returns the needs of an operation that is not in the tables: if the configuration is
// lenient, the action of its name on every resource.
func (c *call) unknownNeeds() (*services.Needs, *failure) {
	facts := &c.caller.Request
	if c.unknown != nil && c.unknown.Reason != "" {
		return nil, c.fail(malformed, "The request is not sent on, since an upstream could take it for another one: "+c.unknown.Error()+".")
	}
	c.stage = AtOperation
	if !c.g.options.Lenient {
		return nil, c.fail(denied, "Understudy does not know the operation "+facts.Operation+" of "+facts.Service+
			", so that no policy can decide it; start the server with --gateway=lenient to have it decided by that name, on every resource.")
	}
	operation := facts.Operation
	if strings.ContainsAny(operation, " /:*?") || operation == "" {
		operation = "UnknownOperation"
	}
	return &services.Needs{
		Needs: []authz.Need{{Action: facts.Service + ":" + operation, Resource: "*"}}, Resolution: services.Unresolved,
	}, nil
}

// decide asks the policies.
func (c *call) decide(found *services.Needs) *failure {
	o, needs := &c.g.options, found.Needs
	c.complete(needs)
	for i := range needs {
		if found.Resolution == services.Unresolved && needs[i].Resource == "*" {
			needs[i].Wide = c.wide()
		}
		if i == 0 || needs[i].Action != needs[i-1].Action { // DeleteObjects has a thousand needs of one action
			service, action, _ := strings.Cut(needs[i].Action, ":")
			o.Used(c.caller, service, action)
		}
	}
	c.needs = needs
	decided := c.serviceCall(needs)
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

// complete adds to needs who owns their resources, and the words in which they are denied.
func (c *call) complete(needs []authz.Need) {
	owner := c.g.account(c.caller)
	for i := range needs {
		if needs[i].Owner == "" {
			needs[i].Owner = owner
		}
		c.noteOwner(&needs[i])
		word(&needs[i])
	}
}

// serviceCall returns the call for the decision, with its needs.
func (c *call) serviceCall(needs []authz.Need) *authz.ServiceCall {
	facts := &c.caller.Request
	return &authz.ServiceCall{Service: facts.Service, Operation: facts.Operation, Needs: needs, Policy: c.policyOf, Tags: c.tagsOf}
}

// wide says why the call is decided on every resource.
func (c *call) wide() string {
	if c.known == nil {
		return "the operation is not known, and with --gateway=lenient it is decided by its name"
	}
	return "it is not known which resource a call of " + c.known.Operation + " is about"
}
