package awsapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/principal"
)

// Options say what a handler needs from outside. Model, Credentials and
// Authorizer are required; the zero value of every other field works.
type Options struct {
	// Model holds the API's constraints, wire names and statuses; model.New makes that of IAM and
	// STS.
	Model *Model

	// Credentials finds the secret for an access key ID.
	Credentials Credentials

	// Authorizer decides whether the caller may perform an operation.
	Authorizer Authorizer

	// Elsewhere, if set, serves calls to other services. Without it they are answered as faulty
	// calls to these.
	Elsewhere Elsewhere

	// Disturb, if set, may delay a request, and end it with the error that it returns, before its
	// signature is verified. The caller in ctx is not known yet; its Request may be changed. The
	// request goes on with the context that is returned, which must come from ctx. An error that
	// has a method HTTPStatus() int is answered with that status, unless it is 0.
	Disturb func(ctx context.Context, c Claim) (context.Context, error)

	// Now is the clock for the signature's time window, which clients' clocks must match; nil is
	// time.Now.
	Now func() time.Time

	// Clock is the time of a request for everything but its signature: nil is Now.
	Clock func() time.Time

	// NewID makes request IDs; nil makes random UUIDs.
	NewID func() string

	// Logger gets the answers that are our fault; nil discards them.
	Logger *slog.Logger

	// TrustForwardedFor takes the caller's address from the first element of
	// X-Forwarded-For, and the scheme from X-Forwarded-Proto. Set it only behind
	// a proxy that writes these headers.
	TrustForwardedFor bool

	// SecureTransport treats every request as if it came over TLS, as at AWS, whose endpoints
	// accept no other. Without it the connection decides.
	SecureTransport bool

	// Partition is the partition of the service. In a partition other than aws, credential scopes
	// must name one of its regions, and the endpoints have its domain. "" is principal.AWS, where a
	// scope may name any region.
	Partition principal.Partition

	// GlobalRegion is a region whose name in a credential scope means the global endpoint of the
	// service, as "aws-global" does; empty for none.
	GlobalRegion string

	// Suspects, if set, finds the secrets that a client may have signed with by mistake, for a
	// Refusal; claimed is the owner of the key that the request names. The record of a wrong
	// signature then says whose secret was used.
	Suspects func(ctx context.Context, claimed *principal.Principal) []sigv4.Suspect

	// Owner, if set, finds who owns an access key that cannot be used, such as an inactive one, for
	// the record of the request. It is not used for decisions.
	Owner func(ctx context.Context, accessKeyID string) (principal.Principal, bool)

	// Observe, if set, is called for every request that reached a service, when its answer is ready
	// and before any of it is sent: whoever has the answer can rely on what Observe has done. The
	// Exchange does not change afterwards.
	Observe func(Exchange)
}

// Credential is the secret and the caller of an access key ID.
type Credential struct {
	Secret    string // the secret access key, which signs
	Principal principal.Principal

	// Admit, if it is not nil, is called after the signature was verified and before the call.
	// Whatever has to be stored for a caller is stored here, since Lookup is called for everybody
	// who names an access key.
	Admit func(context.Context) error
}

// admit calls Admit, if there is one.
func (c *Credential) admit(ctx context.Context) error {
	if c.Admit == nil {
		return nil
	}
	return c.Admit(ctx)
}

// Credentials finds credentials.
type Credentials interface {
	// Lookup finds the credential of an access key ID with the session token that
	// was sent along, "" if none was, for use in the region, "" if that is not
	// known. Its error is the AWS error to answer: InvalidClientTokenId,
	// ExpiredToken, ...
	Lookup(ctx context.Context, accessKeyID, sessionToken, region string) (Credential, error)
}

// Authorizer decides whether the caller in ctx (principal.FromContext) may
// perform the operation. The operation is performed with the context that it
// returns, which must come from ctx. Its error is the AWS error to answer,
// AccessDenied.
type Authorizer interface {
	Authorize(ctx context.Context, operation string, input any) (context.Context, error)
}

// AuthorizerFunc is a function that is an Authorizer.
type AuthorizerFunc func(ctx context.Context, operation string, input any) (context.Context, error)

// Authorize calls f.
func (f AuthorizerFunc) Authorize(ctx context.Context, operation string, input any) (context.Context, error) {
	return f(ctx, operation, input)
}

// Exchange is a request and its answer.
type Exchange struct {
	Caller    *principal.Caller // with the request's facts; Nobody if it was not authenticated
	Service   string            // "iam" or "sts"
	Operation string            // as sent, known or not
	Input     any               // the decoded input, nil if decoding was not reached
	Output    any               // what the operation returned, nil if it was not performed or failed
	Sent      int               // bytes of the query and the body, which Input may keep in memory
	Answered  int               // bytes of the encoded answer
	Status    int               // the HTTP status answered; 0 if the connection was closed instead
	Code      string            // the error code answered, "" for success
	Message   string            // the error's text
	Err       error             // what the code stands for, nil for success
	OwnFault  bool              // the server failed and nobody else is to blame; the log has an error about it
	Refusal   *Refusal          // why it was refused before it was decided; nil if it was not
	Duration  time.Duration     // from the head of the request until its answer was ready
}

// NewHandler returns a handler that serves the operations at the path "/". An operation of the
// model that is not among them is answered with 501 NotImplemented.
//
// It returns an error if a required option is missing, and panics if a type of
// an operation does not fit the model.
func NewHandler(ops []Operation, o Options) (http.Handler, error) {
	h, err := newHandler(ops, o)
	if err != nil {
		return nil, err // not h: a nil *handler in an http.Handler is not nil
	}
	return h, nil
}
