package sts

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// Errors of GetWebIdentityToken (recorded).

func outboundDisabled() error {
	return &types.OutboundWebIdentityFederationDisabledException{Message: aws.String("OutboundWebIdentityFederation is disabled.")}
}

func unsupportedAlgorithm() error {
	return apiError("ValidationError",
		"Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms")
}

func sessionEndsFirst() error {
	return &types.SessionDurationEscalationException{
		Message: aws.String("Requested token expiry time must be before the original session's expiry time."),
	}
}

func payloadTooLarge() error {
	return &types.JWTPayloadSizeExceededException{
		Message: aws.String(fmt.Sprintf("The JWT payload exceeds %d bytes.", maxTokenPayload)), // text not confirmed
	}
}

func unsupportedOnGlobalEndpoint() error {
	return apiError("ValidationError", "Operation not supported on STS global endpoint") // code not confirmed
}

// Errors of Scope and SubjectMode. That a session without an origin identity gets a
// validation error, and an unfit subject a denial, is documented; the texts are not.

func invalidScope() error {
	return apiError("ValidationError",
		"Scope must be scope values separated by single spaces. A scope value has printable ASCII characters except spaces, double quotation marks, commas and backslashes.") // text not confirmed
}

func repeatedScope() error {
	return apiError("ValidationError", "Scope must not repeat a scope value.") // text not confirmed
}

func scopeWithoutOrigin() error {
	return apiError("ValidationError", "Scope can be specified only when SubjectMode is OriginIdentity.") // text not confirmed
}

func scopeForSeveral() error {
	return apiError("ValidationError", "Scope can be specified only with exactly one audience.") // text not confirmed
}

func noOriginIdentity() error {
	return apiError("ValidationError",
		"The calling session does not have the origin identity that SubjectMode OriginIdentity requires.") // text not confirmed
}

func unfitSubject() error {
	return apiError("AccessDenied",
		"The subject of the session's origin identity cannot be the subject of a web identity token.") // text not confirmed
}
