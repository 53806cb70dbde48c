package lint

// The checks of the elements of documents and statements.
const (
	DataTypeMismatch              Code = "DATA_TYPE_MISMATCH"
	EmptyArrayAction              Code = "EMPTY_ARRAY_ACTION"
	EmptyArrayPrincipal           Code = "EMPTY_ARRAY_PRINCIPAL"
	EmptyArrayResource            Code = "EMPTY_ARRAY_RESOURCE"
	EmptyObjectCondition          Code = "EMPTY_OBJECT_CONDITION"
	EmptyObjectPrincipal          Code = "EMPTY_OBJECT_PRINCIPAL"
	EmptySidValue                 Code = "EMPTY_SID_VALUE"
	InvalidEffect                 Code = "INVALID_EFFECT"
	InvalidPolicyElement          Code = "INVALID_POLICY_ELEMENT"
	InvalidVersion                Code = "INVALID_VERSION"
	JSONSyntaxError               Code = "JSON_SYNTAX_ERROR"
	MissingAction                 Code = "MISSING_ACTION"
	MissingEffect                 Code = "MISSING_EFFECT"
	MissingPrincipal              Code = "MISSING_PRINCIPAL"
	MissingResource               Code = "MISSING_RESOURCE"
	MissingStatement              Code = "MISSING_STATEMENT"
	MissingVersion                Code = "MISSING_VERSION"
	UniqueSidsRecommended         Code = "UNIQUE_SIDS_RECOMMENDED"
	UniqueSidsRequired            Code = "UNIQUE_SIDS_REQUIRED"
	UnsupportedElementCombination Code = "UNSUPPORTED_ELEMENT_COMBINATION"
	UnsupportedSid                Code = "UNSUPPORTED_SID"
	Refused                       Code = own + "REFUSED"
	DuplicateMember               Code = own + "DUPLICATE_MEMBER"
)

var grammarChecks = []Check{
	{Code: DataTypeMismatch, Type: Error, Message: "The text does not match the expected JSON data type {{data_type}}."},
	{Code: EmptyArrayAction, Type: Suggestion, Message: "This statement includes no actions and does not affect the policy. Specify actions."},
	{Code: EmptyArrayPrincipal, Type: Suggestion, Message: "This statement includes no principals and does not affect the policy. Specify principals."},
	{Code: EmptyArrayResource, Type: Suggestion, Message: "This statement includes no resources and does not affect the policy. Specify resources."},
	{Code: EmptyObjectCondition, Type: Suggestion, Message: "This condition block is empty and it does not affect the policy. Specify conditions."},
	{Code: EmptyObjectPrincipal, Type: Suggestion, Message: "This statement includes no principals and does not affect the policy. Specify principals."},
	{Code: EmptySidValue, Type: Suggestion, Message: "Add a value to the empty string in the Sid element."},
	{Code: InvalidEffect, Type: Error, Message: "The effect {{effect}} is not valid. Use Allow or Deny."},
	{Code: InvalidPolicyElement, Type: Error, Message: "The policy element {{element}} is not valid."},
	{Code: InvalidVersion, Type: Error, Message: "The version {{version}} is not valid. Use one of the following versions: {{versions}}"},
	{Code: JSONSyntaxError, Type: Error, Message: "Fix the JSON syntax error at index {{index}} line {{line}} column {{column}}."},
	{Code: MissingAction, Type: Error, Message: "Add an Action or NotAction element to the policy statement."},
	{Code: MissingEffect, Type: Error, Message: "Add an Effect element to the policy statement with a value of Allow or Deny."},
	{Code: MissingPrincipal, Type: Error, Message: "Add a Principal element to the policy statement."},
	{Code: MissingResource, Type: Error, Message: "Add a Resource or NotResource element to the policy statement."},
	{Code: MissingStatement, Type: Error, Message: "Add a statement to the policy"},
	{Code: MissingVersion, Type: Warning, Message: "We recommend that you specify the Version element to help you with debugging permission issues."},
	{Code: UniqueSidsRecommended, Type: Warning, Message: "We recommend that you use statement IDs that are unique to your policy. Update the Sid value."},
	{Code: UniqueSidsRequired, Type: Error, Message: "Duplicate statement IDs are not supported for this policy type. Update the Sid value."},
	{Code: UnsupportedElementCombination, Type: Error, Message: "The policy elements {{element1}} and {{element2}} can not be used in the same statement. Remove one of these elements."},
	{Code: UnsupportedSid, Type: Error, Message: "Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]"},
	{Code: Refused, Type: Error, Message: "AWS refuses to store this document: {{reason}}"},
	{Code: DuplicateMember, Type: Error, Message: "The member {{name}} is written twice. AWS refuses the document. Remove one of the two."},
}
