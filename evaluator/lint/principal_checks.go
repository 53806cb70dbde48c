package lint

// The checks of principals.
const (
	AllowWithNotPrincipal                      Code = "ALLOW_WITH_NOT_PRINCIPAL"
	FederatedPrincipalNotSupported             Code = "FEDERATED_PRINCIPAL_NOT_SUPPORTED"
	InvalidPrincipalFormat                     Code = "INVALID_PRINCIPAL_FORMAT"
	InvalidPrincipalKey                        Code = "INVALID_PRINCIPAL_KEY"
	InvalidRoleReference                       Code = "INVALID_ROLE_REFERENCE"
	InvalidServicePrincipalFormat              Code = "INVALID_SERVICE_PRINCIPAL_FORMAT"
	InvalidUserReference                       Code = "INVALID_USER_REFERENCE"
	RecommendedConditionKeyForServicePrincipal Code = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
	RestrictAccessToServicePrincipal           Code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"
	UnsupportedConditionKeyForServicePrincipal Code = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
	UnsupportedPrincipal                       Code = "UNSUPPORTED_PRINCIPAL"
	UnsupportedWildcardInPrincipal             Code = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
)

var principalChecks = []Check{
	{Code: AllowWithNotPrincipal, Type: SecurityWarning, Message: "Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead."},
	{Code: FederatedPrincipalNotSupported, Type: Error, Message: "The policy type does not support a federated identity provider in the principal element. Use a supported principal."},
	{Code: InvalidPrincipalFormat, Type: Error, Message: "The Principal element contents are not valid. Specify a key-value pair in the Principal element."},
	{Code: InvalidPrincipalKey, Type: Error, Message: "The principal key {{principal-key}} is not valid."},
	{Code: InvalidRoleReference, Type: Warning, Message: "The Principal element includes the IAM role ID {{roleid}}. We recommend that you use a role ARN instead."},
	{Code: InvalidServicePrincipalFormat, Type: Error, Message: "The service principal does not match the expected format. Use the format {{expectedFormat}}."},
	{Code: InvalidUserReference, Type: Warning, Message: "The Principal element includes the IAM user ID {{userid}}. We recommend that you use a user ARN instead."},
	{Code: RecommendedConditionKeyForServicePrincipal, Type: Suggestion, Message: "To restrict access to the service principal {{servicePrincipalPrefix}} operating on your behalf, we recommend aws:SourceArn or aws:SourceAccount instead of {{key}}."},
	{Code: RestrictAccessToServicePrincipal, Type: SecurityWarning, Message: "Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn or aws:SourceAccount condition key and scope access to a specific source to grant fine-grained access."},
	{Code: UnsupportedConditionKeyForServicePrincipal, Type: Error, Message: "The following condition keys are not supported when used with the service principal: {{conditionKeys}}."},
	{Code: UnsupportedPrincipal, Type: Error, Message: "The policy type {{policy_type}} does not support the Principal element. Remove the Principal element."},
	{Code: UnsupportedWildcardInPrincipal, Type: Error, Message: "Wildcards (*, ?) are not supported with the principal key {{principal_key}}. Replace the wildcard with a valid principal value."},
}
