package sts

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/uuid"
)

// Errors of AssumeRoleWithSAML: recorded, or from AWS's page on what can go wrong.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html

// discoveryError is an error of the service behind STS that reads responses,
// which AWS hands on with the name of that service and its own request ID.
func (s *Service) discoveryError(text, code string) error {
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return err
	}
	return invalidIdentityToken(fmt.Sprintf("%s (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: %s; Request ID: %s; Proxy: null)", text, code, id))
}

func (s *Service) invalidResponse(text string) error {
	return s.discoveryError(text, "AuthSamlInvalidSamlResponseException")
}

func invalidSignature() error { return invalidIdentityToken("Response signature invalid") }

func roleNotAsserted() error {
	return invalidIdentityToken("SAML Assertion doesn't contain the requested Role and Metadata in the attributes")
}

func noSessionName() error {
	return invalidIdentityToken("RoleSessionName is required in AuthnResponse")
}

func invalidSessionName() error {
	return invalidIdentityToken("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
}

func invalidSessionDuration() error {
	return invalidIdentityToken("SessionDuration in AuthnResponse must be an integer between 900 and 43200") // text not confirmed
}

func severalTagValues() error {
	return invalidIdentityToken("A PrincipalTag in AuthnResponse must have exactly one value") // text not confirmed
}

func expiredResponse() error {
	return &types.ExpiredTokenException{Message: aws.String("Response has expired")}
}

func redeemedLate() error {
	return &types.ExpiredTokenException{Message: aws.String("Token must be redeemed within 5 minutes of issuance")}
}

func wrongSAMLAudience() error {
	return invalidIdentityToken("Response does not contain the required audience.")
}

// Errors of the strict check only.

func earlyResponse() error {
	return invalidIdentityToken("Response is not valid yet") // text not confirmed
}

func usedResponse() error {
	return invalidIdentityToken("Response has been used already") // text not confirmed
}
