package lint

// The checks of policy variables.
const (
	EmptyVariable                Code = "EMPTY_VARIABLE"
	InvalidVariableForOperator   Code = "INVALID_VARIABLE_FOR_OPERATOR"
	MissingBraceInVariable       Code = "MISSING_BRACE_IN_VARIABLE"
	MissingQuoteInVariable       Code = "MISSING_QUOTE_IN_VARIABLE"
	UnsupportedSpaceInVariable   Code = "UNSUPPORTED_SPACE_IN_VARIABLE"
	VariableUnsupportedInElement Code = "VARIABLE_UNSUPPORTED_IN_ELEMENT"
	VariableUnsupportedInVersion Code = "VARIABLE_UNSUPPORTED_IN_VERSION"
)

var variableChecks = []Check{
	{Code: EmptyVariable, Type: Error, Message: "Empty policy variable. Remove the ${ } variable structure or provide a variable within the structure."},
	{Code: InvalidVariableForOperator, Type: Error, Message: "Policy variables can only be used with String and ARN operators."},
	{Code: MissingBraceInVariable, Type: Error, Message: "The policy variable is missing a closing curly brace. Add } after the variable text."},
	{Code: MissingQuoteInVariable, Type: Error, Message: "The policy variable default value must begin and end with a single quote. Add the missing quote."},
	{Code: UnsupportedSpaceInVariable, Type: Error, Message: "A space is not supported within the policy variable text. Remove the space."},
	{Code: VariableUnsupportedInElement, Type: Error, Message: "Policy variables are supported in the Resource and Condition elements. Remove the policy variable {{variable}} from this element."},
	{Code: VariableUnsupportedInVersion, Type: Error, Message: "To include variables in your policy, use the policy version 2012-10-17 or later."},
}
