package sts

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
)

// The texts are AWS's, recorded or quoted from live answers unless a line says
// otherwise.

func apiError(code, format string, args ...any) error {
	return &smithy.GenericAPIError{Code: code, Message: fmt.Sprintf(format, args...), Fault: smithy.FaultClient}
}

func invalidToken() error {
	return apiError("InvalidClientTokenId", "The security token included in the request is invalid.")
}

// invalidTokenInRegion answers a v1 token in a region that is not on by default.
// It has no full stop (recorded).
func invalidTokenInRegion() error {
	return apiError("InvalidClientTokenId", "The security token included in the request is invalid")
}

// tooManyAccounts has a code that the SDKs do not retry. AWS has no such error.
func tooManyAccounts(most int) error {
	return apiError("LimitExceeded", "The server has %d accounts and makes no more of them at their first use: "+
		"start the server with a greater --max-accounts, or empty it (POST /_understudy/reset).", most)
}

// expiredToken has the code of the live service, not the model's
// ExpiredTokenException, and no full stop.
func expiredToken() error {
	return apiError("ExpiredToken", "The security token included in the request is expired")
}

// invalidRoleARN answers an ARN that does not parse (recorded). It is our choice to answer an
// unknown partition and a region with it too.
//
// text not confirmed
func invalidRoleARN(arn string) error { return apiError("ValidationError", "%s is invalid", arn) }

func overMaxSessionDuration() error {
	return apiError("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
}

func overChainedDuration() error {
	return apiError("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
}

func sourceIdentityIsSet() error {
	return apiError("ValidationError", "The source identity is already set for this assume role session")
}

func reservedSourceIdentity() error {
	return apiError("ValidationError", `Source Identity must not begin with "aws:"`) // text not confirmed
}

func policyTooLong(policy string, limit int) error {
	return apiError("ValidationError", "1 validation error detected: Value '%s' at 'policy' failed to satisfy constraint: "+
		"Member must have length less than or equal to %d", policy, limit)
}

func tooManyPolicyARNs(limit int) error {
	return apiError("ValidationError", "You can pass at most %d managed session policies.", limit) // text not confirmed
}

func noSuchSessionPolicy(arn string) error {
	return apiError("ValidationError", "Policy %s does not exist or is not attachable.", arn) // text not confirmed
}

func invalidMessage() error {
	return &types.InvalidAuthorizationMessageException{Message: aws.String("Message is not valid")} // text not confirmed
}

func malformedPolicy(text string) smithy.APIError {
	return &types.MalformedPolicyDocumentException{Message: aws.String(text)}
}

// sessionTokenTooLarge reports both sizes in bytes, as documented.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors
func sessionTokenTooLarge(size int) error {
	return &types.PackedPolicyTooLargeException{Message: aws.String( // text not confirmed
		fmt.Sprintf("The session token size of %d bytes exceeds the maximum allowed size of %d bytes.", size, maxTokenSize))}
}

func invalidParameter(text string) error { return apiError("InvalidParameterValue", "%s", text) }

func duplicateTagKeys() error {
	return invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

func reservedTagKey() error {
	return invalidParameter("Tag keys beginning with aws: are reserved for system use.") // text not confirmed
}

func transitiveKeyWithoutTag() error {
	return invalidParameter("The specified transitive tag key must be included in the requested tags.")
}

func transitiveKeyConflicts() error {
	return invalidParameter("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
}

func severalContexts() error {
	return invalidParameter("Only one context assertion can be provided.") // text not confirmed
}

// unprovedContext answers a context assertion that is malformed or not of a
// trusted provider. The code is AWS's since November 2026.
func unprovedContext() error {
	return apiError("InvalidContextAssertion", "The provided context assertion could not be verified.") // text not confirmed
}

func expiredContext() error {
	return apiError("InvalidContextAssertion", "The provided context assertion has expired.") // text not confirmed
}

// mfaNotValidated has two spaces between its sentences, as at AWS.
func mfaNotValidated() error {
	return apiError("AccessDenied",
		"MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")
}

// mfaWrongCode ends with a space, as at AWS (recorded).
func mfaWrongCode() error {
	return apiError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}

func mfaIncomplete() error {
	return apiError("AccessDenied",
		"MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.") // text not confirmed
}

func malformedAccessKey(id string) error {
	return apiError("ValidationError", "%s is not a valid access key ID", id) // text not confirmed
}

// Errors of the federated calls.

func invalidRequestARN() error {
	return apiError("ValidationError", "Request ARN is invalid") // text not confirmed
}

func invalidIdentityToken(text string) error {
	return &types.InvalidIdentityTokenException{Message: aws.String(text)}
}

func noOIDCProvider(issuer string) error {
	return invalidIdentityToken("No OpenIDConnect provider found in your account for " + issuer)
}

func wrongAudience() error { return invalidIdentityToken("Incorrect token audience") }

func severalAudiences() error {
	return invalidIdentityToken("Token audience contains more than one audience while authorized party is not present")
}

func malformedToken() error {
	return invalidIdentityToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
}

func missingClaim(name string) error {
	return invalidIdentityToken("Missing a required claim: " + name + ".")
}

func longClaim(name string) error {
	return invalidIdentityToken(fmt.Sprintf("The claim %s has more than %d characters.", name, maxTransactionValue)) // text not confirmed
}

func unverifiedToken() error {
	return invalidIdentityToken("The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.")
}

// noVerificationKey has two spaces, as at AWS.
func noVerificationKey() error {
	return invalidIdentityToken("Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements")
}

func roleNotListed() error {
	return invalidIdentityToken("The requested role is not in the roles claim of the token.") // text not confirmed
}

func invalidSourceIdentity() error {
	return invalidIdentityToken(`Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`)
}

func tagsOverLimits() error {
	return invalidIdentityToken("Session tags must be at most 50, with keys of 1 to 128 and values of up to 256 characters that tags may have") // text not confirmed
}

func expiredIdentity(now, expiry time.Time) error {
	return &types.ExpiredTokenException{Message: aws.String(fmt.Sprintf(
		"Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), expiry.Unix()))}
}

func providerUnreachable() error {
	return &types.IDPCommunicationErrorException{Message: aws.String("The identity provider could not be reached.")} // text not confirmed
}

func rejectedAccessToken() error {
	return &types.IDPRejectedClaimException{Message: aws.String("The identity provider rejected the access token.")} // text not confirmed
}
