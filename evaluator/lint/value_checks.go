package lint

// The checks of the values of conditions.
const (
	ImproveIPRange              Code = "IMPROVE_IP_RANGE"
	InvalidDateValue            Code = "INVALID_DATE_VALUE"
	InvalidRegion               Code = "INVALID_REGION"
	InvalidVPCEFormat           Code = "INVALID_VPCE_FORMAT"
	InvalidVPCFormat            Code = "INVALID_VPC_FORMAT"
	PrivateIPAddress            Code = "PRIVATE_IP_ADDRESS"
	PrivateIPAddressSubset      Code = "PRIVATE_IP_ADDRESS_SUBSET"
	PrivateNotIPAddress         Code = "PRIVATE_NOT_IP_ADDRESS"
	PrivateNotIPAddressSubset   Code = "PRIVATE_NOT_IP_ADDRESS_SUBSET"
	RedundantConditionValueNum  Code = "REDUNDANT_CONDITION_VALUE_NUM"
	TypeMismatch                Code = "TYPE_MISMATCH"
	TypeMismatchBoolean         Code = "TYPE_MISMATCH_BOOLEAN"
	TypeMismatchDate            Code = "TYPE_MISMATCH_DATE"
	TypeMismatchIPRange         Code = "TYPE_MISMATCH_IP_RANGE"
	TypeMismatchNumber          Code = "TYPE_MISMATCH_NUMBER"
	TypeMismatchString          Code = "TYPE_MISMATCH_STRING"
	WildcardWithoutLikeOperator Code = "WILDCARD_WITHOUT_LIKE_OPERATOR"
)

var valueChecks = []Check{
	{Code: ImproveIPRange, Type: Suggestion, Message: "The non-zero bits in the IP address after the masked bits are ignored. Replace address with {{addr}}."},
	{Code: InvalidDateValue, Type: Warning, Message: "The date {{date}} might not resolve as expected. We recommend that you use the YYYY-MM-DD format."},
	{Code: InvalidRegion, Type: Error, Message: "The Region {{region}} is not valid. Update the condition value to a suported Region."},
	{Code: InvalidVPCEFormat, Type: Error, Message: "The VPCE identifier in the condition key value is not valid.  Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters."},
	{Code: InvalidVPCFormat, Type: Error, Message: "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters."},
	{Code: PrivateIPAddress, Type: Error, Message: "aws:SourceIp works only for public IP address ranges. The values for condition key aws:SourceIp include only private IP addresses and will not have the desired effect. Update the value to include only public IP addresses."},
	{Code: PrivateIPAddressSubset, Type: Suggestion, Message: "The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses will not have the desired effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp."},
	{Code: PrivateNotIPAddress, Type: Error, Message: "The values for condition key aws:SourceIp include only private IP addresses and has no effect. aws:SourceIp works only for public IP address ranges. Update the value to include only public IP addresses."},
	{Code: PrivateNotIPAddressSubset, Type: Suggestion, Message: "The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses have no effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp."},
	{Code: RedundantConditionValueNum, Type: Suggestion, Message: "Multiple values in {{operator}} are redundant. Replace with the {{greatest/least}} single value for {{key}}."},
	{Code: TypeMismatch, Type: Warning, Message: "Use the operator type {{allowed}} instead of operator {{operator}} for the condition key {{key}}."},
	{Code: TypeMismatchBoolean, Type: Warning, Message: "Add a valid Boolean value (true or false) for the condition operator {{operator}}."},
	{Code: TypeMismatchDate, Type: Warning, Message: "The date condition operator is used with an invalid value. Specify a valid date using YYYY-MM-DD or other ISO 8601 date/time format."},
	{Code: TypeMismatchIPRange, Type: Warning, Message: "The condition operator {{operator}} is used with an invalid IP range value. Specify the IP range in standard CIDR format."},
	{Code: TypeMismatchNumber, Type: Warning, Message: "Add a valid numeric value for the condition operator {{operator}}."},
	{Code: TypeMismatchString, Type: Warning, Message: "Add a valid base64-encoded string value for the condition operator {{operator}}."},
	{Code: WildcardWithoutLikeOperator, Type: Warning, Message: "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator to include Like."},
}
