package main

// This file has the cases in which AWS differs from its model.

// enumOrder is the order in which AWS prints the values of an enum in a validation
// error, by shape, if it is not the model's (recorded: GetSSHPublicKey and
// GenerateServiceLastAccessedDetails follow the model, these do not).
var enumOrder = map[string][]string{
	"globalEndpointTokenVersion": {"v2Token", "v1Token"},
	"EntityType":                 {"LocalManagedPolicy", "User", "AWSManagedPolicy", "Role", "Group"},
	"InlinePolicyAttachmentType": {"user", "role", "group"},
	"PolicyIdentifierPolicyType": {"scp", "permission-boundary", "aws-managed", "inline", "user-managed", "rcp"},
	"ContextKeyTypeEnum": {"binary", "ipList", "booleanList", "ip", "boolean", "numericList", "dateList", "numeric", "date",
		"stringList", "string", "binaryList"},
}

// bareEnum lists the shapes whose values AWS leaves out of the message: recorded
// for the status of UpdateServiceSpecificCredential; the other status parameters
// have the same shape.
var bareEnum = map[string]bool{"statusType": true}

// maxOverride holds the limits that differ in live AWS.
var maxOverride = map[string]int64{
	"sourceIdentityType": 256, // the model says 64; recorded at AssumeRole
}

// elementPattern is the pattern of a list's elements if it is not that of their
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

// plain lists the IAM shapes whose pattern AWS reports in a separate sentence,
// after the aggregated constraints and not among them: recorded for paths, quoted
// in issues for names and private keys.
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

// millis lists the times that AWS writes with milliseconds, by structure and
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

// wireOrder is the order of a structure's first members, if a recording differs
// from the model; the others follow in the model's order. IsTruncated comes first
// in every answer that has it (recorded).
var wireOrder = map[string][]string{
	"GetCallerIdentityOutput":              {"Arn", "UserId", "Account"},
	"AssumeRoleOutput":                     {"AssumedRoleUser", "Credentials", "SourceIdentity", "PackedPolicySize"},
	"AssumedRoleUser":                      {"AssumedRoleId", "Arn"},
	"GetAccountAuthorizationDetailsOutput": {"IsTruncated", "Policies", "UserDetailList", "RoleDetailList", "GroupDetailList"},
}

// statuses holds the codes that no error shape of the model has, or that live AWS
// returns with another status: the common errors of both APIs
// (https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html) and what
// was recorded.
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

// jsonStatuses holds the common errors of services that speak JSON. Package gateway
// answers with the same codes and statuses for the services whose calls it
// forwards.
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

// restStatuses holds the common errors of services that speak REST with JSON.
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

// ownError lists the shapes whose values the operation itself rejects, with an
// exception that its page documents: the model's limits would reject them earlier.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
var ownError = map[string]bool{
	"EventCategory":        true, // InvalidEventCategoryException
	"LookupAttributeKey":   true, // InvalidLookupAttributesException
	"LookupAttributeValue": true,
	"MaxResults":           true, // InvalidMaxResultsException
}

// noCodeStatus is the status of error shapes to which the model gives no code: the
// response has the shape's name as the code and, as the SDKs assume, status 400.
const noCodeStatus = 400
