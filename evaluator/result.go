package evaluator

// Result is the answer to one request, with everything that led to it. It is
// reusable: Evaluate overwrites it and keeps its memory, and allocates nothing
// once the slices have grown. Slices in a Result are valid until the next Evaluate.
type Result struct {
	Decision Decision

	// DeniedBy is the layer that caused a denial; NoKind if Decision is
	// Allowed. Of several, AWS names one: explicit denials in the order RCP,
	// SCP, VPC endpoint, resource, session, boundary, identity; implicit ones
	// in the order RCP, SCP, VPC endpoint, resource, identity, boundary, session.
	DeniedBy Kind

	// Reason is the reason of the layer that decided.
	Reason Reason

	// Layers holds one entry for each layer that was consulted, in the
	// order RCP, SCP, VPC endpoint, resource or trust, identity, boundary,
	// session; one entry for each level of RCPs and SCPs, and for each limit of the session.
	// No layer is left out because a layer before it has already decided.
	Layers []Layer

	// Matches holds every statement that applied, in the order of Layers, of
	// policies, and of statements.
	Matches []Match

	// MissingKeys holds the condition keys that policies mention and the
	// request lacks, as first written, each spelling once; only of an implicit
	// denial. In the simulator they are those of identity policies, boundary
	// and resource policy, and include keys set by Context.SetDefault
	// (recorded); none when an SCP decided. In Enforce mode they are those of all layers.
	MissingKeys []string

	scratch scratch
}

// Layer is what one layer, or one level of an organization, decided by itself.
type Layer struct {
	Kind     Kind
	Level    int // for SCPs and RCPs: 0 is the organization's root; for sessions: 0 are the passed policies, n is the nth limit
	Decision Decision
	Reason   Reason

	// Waived says that the layer's implicit denial does not count: because
	// the resource-based policy allows the caller in a way that needs no
	// other allow, or because the layer is a resource-based policy that need
	// not allow. Explicit denials and limits of the session are never waived.
	Waived bool

	// Grant is, for a resource layer that allows, how it names the caller.
	Grant Grant

	// Matches are the statements of this layer that applied.
	Matches []Match

	first int // index of the first of Matches in Result.Matches, while it grows
}

// Match is a statement that applied.
type Match struct {
	Layer     Kind
	Policy    *Policy
	Statement *Statement

	// Grant is how a statement of a resource-based policy names the caller.
	Grant Grant
}

// Effect returns the effect of the statement.
func (m Match) Effect() Effect { return m.Statement.Effect }

// Layer returns the entry of a layer, or nil if it was not consulted. For SCPs, RCPs and
// sessions it is the first level that does not allow, or else the first one.
func (r *Result) Layer(k Kind) *Layer {
	var found *Layer
	for i := range r.Layers {
		l := &r.Layers[i]
		if l.Kind != k {
			continue
		}
		if l.Decision != Allowed {
			return l
		}
		if found == nil {
			found = l
		}
	}
	return found
}

// Allowed reports whether the request is allowed.
func (r *Result) Allowed() bool { return r.Decision == Allowed }

// Grant is how a statement of a resource-based policy names the caller. The greater it is, the
// fewer other layers have to allow within one account.
type Grant uint8

// The grants.
const (
	NoGrant Grant = iota

	// GrantAccount: by account ID or root ARN. It delegates: identity
	// policies of the account must allow too.
	GrantAccount

	// GrantEntity: a role session by its role, or a federated user by its
	// user. Identity policies need not allow; boundary and session policies must.
	GrantEntity

	// GrantPrincipal: by the caller's own ARN, as a service or provider, or as
	// everyone ("*"). No implicit denial of another layer matters.
	GrantPrincipal
)

var grantNames = [...]string{NoGrant: "none", GrantAccount: "account", GrantEntity: "entity", GrantPrincipal: "principal"}

// String returns a short lower-case name, such as "account".
func (g Grant) String() string {
	if int(g) < len(grantNames) {
		return grantNames[g]
	}
	return "unknown"
}
