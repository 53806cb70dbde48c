package main

// Where AWS does otherwise than its model says.

// enumOrder is the order in which AWS prints the values of an enum in a
// validation error, by shape, where it is not the model's (recorded: GetSSHPublicKey
// and GenerateServiceLastAccessedDetails follow the model, these do not).
var enumOrder = map[string][]string{
	"globalEndpointTokenVersion": {"v2Token", "v1Token"},
	"EntityType":                 {"LocalManagedPolicy", "User", "AWSManagedPolicy", "Role", "Group"},
	"InlinePolicyAttachmentType": {"user", "role", "group"},
	"PolicyIdentifierPolicyType": {"scp", "permission-boundary", "aws-managed", "inline", "user-managed", "rcp"},
	"ContextKeyTypeEnum": {"binary", "ipList", "booleanList", "ip", "boolean", "numericList", "dateList", "numeric", "date",
		"stringList", "string", "binaryList"},
}

// bareEnum are the shapes whose values AWS leaves out of the text: recorded for
// the status of UpdateServiceSpecificCredential; the other status parameters
// have the same shape.
var bareEnum = map[string]bool{"statusType": true}

// maxOverride are the limits that live AWS was seen to set otherwise.
var maxOverride = map[string]int64{
	"sourceIdentityType": 256, // the model says 64; recorded at AssumeRole
}

// elementPattern is the pattern of a list's elements where it is not that of their
// shape, by the list's shape (recorded: a document of a simulation may hold fewer
// characters than one that is stored).
var elementPattern = map[string]string{
	"SimulationPolicyListType": `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+`,
}

const (
	plainPath   = "It must begin and end with / and contain only alphanumeric characters and/or / characters."
	plainPrefix = "It must begin with the / character and contain only alphanumeric characters and/or / characters."
	plainName   = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
	plainKeyID  = "It must contain only alphanumeric characters."
	plainText   = "It must contain only printable ASCII characters."
)

// plain are the shapes of IAM whose pattern AWS answers in a sentence of its
// own, after the aggregated constraints, and not in the aggregate: recorded for
// paths, quoted in issues for names and private keys.
var plain = map[string]string{
	"pathType":       plainPath,
	"policyPathType": plainPath,
	"pathPrefixType": plainPrefix,

	"userNameType":              plainName,
	"existingUserNameType":      plainName,
	"groupNameType":             plainName,
	"roleNameType":              plainName,
	"policyNameType":            plainName,
	"instanceProfileNameType":   plainName,
	"serverCertificateNameType": plainName,
	"virtualMFADeviceName":      plainName,
	"entityNameType":            plainName,
	"customSuffixType":          plainName,

	"accessKeyIdType": plainKeyID,

	"privateKeyType":       plainText,
	"certificateBodyType":  plainText,
	"certificateChainType": plainText,
	"policyDocumentType":   plainText,
}

// millis are the times that AWS writes with milliseconds, by structure and
// member: recorded for JobCreationDate and for the Expiration of a web identity
// token.
var millis = map[string]bool{
	"GetServiceLastAccessedDetailsOutput.JobCreationDate":               true,
	"GetServiceLastAccessedDetailsOutput.JobCompletionDate":             true,
	"GetServiceLastAccessedDetailsWithEntitiesOutput.JobCreationDate":   true,
	"GetServiceLastAccessedDetailsWithEntitiesOutput.JobCompletionDate": true,
	"GetOrganizationsAccessReportOutput.JobCreationDate":                true,
	"GetOrganizationsAccessReportOutput.JobCompletionDate":              true,
	"GetWebIdentityTokenOutput.Expiration":                              true,
}

// wireOrder is the order of a structure's first members where it was recorded
// to differ from the model's; the others follow in the model's order. IsTruncated
// comes first in every answer that has it (recorded).
var wireOrder = map[string][]string{
	"GetCallerIdentityOutput":              {"Arn", "UserId", "Account"},
	"AssumeRoleOutput":                     {"AssumedRoleUser", "Credentials", "SourceIdentity", "PackedPolicySize"},
	"AssumedRoleUser":                      {"AssumedRoleId", "Arn"},
	"GetAccountAuthorizationDetailsOutput": {"IsTruncated", "Policies", "UserDetailList", "RoleDetailList", "GroupDetailList"},
}

// statuses are the codes that no error shape of the model has, or that live AWS
// answers with another status: the common errors of both APIs
// (https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html) and
// what was recorded.
var statuses = map[string]int{
	"AccessDenied":                403,
	"AccessDeniedException":       400,
	"ExpiredToken":                403,
	"IncompleteSignature":         400,
	"InternalFailure":             500,
	"InvalidAction":               400,
	"InvalidClientTokenId":        403,
	"InvalidParameterCombination": 400,
	"InvalidParameterValue":       400,
	"InvalidQueryParameter":       400,
	"MalformedInput":              400,
	"MalformedQueryString":        400,
	"MissingAction":               400,
	"MissingAuthenticationToken":  403,
	"MissingParameter":            400,
	"NotAuthorized":               400,
	"NotImplemented":              501,
	"OptInRequired":               403,
	"RequestExpired":              400,
	"ServiceUnavailable":          503,
	"SignatureDoesNotMatch":       403,
	"Throttling":                  400,
	"ValidationError":             400,
}

// jsonStatuses are the common errors of services that speak JSON. Package gateway
// answers the same codes and statuses for the services that it sends on.
var jsonStatuses = map[string]int{
	"AccessDeniedException":               400,
	"ExpiredTokenException":               400,
	"IncompleteSignatureException":        400,
	"InternalFailure":                     500,
	"InvalidSignatureException":           400,
	"MissingAuthenticationTokenException": 400,
	"NotImplemented":                      501,
	"SerializationException":              400,
	"ServiceUnavailable":                  503,
	"ThrottlingException":                 400,
	"UnrecognizedClientException":         400,
	"ValidationException":                 400,
}

// restStatuses are those of services that speak REST with JSON.
var restStatuses = map[string]int{
	"ExpiredTokenException":               403,
	"IncompleteSignatureException":        403,
	"InternalFailure":                     500,
	"InvalidSignatureException":           403,
	"MissingAuthenticationTokenException": 403,
	"NotImplemented":                      501,
	"SerializationException":              400,
	"ServiceUnavailable":                  503,
	"UnrecognizedClientException":         403,
}

// ownError are the shapes of whose values the operation says itself that they are not
// valid, by an exception that its page documents for that: the model's bounds would
// answer before it.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
var ownError = map[string]bool{
	"EventCategory":        true, // InvalidEventCategoryException
	"LookupAttributeKey":   true, // InvalidLookupAttributesException
	"LookupAttributeValue": true,
	"MaxResults":           true, // InvalidMaxResultsException
}

// noCode are the statuses of error shapes to which the model gives no code: the
// answer has the shape's name and, as the SDKs assume, 400.
const noCodeStatus = 400
