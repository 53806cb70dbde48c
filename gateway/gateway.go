package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// Options say what a Gateway needs from outside. All but DeclaredPolicy, Accounts,
// Disturb, Entity, EncodedMessage, Suspects, Now and Logger are required.
type Options struct {
	Config

	// OwnAccount is the account of the server's root credentials.
	OwnAccount string

	// Partition is where the accounts are; "" is aws.
	Partition principal.Partition

	// Authorizer decides; *authz.Authorizer is one.
	Authorizer Authorizer

	// Credentials finds the secret and the caller of an access key ID.
	Credentials Credentials

	// Facts returns what is known about a request before its caller is known, and gives it an ID.
	Facts func(*http.Request) principal.Request

	// SignatureAnswer returns IAM's answer to an error of package sigv4: the other services have
	// the same messages with codes of their own.
	SignatureAnswer func(error) error

	// DeclaredPolicy finds the declared policy of the resource with the ARN, for when the upstream
	// has none, and the account that owns it; both are empty if there is none.
	DeclaredPolicy func(ctx context.Context, resource string) (document, owner string, err error)

	// Accounts returns the first accounts that exist, at most the given number; nil: no accounts are known.
	Accounts func(ctx context.Context, most int) ([]string, error)

	// Disturb, if set, may delay a request, and end it with the error that it returns, before its
	// signature is verified. The caller in ctx is not known yet; its Request may be changed. The
	// request goes on with the context that is returned, which must come from ctx. An error with a
	// method Generic() bool that returns true is answered with the service's own code for
	// Throttling, ExpiredToken or InternalFailure.
	Disturb func(ctx context.Context, c Claim) (context.Context, error)

	// InstanceProfile finds an instance profile of the account, which is given by name or
	// ARN: its own ARN and that of the role in it; "" if there is none.
	InstanceProfile func(ctx context.Context, account, profile string) (arn, role string)

	// Used notes that the caller has used an action of a service.
	Used func(c *principal.Caller, service, action string)

	// Entity finds a role, an instance profile or a server certificate by its ARN, for upstreams
	// that must know what calls name; it returns nil if there is none. If Entity itself is nil,
	// nothing is made at an upstream.
	Entity func(ctx context.Context, arn string) (*services.Entity, error)

	// EncodedMessage makes the encoded message that services such as EC2 give to a caller who was
	// denied, "" if there is none.
	EncodedMessage func(ctx context.Context, c *principal.Caller) string

	// Suspects finds the secrets that a client may have signed with by mistake; nil: they are not
	// looked for.
	Suspects func(ctx context.Context, claimed *principal.Principal) []sigv4.Suspect

	// Observe is called for every call, before any part of its answer is sent.
	Observe func(*Exchange)

	// Now is the clock for the age of what upstreams have said; nil is time.Now.
	Now func() time.Time

	Logger *slog.Logger // nil discards
}

// Authorizer decides calls.
type Authorizer interface {
	DecideService(ctx context.Context, call *authz.ServiceCall) (denied []error, err error)
}

// Credential is the secret and the caller of an access key ID.
type Credential struct {
	Secret    string
	Principal principal.Principal
	Admit     func(context.Context) error // is called once the signature was verified
}

// Credentials finds credentials.
type Credentials interface {
	// Lookup finds the credential of an access key ID with the session token that was
	// sent along, for use in the region. Its error is IAM's: InvalidClientTokenId or
	// ExpiredToken.
	Lookup(ctx context.Context, accessKeyID, sessionToken, region string) (Credential, error)
}

// Gateway serves calls to services other than IAM and STS. It is an http.Handler.
type Gateway struct {
	options Options
	routes  routes
	foreign foreignARN
	facts   facts
	names   names
	mirror  mirror
}

// New makes a Gateway. Close it when it is no longer used.
func New(o Options) (*Gateway, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := o.CheckUpstreams(); err != nil {
		return nil, err
	}
	g := &Gateway{options: o}
	for _, u := range o.Upstreams {
		made, err := newUpstream(u, &o.Config)
		if err != nil {
			return nil, err
		}
		g.routes = append(g.routes, made)
	}
	return g, nil
}

// Close closes the idle connections to upstreams.
func (g *Gateway) Close() {
	for _, u := range g.routes {
		u.close()
	}
}

// Takes reports whether a request without a signature is a call to a service other than IAM or STS:
// by a header that these do not have or, if there is an upstream, by a path or a host in the form
// of S3.
func (g *Gateway) Takes(r *http.Request) bool {
	switch {
	case strings.Contains(r.Header.Get(targetHeader), "."), r.Header.Get("Smithy-Protocol") != "":
		return true
	case len(g.routes) == 0:
		return false
	}
	h := g.readHost(r.Host)
	return h.bucket != "" || h.reason != "" || r.URL.Path != "/" && r.URL.Path != ""
}

// ServeHTTP answers one call.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := g.newCall(w, r)
	defer c.close()
	if f := c.admit(); f != nil {
		c.refuse(f)
		return
	}
	c.forward()
}
