package evaluator

import "slices"

// ResourceRule says how a resource-based policy takes part in a decision.
type ResourceRule uint8

// The rules for resource-based policies.
const (
	// OrdinaryRule: within an account, identity policies may allow alone.
	OrdinaryRule ResourceRule = iota

	// TrustRule: the trust policy of a role must always allow.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
	TrustRule

	// KMSRule: the key policy must always allow. Identity policies count only
	// if a statement of it names the account.
	// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
	KMSRule
)

// Exemption says why policies of an organization do not apply.
type Exemption uint8

// The exemptions from SCPs and RCPs.
const (
	NotExempt         Exemption = iota
	ManagementAccount           // the account is the organization's management account
	ServiceLinkedRole           // the caller is a session of a service-linked role
	ExemptAction                // an action that RCPs never touch, such as kms:RetireGrant
)

// Policies are all policies that take part in one request. A nil field is a
// layer that does not exist. Policies may be shared between requests.
type Policies struct {
	// Identity is the union of what is attached to and inside the user and the
	// user's groups, or the role; of a FederatedUser, those of the calling user.
	Identity []*Policy

	// Boundary is the permissions boundary of the user or role.
	Boundary *Policy

	// Session holds the inline and managed session policies: their union is
	// the layer.
	Session []*Policy

	// SessionRequired says that session policies were passed, so that the layer must allow
	// even if Session is empty because a managed policy has been deleted since. It is implied
	// for a FederatedUser and by a Session.
	SessionRequired bool

	// Limits narrow the session further: each policy is a layer of its own that
	// must allow, whatever Session and a resource-based policy allow. The scope-down
	// policies of GetScopedCredentials are limits.
	Limits []*Policy

	// Resource is the resource's own policy, or a role's trust policy.
	Resource *Policy

	// ResourceRule must be TrustRule for sts:AssumeRole* and KMSRule for KMS
	// keys, with or without a Resource policy.
	ResourceRule ResourceRule

	// SCP holds the service control policies of the caller's account by level:
	// root, each organizational unit, account. Nil: not in an organization.
	SCP       [][]*Policy
	SCPExempt Exemption

	// RCP holds the resource control policies of the resource's account, by
	// level in the same order.
	RCP       [][]*Policy
	RCPExempt Exemption

	// VPCEndpoint is the policy of the endpoint through which the request came.
	VPCEndpoint *Policy
}

// Mention reports whether one of the policies mentions a condition key or a variable for which
// the function is returns true.
func (p *Policies) Mention(is func(key string) bool) bool {
	in := func(one *Policy) bool { return one != nil && slices.ContainsFunc(one.compiled.keys, is) }
	for _, list := range [...][]*Policy{p.Identity, p.Session, p.Limits, {p.Boundary, p.Resource, p.VPCEndpoint}} {
		if slices.ContainsFunc(list, in) {
			return true
		}
	}
	for _, levels := range [...][][]*Policy{p.SCP, p.RCP} {
		for _, level := range levels {
			if slices.ContainsFunc(level, in) {
				return true
			}
		}
	}
	return false
}
