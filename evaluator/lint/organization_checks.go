package lint

// The checks of policies of an organization.
const (
	RCPMissingRelatedPrincipalConditionKey        Code = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"
	RCPMissingRelatedServicePrincipalConditionKey Code = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"
	RCPMissingServiceConditionKeyNullCheck        Code = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"
	RCPSyntaxErrorAction                          Code = "RCP_SYNTAX_ERROR_ACTION"
	RCPSyntaxErrorAllow                           Code = "RCP_SYNTAX_ERROR_ALLOW"
	RCPSyntaxErrorNotAction                       Code = "RCP_SYNTAX_ERROR_NOTACTION"
	RCPSyntaxErrorPrincipal                       Code = "RCP_SYNTAX_ERROR_PRINCIPAL"
	SCPSyntaxErrorPrincipal                       Code = "SCP_SYNTAX_ERROR_PRINCIPAL"
)

var organizationChecks = []Check{
	{Code: RCPMissingRelatedPrincipalConditionKey, Type: Warning, Message: "Using the condition key {{key}} in an RCP without the condition key aws:PrincipalIsAWSService can deny access to AWS service principals. We recommend that you add aws:PrincipalIsAWSService to the same condition block.", Unconfirmed: true},                                       // text not confirmed
	{Code: RCPMissingRelatedServicePrincipalConditionKey, Type: Warning, Message: "Using the condition key {{key}} in an RCP without the condition key aws:PrincipalIsAWSService can deny access to principals that are not AWS services. We recommend that you add aws:PrincipalIsAWSService with the value of true to the same statement.", Unconfirmed: true}, // text not confirmed
	{Code: RCPMissingServiceConditionKeyNullCheck, Type: Warning, Message: "Using the condition key {{key}} in an RCP without checking that the key is present can deny access to AWS service principals that do not send it. We recommend that you add the Null condition operator with the value of false for aws:SourceAccount.", Unconfirmed: true},          // text not confirmed
	{Code: RCPSyntaxErrorAction, Type: Error, Message: "RCPs do not support the wildcard * alone as an action. Update the action to start with the prefix of a service.", Unconfirmed: true},                                                                                                                                                                     // text not confirmed
	{Code: RCPSyntaxErrorAllow, Type: Error, Message: "RCPs do not support the effect Allow. Update the effect to Deny.", Unconfirmed: true},                                                                                                                                                                                                                     // text not confirmed
	{Code: RCPSyntaxErrorNotAction, Type: Error, Message: "RCPs do not support the NotAction element. Update the policy to use Action instead.", Unconfirmed: true},                                                                                                                                                                                              // text not confirmed
	{Code: RCPSyntaxErrorPrincipal, Type: Error, Message: "RCPs support only the wildcard * in the Principal element. Update the Principal element.", Unconfirmed: true},                                                                                                                                                                                         // text not confirmed
	{Code: SCPSyntaxErrorPrincipal, Type: Error, Message: "SCPs do not support specifying principals. Remove the Principal or NotPrincipal element."},
}
