package lint

// The checks of the sizes of documents, and statements that say the same.
const (
	PolicySizeExceedsIdentityPolicyQuota  Code = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"
	PolicySizeExceedsRCPQuota             Code = "POLICY_SIZE_EXCEEDS_RCP_QUOTA"
	PolicySizeExceedsResourcePolicyQuota  Code = "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"
	PolicySizeExceedsRoleTrustPolicyQuota Code = "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"
	PolicySizeExceedsSCPQuota             Code = "POLICY_SIZE_EXCEEDS_SCP_QUOTA"
	RedundantStatement                    Code = "REDUNDANT_STATEMENT"
)

var sizeChecks = []Check{
	{Code: PolicySizeExceedsIdentityPolicyQuota, Type: Warning, Message: "The {{policySize}} characters in the identity policy, excluding whitespace, exceed the {{policySizeQuota}} character maximum for inline and managed policies. We recommend that you use multiple granular policies."},
	{Code: PolicySizeExceedsRCPQuota, Type: Error, Message: "The {{policySize}} characters in the resource control policy (RCP) exceed the {{policySizeQuota}} character maximum for RCPs. We recommend that you use multiple granular policies.", Unconfirmed: true}, // text not confirmed
	{Code: PolicySizeExceedsResourcePolicyQuota, Type: Warning, Message: "The {{policySize}} characters in the resource policy exceed the {{policySizeQuota}} character maximum for resource policies. We recommend that you use multiple granular policies."},
	{Code: PolicySizeExceedsRoleTrustPolicyQuota, Type: Warning, Message: "The characters in the role trust policy, excluding whitespace, exceed the character maximum. We recommend that you request a role trust policy length quota increase using Service Quotas and AWS Support Center. If the quotas have already been increased, then you can ignore this warning."},
	{Code: PolicySizeExceedsSCPQuota, Type: Error, Message: "The {{policySize}} characters in the service control policy (SCP) exceed the {{policySizeQuota}} character maximum for SCPs. We recommend that you use multiple granular policies."},
	{Code: RedundantStatement, Type: Suggestion, Message: "The statements are redundant because they provide identical permissions. Update the policy to remove the redundant statement."},
}
