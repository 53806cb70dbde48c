package evaluator

// Reason is why a layer, or the whole request, was decided as it was.
type Reason uint8

// The reasons. Reason.Sentence explains each.
const (
	NoReason Reason = iota

	// Of a layer that consulted policies.
	StatementDenies
	StatementAllows
	NothingAllows
	NoPolicies
	DecidedByError

	// Of a layer that allows without a statement.
	RootNeedsNoPolicy
	ManagementAccountIsExempt
	ServiceLinkedRoleIsExempt
	ActionIsExempt

	// Of a layer that denies without a statement.
	SessionPolicyWasNotPassed
	ResourcePolicyIsMissing
	ResourceTypeIsForeign

	// Of the whole request.
	EveryLayerAllows
	ResourcePolicyAllows
	RootOfTheAccount

	reasonCount
)

var reasons = [reasonCount]struct{ name, sentence string }{
	NoReason:        {"none", "Nothing was evaluated."},
	StatementDenies: {"statement-denies", "A Deny statement applies, and a denial outweighs everything that allows."},
	StatementAllows: {"statement-allows", "An Allow statement applies and no Deny statement does."},
	NothingAllows:   {"nothing-allows", "No statement of the layer's policies allows the request."},
	NoPolicies:      {"no-policies", "The layer has no policies, so nothing in it allows the request."},
	DecidedByError:  {"decided-by-error", "A condition of a Deny statement could not be evaluated, and such a denial applies."},
	RootNeedsNoPolicy: {
		"root-needs-no-policy", "The root user may do everything that no policy of the organization or resource denies.",
	},
	ManagementAccountIsExempt: {"management-account-is-exempt", "Policies of an organization do not limit its management account."},
	ServiceLinkedRoleIsExempt: {"service-linked-role-is-exempt", "Policies of an organization do not limit service-linked roles."},
	ActionIsExempt:            {"action-is-exempt", "Policies of an organization do not limit this action."},
	SessionPolicyWasNotPassed: {
		"session-policy-was-not-passed", "A federated user without a session policy is allowed nothing by identity policies.",
	},
	ResourcePolicyIsMissing: {"resource-policy-is-missing", "The resource has no policy, and here its policy has to allow."},
	ResourceTypeIsForeign:   {"resource-type-is-foreign", "The action does not act on resources of this type, so no statement applies."},
	EveryLayerAllows:        {"every-layer-allows", "Every layer that takes part allows the request."},
	ResourcePolicyAllows:    {"resource-policy-allows", "The resource-based policy allows the caller in a way that needs no other allow."},
	RootOfTheAccount:        {"root-of-the-account", "The caller is the root user of the account that owns the resource."},
}

// String returns a short name, such as "nothing-allows".
func (r Reason) String() string {
	if r < reasonCount {
		return reasons[r].name
	}
	return "unknown"
}

// Sentence returns one English sentence that explains the reason.
func (r Reason) Sentence() string {
	if r < reasonCount {
		return reasons[r].sentence
	}
	return "The reason is unknown."
}

// Reasons returns every reason, for tables and tests.
func Reasons() []Reason {
	all := make([]Reason, 0, reasonCount)
	for r := range reasonCount {
		all = append(all, r)
	}
	return all
}
