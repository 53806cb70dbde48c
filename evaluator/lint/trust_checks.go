package lint

// The checks of trust policies.
const (
	InvalidFederatedPrincipalSyntaxInRoleTrustPolicy Code = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"
	MismatchedActionForPrincipal                     Code = "MISMATCHED_ACTION_FOR_PRINCIPAL"
	MissingActionForConditionKey                     Code = "MISSING_ACTION_FOR_CONDITION_KEY"
	MissingActionForRolesAnywhereTrustPolicy         Code = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"
	MissingConditionKeyForOIDCPrincipal              Code = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"
	MissingGitHubRepoConditionKey                    Code = "MISSING_GITHUB_REPO_CONDITION_KEY"
	RedundantPrincipalInRoleTrustPolicy              Code = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"
	RoleTrustPolicySyntaxErrorNotPrincipal           Code = "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"
	RoleTrustPolicySyntaxErrorResource               Code = "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"
	RoleTrustPolicyUnsupportedWildcardInPrincipal    Code = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
	SpecificGitHubRepoAndBranchRecommended           Code = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"
)

var trustChecks = []Check{
	{Code: InvalidFederatedPrincipalSyntaxInRoleTrustPolicy, Type: Error, Message: "The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN."},
	{Code: MismatchedActionForPrincipal, Type: Error, Message: "The {{actionName}} action is invalid with the following principal(s): {{principalNames}}. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options."},
	{Code: MissingActionForConditionKey, Type: Error, Message: "The {{actionName}} action must be in the action block to allow setting values for the condition key {{keyName}}. Add {{actionName}} to the action block."},
	{Code: MissingActionForRolesAnywhereTrustPolicy, Type: Error, Message: "The rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy."},
	{Code: MissingConditionKeyForOIDCPrincipal, Type: SecurityWarning, Message: "Using an Open ID Connect principal without a condition can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role."},
	{Code: MissingGitHubRepoConditionKey, Type: SecurityWarning, Message: "Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the token.actions.githubusercontent.com:sub condition key and specify the branch and repository name in the value."},
	{Code: RedundantPrincipalInRoleTrustPolicy, Type: Suggestion, Message: "The assumed-role principal {{redundant_principal}} is redundant with its parent role {{parent_role}}. Remove the assumed-role principal."},
	{Code: RoleTrustPolicySyntaxErrorNotPrincipal, Type: Error, Message: "Role trust policies do not support NotPrincipal. Update the policy to use a Principal element instead."},
	{Code: RoleTrustPolicySyntaxErrorResource, Type: Error, Message: "Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element."},
	{Code: RoleTrustPolicyUnsupportedWildcardInPrincipal, Type: Error, Message: `"Principal:" "*" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.`},
	{Code: SpecificGitHubRepoAndBranchRecommended, Type: Warning, Message: "Using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you intended. Specify the value of token.actions.githubusercontent.com:sub with the repository and branch name."},
}
