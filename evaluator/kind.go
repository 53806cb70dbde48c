package evaluator

// Kind is the kind of a policy. It also names the layer of a decision to which
// policies of that kind belong.
type Kind uint8

// The kinds of policies. NoKind, the zero value, means "no layer".
const (
	NoKind      Kind = iota
	Identity         // attached to, or inside, a user, group or role
	Boundary         // a permissions boundary of a user or role
	Session          // passed when temporary credentials were asked for
	Resource         // on a resource: a bucket, queue or key policy
	Trust            // a role's trust policy: the resource-based policy of a role
	SCP              // a service control policy of the caller's organization
	RCP              // a resource control policy of the resource's organization
	VPCEndpoint      // on the VPC endpoint through which the request came
)

var kindNames = [...]string{
	NoKind: "none", Identity: "identity", Boundary: "boundary", Session: "session", Resource: "resource",
	Trust: "trust", SCP: "scp", RCP: "rcp", VPCEndpoint: "vpc-endpoint",
}

// String returns a short lower-case name, such as "identity" or "scp".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// ParseKind is the inverse of Kind.String.
func ParseKind(s string) (Kind, bool) {
	for k, name := range kindNames {
		if k != 0 && name == s {
			return Kind(k), true
		}
	}
	return NoKind, false
}

// Effect is what a statement does when it applies.
type Effect uint8

// The effects of statements.
const (
	Allow Effect = iota
	Deny
)

// String returns the effect as policies spell it: "Allow" or "Deny".
func (e Effect) String() string {
	if e == Deny {
		return "Deny"
	}
	return "Allow"
}

// Decision is the outcome of a request or of one layer.
type Decision uint8

// The decisions. The zero value denies.
const (
	ImplicitDeny Decision = iota // nothing allows the request
	Allowed
	ExplicitDeny // a Deny statement applies
)

// String returns the decision as the simulation operations spell it:
// "implicitDeny", "allowed" or "explicitDeny".
func (d Decision) String() string {
	switch d {
	case Allowed:
		return "allowed"
	case ExplicitDeny:
		return "explicitDeny"
	}
	return "implicitDeny"
}

// Position is a place in the text of a document. Both numbers start at 1. A
// tab, and any character up to U+FFFF, is one column; CR LF, LF and a lone CR
// each end a line (recorded from the simulator).
type Position struct{ Line, Column int32 }
