package authz

import (
	"strings"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/evaluator"
)

// The texts are AWS's, recorded or quoted from live answers unless a line says
// otherwise.

func accessDenied(text string) error {
	return &smithy.GenericAPIError{Code: "AccessDenied", Message: text, Fault: smithy.FaultClient}
}

// anonymous is the name of a caller without an ARN in a denial.
const anonymous = "anonymous"

// NotAuthorized is AWS's denial without a reason. resource may be empty.
func NotAuthorized(callerARN, action, resource string) error {
	return accessDenied(notAuthorized(callerARN, action, resource))
}

// FederationDenied is AWS's denial of an operation that takes no signature.
func FederationDenied(operation string) error {
	return accessDenied("Not authorized to perform sts:" + operation)
}

func notAuthorized(callerARN, action, resource string) string {
	text := "User: " + callerARN + " is not authorized to perform: " + action
	if resource == "" {
		return text
	}
	return text + " on resource: " + resource
}

// unusableToken answers IAM calls with credentials that IAM never accepts. The text has no
// full stop at its end, unlike that for unknown keys (quoted).
func unusableToken() error {
	return &smithy.GenericAPIError{
		Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid",
		Fault: smithy.FaultClient,
	}
}

// goneCaller answers a caller that was deleted or renamed during the call.
func goneCaller() error {
	return &smithy.GenericAPIError{
		Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid.",
		Fault: smithy.FaultClient,
	}
}

// noSession answers long-term credentials where a session is needed. The code is
// documented for a session that is not valid.
func noSession() error {
	return &smithy.GenericAPIError{
		Code: "InvalidSubjectCredentials", Message: "The calling credentials are not those of a valid session.", // text not confirmed
		Fault: smithy.FaultClient,
	}
}

func sessionCredentials(operation string) error {
	return accessDenied("Cannot call " + operation + " with session credentials")
}

// noFederatedUsers has no full stop (recorded).
func noFederatedUsers(operation string) error {
	return accessDenied(operation + " does not support federated user sessions")
}

func rootAssumesRole() error { return accessDenied("Roles may not be assumed by root accounts.") }

// layerTexts name the layers in denials.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
var layerTexts = map[evaluator.Kind]struct{ explicit, implicit string }{
	evaluator.Identity:    {"an identity-based policy", "identity-based policy"},
	evaluator.Boundary:    {"a permissions boundary", "permissions boundary"},
	evaluator.Session:     {"a session policy", "session policy"},
	evaluator.Resource:    {"a resource-based policy", "resource-based policy"},
	evaluator.Trust:       {"the role trust policy", "role trust policy"},
	evaluator.SCP:         {"a service control policy", "service control policy"},
	evaluator.RCP:         {"a resource control policy", "resource control policy"},
	evaluator.VPCEndpoint: {"a VPC endpoint policy", "VPC endpoint policy"},
}

// denialText returns AWS's text for a need that was denied, without the ARN of the policy
// that denies.
func denialText(callerARN string, n *Need, r *evaluator.Result) string {
	text := notAuthorized(callerARN, n.actionLabel(), n.label())
	layer := layerTexts[r.DeniedBy]
	switch {
	case n.silent(r):
		return text
	case r.Decision == evaluator.ExplicitDeny:
		return text + " with an explicit deny in " + layer.explicit
	}
	return text + " because no " + layer.implicit + " allows the " + n.actionLabel() + " action"
}

// silent reports whether AWS gives no reason. The recorded denials of AssumeRole and
// similar operations give none if the role does not exist, its trust policy does not allow
// the caller, or the caller's policies do not allow the call. Explicit denials were not
// recorded; they name the layer, as documented, but not a policy of another account.
// Denials of AssumeRoot never give a reason (recorded).
func (n *Need) silent(r *evaluator.Result) bool {
	switch {
	case n.Action == "sts:AssumeRoot":
		return true
	case !n.Trust:
		return false
	case r.Decision == evaluator.ExplicitDeny:
		return r.DeniedBy == evaluator.Trust && n.foreign
	}
	return r.DeniedBy == evaluator.Trust || r.DeniedBy == evaluator.Identity
}

// policySuffix returns the ARN of the managed policy whose Deny was named, as the end of
// the text; it is empty for inline policies and policies of other accounts.
func policySuffix(n *Need, r *evaluator.Result) string {
	if r.Decision != evaluator.ExplicitDeny || n.silent(r) {
		return ""
	}
	for _, m := range r.Matches {
		if m.Layer == r.DeniedBy && m.Effect() == evaluator.Deny && strings.HasPrefix(m.Policy.Origin().ARN, "arn:") {
			return ": " + m.Policy.Origin().ARN
		}
	}
	return ""
}
