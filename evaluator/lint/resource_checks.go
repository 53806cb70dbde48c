package lint

// The checks of resources.
const (
	ARNAccountNotAllowed           Code = "ARN_ACCOUNT_NOT_ALLOWED"
	ARNRegionNotAllowed            Code = "ARN_REGION_NOT_ALLOWED"
	InvalidARNAccount              Code = "INVALID_ARN_ACCOUNT"
	InvalidARNPrefix               Code = "INVALID_ARN_PREFIX"
	InvalidARNRegion               Code = "INVALID_ARN_REGION"
	InvalidARNResource             Code = "INVALID_ARN_RESOURCE"
	InvalidARNServiceCase          Code = "INVALID_ARN_SERVICE_CASE"
	InvalidPartition               Code = "INVALID_PARTITION"
	InvalidService                 Code = "INVALID_SERVICE"
	MissingARNAccount              Code = "MISSING_ARN_ACCOUNT"
	MissingARNField                Code = "MISSING_ARN_FIELD"
	MissingARNRegion               Code = "MISSING_ARN_REGION"
	RedundantResource              Code = "REDUNDANT_RESOURCE"
	UnsupportedResourceARNInPolicy Code = "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"
)

var resourceChecks = []Check{
	{Code: ARNAccountNotAllowed, Type: Error, Message: "The service {{service}} does not support specifying an account ID in the resource ARN."},
	{Code: ARNRegionNotAllowed, Type: Error, Message: "The service {{service}} does not support specifying a Region in the resource ARN."},
	{Code: InvalidARNAccount, Type: Error, Message: "The resource ARN account ID {{account}} is not valid. Provide a 12-digit account ID."},
	{Code: InvalidARNPrefix, Type: Error, Message: "Add the required prefix (arn) to the resource ARN."},
	{Code: InvalidARNRegion, Type: Error, Message: "The Region {{region}} is not valid for this resource. Update the resource ARN to include a supported Region."},
	{Code: InvalidARNResource, Type: Error, Message: "Resource ARN does not match the expected ARN format. Update the resource portion of the ARN."},
	{Code: InvalidARNServiceCase, Type: Error, Message: "Update the service name {{service}} in the resource ARN to use all lowercase letters."},
	{Code: InvalidPartition, Type: Error, Message: "The resource ARN for the service {{service}} does not support the partition {{partition}}. Use the supported values: {{partitions}}"},
	{Code: InvalidService, Type: Error, Message: "The service {{service}} does not exist. Use a valid service name."},
	{Code: MissingARNAccount, Type: Error, Message: "Add an account ID to the {{service}} resource ARN.", Unconfirmed: true}, // text not confirmed
	{Code: MissingARNField, Type: Error, Message: "Resource ARNs must include at least {{fields}} fields in the following structure: arn:partition:service:region:account:resource"},
	{Code: MissingARNRegion, Type: Error, Message: "Add a Region to the {{service}} resource ARN."},
	{Code: RedundantResource, Type: Suggestion, Message: "The {{redundantResourceCount}} resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*)"},
	{Code: UnsupportedResourceARNInPolicy, Type: Error, Message: "The resource ARN is not supported for the resource-based policy attached to the resource type {{resourceType}}."},
}
