package sts

import "github.com/aws/aws-sdk-go-v2/service/sts/types"

// GetWebIdentityTokenInput is the SDK's with Scope and SubjectMode.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
type GetWebIdentityTokenInput struct {
	Audience         []string // required
	SigningAlgorithm *string  // required

	DurationSeconds *int32

	// Scope is the OAuth 2.0 scope of the token: values with one space between
	// them. It is for tokens about the origin identity.
	Scope *string

	// SubjectMode says whom the token is about; AWSIdentity if it is empty.
	SubjectMode WebIdentityTokenSubjectModeType

	Tags []types.Tag
}

// WebIdentityTokenSubjectModeType is whom a token of GetWebIdentityToken is about.
type WebIdentityTokenSubjectModeType string

// The subject modes.
const (
	// WebIdentityTokenSubjectModeTypeAwsIdentity is the principal who calls.
	WebIdentityTokenSubjectModeTypeAwsIdentity WebIdentityTokenSubjectModeType = "AWSIdentity"

	// WebIdentityTokenSubjectModeTypeOriginIdentity is the person behind the session.
	WebIdentityTokenSubjectModeTypeOriginIdentity WebIdentityTokenSubjectModeType = "OriginIdentity"
)
