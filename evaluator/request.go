package evaluator

// PrincipalKind says what kind of caller makes a request.
type PrincipalKind uint8

// The kinds of callers.
const (
	Anonymous     PrincipalKind = iota // unsigned; also the zero value
	Root                               // the root user of an account, or a session of it
	User                               // an IAM user: long-term keys or GetSessionToken
	RoleSession                        // a session of a role, however it was assumed
	FederatedUser                      // a session of GetFederationToken
	Service                            // an AWS service as itself
	WebIdentity                        // an unsigned AssumeRoleWithWebIdentity call
	SAML                               // an unsigned AssumeRoleWithSAML call
)

var principalKindNames = [...]string{
	Anonymous: "anonymous", Root: "root", User: "user", RoleSession: "role-session",
	FederatedUser: "federated-user", Service: "service", WebIdentity: "web-identity", SAML: "saml",
}

// String returns a short lower-case name, such as "role-session".
func (k PrincipalKind) String() string {
	if int(k) < len(principalKindNames) {
		return principalKindNames[k]
	}
	return "unknown"
}

// signed reports whether callers of this kind belong to an account and have
// identity policies, a boundary and SCPs.
func (k PrincipalKind) signed() bool {
	return k == Root || k == User || k == RoleSession || k == FederatedUser
}

// Principal is the caller of a request. The zero value is an anonymous caller.
//
// It does not say whether the caller has a permissions boundary: it has one if and only if
// Policies.Boundary is set.
type Principal struct {
	Kind PrincipalKind

	// Account is the 12-digit account of the caller; for a role session, the role's account.
	// It is empty for anonymous callers, services and federated calls.
	Account string

	// ARN is the caller's own ARN: the user's with its path,
	// arn:aws:sts::A:assumed-role/NAME/SESSION, arn:aws:sts::A:federated-user/NAME
	// or arn:aws:iam::A:root.
	ARN string

	// EntityARN is the ARN with path of the user or role whose policies count: for a User the
	// same as ARN, for a RoleSession that of the role, for a FederatedUser that of the user
	// that called GetFederationToken.
	EntityARN string

	// EntityID is the unique ID of that user or role (AIDA..., AROA...). Saved
	// resource policies name it instead of the ARN.
	EntityID string

	// Service is the name of a Service, such as "ec2.amazonaws.com".
	Service string

	// Federated is the provider of a WebIdentity or SAML call, as trust policies
	// name it: a provider ARN or, say, "accounts.google.com".
	Federated string

	// CanonicalID is the S3 canonical user ID of the account; usually empty.
	CanonicalID string
}

// Mode says whether a request is enforced or simulated. AWS's simulator and its live services
// have almost the same rules; the known differences are Quirks.
type Mode uint8

// The modes.
const (
	Enforce  Mode = iota // as a live service decides
	Simulate             // as SimulateCustomPolicy and SimulatePrincipalPolicy decide
)

// Request is one request to decide.
type Request struct {
	Principal Principal

	// Action is the requested action, such as "iam:GetUser"; case is ignored.
	Action string

	// Resource is the ARN of the resource, or "*" for an action that has none.
	// Empty means "*".
	Resource string

	// ResourceAccount is the account that owns the resource. Empty means the
	// caller's own. When it differs, both sides must allow.
	ResourceAccount string

	// ForeignResourceType says that the resource is of a type on which the
	// action cannot act. No statement applies to such a request: iam:ListUsers
	// on a user is an implicit denial even under Allow * * (recorded).
	ForeignResourceType bool

	// Context holds the condition keys; nil means none. Variables in policies
	// are filled from it too.
	Context *Context

	Mode Mode
}

// crossAccount reports whether the resource belongs to another account.
func (r *Request) crossAccount() bool {
	return r.ResourceAccount != "" && r.Principal.Kind.signed() && r.ResourceAccount != r.Principal.Account
}
