package lint

// The checks of conditions beside actions.
const (
	AllowNotActionWithUnsupportedTagConditionKeyForService Code = "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
	AllowWithUnsupportedTagConditionKeyForService          Code = "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
	DenyNotActionWithUnsupportedTagConditionKeyForService  Code = "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
	DenyWithUnsupportedTagConditionKeyForService           Code = "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
	IrrelevantConditionKeyInPolicy                         Code = "IRRELEVANT_CONDITION_KEY_IN_POLICY"
	MissingPairedConditionKeys                             Code = "MISSING_PAIRED_CONDITION_KEYS"
	UnsupportedActionForConditionKey                       Code = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"
)

var supportChecks = []Check{
	{Code: AllowNotActionWithUnsupportedTagConditionKeyForService, Type: Suggestion, Message: "Using the effect Allow with NotAction and the tag condition key {{conditionKeyName}} allows only service actions that support the condition key. The condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction."},
	{Code: AllowWithUnsupportedTagConditionKeyForService, Type: Suggestion, Message: "Using the effect Allow with the tag condition key {{conditionKeyName}} and actions for services with the following prefixes does not affect the policy: {{serviceNames}}. Actions for the listed service are not allowed by this statement. We recommend that you move these actions to a different statement without this condition key."},
	{Code: DenyNotActionWithUnsupportedTagConditionKeyForService, Type: SecurityWarning, Message: "Using the effect Deny with NotAction and the tag condition key {{conditionKeyName}} can be overly permissive because some service actions are not denied by this statement. This is because the condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction."},
	{Code: DenyWithUnsupportedTagConditionKeyForService, Type: SecurityWarning, Message: "Using the effect Deny with the tag condition key {{conditionKeyName}} and actions for services with the following prefixes can be overly permissive: {{serviceNames}}. Actions for the listed services are not denied by this statement. We recommend that you move these actions to a different statement without this condition key."},
	{Code: IrrelevantConditionKeyInPolicy, Type: Suggestion, Message: "The condition key {{condition-key}} is not relevant for the {{resource-type}} policy.  Use this key in an identity-based policy to govern access to this resource."},
	{Code: MissingPairedConditionKeys, Type: SecurityWarning, Message: "Using the condition key {{conditionKeyName}} can be overly permissive without also using the following condition keys: {{recommendedKeys}}. Condition keys like this one are more secure when paired with a related key. We recommend that you add the related condition keys to the same condition block."},
	{Code: UnsupportedActionForConditionKey, Type: Error, Message: "The following actions: {{actions}} are not supported by the condition key {{key}}. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key."},
}
