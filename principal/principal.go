// Package principal says who makes a request and what is known about the request itself: the
// caller's identity, the session behind temporary credentials, and the facts (time, address, agent)
// that AWS turns into condition keys.
//
// It owns the only context key of the project: awsapi puts a Caller into the
// context of a request, and every layer below reads it with FromContext.
//
// Caveats: the package does not authenticate and does not authorize. The zero
// Caller is nobody, and nobody is denied everything.
package principal

import (
	"context"
	"net/netip"
	"time"
)

// Kind is the kind of a principal, in the sense of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable.
type Kind uint8

// The kinds of principals. Credentials from GetSessionToken keep the kind of
// the user or root that asked for them and differ by a Session.
const (
	Nobody        Kind = iota // the zero value: denied everything
	Anonymous                 // an unsigned request where the API allows one
	Root                      // the root user of an account
	User                      // an IAM user
	AssumedRole               // a role session
	FederatedUser             // a session of GetFederationToken
)

// kindTypes are the values of aws:PrincipalType, and a word for Nobody, which has none.
var kindTypes = map[Kind]string{
	Nobody: "Nobody", Anonymous: "Anonymous", Root: "Account", User: "User", AssumedRole: "AssumedRole", FederatedUser: "FederatedUser",
}

// Type returns the value of aws:PrincipalType for the kind; "Nobody" for Nobody.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
func (k Kind) Type() string { return kindTypes[k] }

// Principal is an authenticated identity.
type Principal struct {
	Kind      Kind
	AccountID string // 12 digits

	// ARN is what GetCallerIdentity and denials show: the user's ARN with its
	// path, the session's ARN (arn:aws:sts::A:assumed-role/NAME/SESSION), the
	// federated user's, or arn:aws:iam::A:root.
	ARN string

	// UserID is aws:userid: AIDA..., AROA...:session, A:name or the account ID.
	UserID string

	// EntityID is the unique ID of the user or role whose policies count
	// (AIDA..., AROA...); empty for root and anonymous callers.
	EntityID string

	// Name is the user's or role's friendly name; for a federated user, that
	// of the user who called GetFederationToken. Empty for root.
	Name string

	// EntityPath is the path of the role of a session, and that of the user who called
	// GetFederationToken; ARN does not tell it. Empty is "/", and for other kinds.
	EntityPath string

	// SessionName is the role session's or the federated user's name.
	SessionName string

	// AccessKeyID is the key that signed the request.
	AccessKeyID string

	// Session is nil for long-term credentials.
	Session *Session
}

// Session is what temporary credentials carry, sealed in their session token.
type Session struct {
	Operation string // the operation that issued it: AssumeRole, GetSessionToken, ...
	IssuedAt  time.Time
	ExpiresAt time.Time

	Policy     string   // the inline session policy, empty when none was passed
	PolicyARNs []string // managed session policies

	// Limits are policies each of which must allow, whatever the other session policies do: they
	// hold what was delegated to the holder of the credentials.
	Limits []string

	// ScopeDown are the policies of GetScopedCredentials, each of which must allow too, in the
	// order in which they were added.
	ScopeDown []string

	// Delegate is the account that acts for the principal, to which its
	// permissions were delegated; empty for the principal's own sessions.
	Delegate string

	Tags              []Tag // session tags, inherited ones included
	TransitiveTagKeys []string
	SourceIdentity    string

	MFAAt time.Time // when an MFA code was checked; zero without MFA

	FederatedProvider string              // aws:FederatedProvider
	Keys              map[string][]string // condition keys that persist in the session (saml:sub, ...)
}

// Tag is a key and value, as on a session.
type Tag struct{ Key, Value string }

// Request is what is known about a request apart from its parameters.
type Request struct {
	ID              string    // the x-amzn-RequestId of its response
	Time            time.Time // by the server's clock, which can be moved
	Received        time.Time // by the machine's clock, which clients sign by
	Service         string    // iam or sts
	Operation       string
	Region          string // of the credential scope, or of the endpoint
	GlobalEndpoint  bool   // of the service: sts.amazonaws.com
	SourceIP        netip.Addr
	UserAgent       string
	Referer         string
	SecureTransport bool

	// Faults are the faults that were injected into the request; Ended says that the last of them
	// ended it.
	Faults []string
	Ended  bool
}

// Caller is a principal and the request that it makes.
type Caller struct {
	Principal
	Request Request

	// Claimed is who the request claims to be from, if that was not verified: for a wrong signature
	// the owner of the key, or only the key's ID. It is not used for decisions.
	Claimed *Principal

	// Notes are what the layers that serve the request keep for its record, in order; this package
	// does not use them. Only the goroutine that serves it adds to them.
	Notes []any
}

type contextKey struct{}

// NewContext returns a context that carries the caller.
func NewContext(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// FromContext returns the caller in the context; without one, the zero Caller.
func FromContext(ctx context.Context) *Caller {
	if c, ok := ctx.Value(contextKey{}).(*Caller); ok {
		return c
	}
	return &Caller{}
}
