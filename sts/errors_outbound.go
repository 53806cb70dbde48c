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
	return apiError("ValidationError", "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms")
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
