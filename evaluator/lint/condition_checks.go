package lint

// The checks of condition keys and operators.
const (
	ConfirmAudienceClaimType        Code = "CONFIRM_AUDIENCE_CLAIM_TYPE"
	DeprecatedGlobalConditionKey    Code = "DEPRECATED_GLOBAL_CONDITION_KEY"
	DuplicateKeysWithDifferentCase  Code = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"
	EmptyArrayCondition             Code = "EMPTY_ARRAY_CONDITION"
	EmptyArrayConditionForAllValues Code = "EMPTY_ARRAY_CONDITION_FORALLVALUES"
	EmptyArrayConditionForAnyValue  Code = "EMPTY_ARRAY_CONDITION_FORANYVALUE"
	EmptyArrayConditionIfExists     Code = "EMPTY_ARRAY_CONDITION_IFEXISTS"
	ForAllValuesWithSingleValuedKey Code = "FORALLVALUES_WITH_SINGLE_VALUED_KEY"
	InvalidConditionDataType        Code = "INVALID_CONDITION_DATA_TYPE"
	InvalidConditionKeyFormat       Code = "INVALID_CONDITION_KEY_FORMAT"
	InvalidConditionMultipleBoolean Code = "INVALID_CONDITION_MULTIPLE_BOOLEAN"
	InvalidConditionOperator        Code = "INVALID_CONDITION_OPERATOR"
	InvalidGlobalConditionKey       Code = "INVALID_GLOBAL_CONDITION_KEY"
	InvalidServiceConditionKey      Code = "INVALID_SERVICE_CONDITION_KEY"
	MissingQualifier                Code = "MISSING_QUALIFIER"
	MissingTagKeyInCondition        Code = "MISSING_TAG_KEY_IN_CONDITION"
	NullWithIfExists                Code = "NULL_WITH_IF_EXISTS"
	NullWithQualifier               Code = "NULL_WITH_QUALIFIER"
	UnsupportedGlobalConditionKey   Code = "UNSUPPORTED_GLOBAL_CONDITION_KEY"
)

var conditionChecks = []Check{
	{Code: ConfirmAudienceClaimType, Type: Suggestion, Message: "The 'aud' (audience) claim key identifies the recipients that the JSON web token is intended for. Audience claims can be multivalued or single-valued. If the claim is multivalued, use a ForAllValues or ForAnyValue qualifier. If the claim is single-valued, do not use a qualifier."},
	{Code: DeprecatedGlobalConditionKey, Type: Warning, Message: "We recommend that you update aws:ARN to use the newer condition key aws:PrincipalArn."},
	{Code: DuplicateKeysWithDifferentCase, Type: Error, Message: "The condition key {{key}} appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys."},
	{Code: EmptyArrayCondition, Type: Suggestion, Message: "There are no values for the condition key {{key}} and it does not affect the policy. Specify conditions."},
	{Code: EmptyArrayConditionForAllValues, Type: Suggestion, Message: "The ForAllValues prefix with an empty condition key matches only if the key {{key}} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead."},
	{Code: EmptyArrayConditionForAnyValue, Type: Suggestion, Message: "The ForAnyValue prefix with an empty condition key {{key}} never matches the request context and it does not affect the policy. Specify conditions."},
	{Code: EmptyArrayConditionIfExists, Type: Suggestion, Message: "The IfExists suffix with an empty condition key matches only if the key {{key}} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead."},
	{Code: ForAllValuesWithSingleValuedKey, Type: SecurityWarning, Message: "Using ForAllValues qualifier with the single-valued condition key {{key}} can be overly permissive. We recommend that you remove ForAllValues:."},
	{Code: InvalidConditionDataType, Type: Error, Message: "The condition value data types do not match. Use condition values of the same JSON data type."},
	{Code: InvalidConditionKeyFormat, Type: Error, Message: "The condition key format is not valid. Use the format service:keyname."},
	{Code: InvalidConditionMultipleBoolean, Type: Error, Message: "The condition key does not support multiple Boolean values. Use a single Boolean value."},
	{Code: InvalidConditionOperator, Type: Error, Message: "The condition operator {{operator}} is not valid. Use a valid condition operator."},
	{Code: InvalidGlobalConditionKey, Type: Error, Message: "The condition key {{key}} does not exist. Use a valid condition key."},
	{Code: InvalidServiceConditionKey, Type: Error, Message: "The condition key {{key}} does not exist in the service {{service}}. Use a valid condition key."},
	{Code: MissingQualifier, Type: Error, Message: "The request context key {{key}} has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy."},
	{Code: MissingTagKeyInCondition, Type: Error, Message: "The condition key {{conditionKeyName}} must include a tag key to control access based on tags. Use the format {{conditionKeyName}}tag-key and specify a key name for tag-key."},
	{Code: NullWithIfExists, Type: Error, Message: "The Null condition operator cannot be used with the IfExists suffix. Update the operator or the suffix."},
	{Code: NullWithQualifier, Type: Suggestion, Message: "Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always return a true or false respectively."},
	{Code: UnsupportedGlobalConditionKey, Type: Error, Message: "The condition key aws:ARN is not supported. Use aws:PrincipalArn or aws:SourceArn instead."},
}
