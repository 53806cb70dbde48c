package iam

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// CreateSAMLProviderInput is the SDK's with a ContextProvider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
type CreateSAMLProviderInput struct {
	Name                 *string // required
	SAMLMetadataDocument *string // required

	AddPrivateKey           *string
	AssertionEncryptionMode types.AssertionEncryptionModeType
	ContextProvider         *ContextProvider
	Tags                    []types.Tag
}

// GetSAMLProviderOutput is the SDK's with a ContextProvider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html
type GetSAMLProviderOutput struct {
	AssertionEncryptionMode types.AssertionEncryptionModeType
	ContextProvider         *ContextProvider
	CreateDate              *time.Time
	PrivateKeyList          []types.SAMLPrivateKey
	SAMLMetadataDocument    *string
	SAMLProviderUUID        *string
	Tags                    []types.Tag
	ValidUntil              *time.Time
}

// UpdateSAMLProviderInput is the SDK's with a ContextProvider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html
type UpdateSAMLProviderInput struct {
	SAMLProviderArn *string // required

	AddPrivateKey           *string
	AssertionEncryptionMode types.AssertionEncryptionModeType
	ContextProvider         *ContextProvider
	RemovePrivateKey        *string
	SAMLMetadataDocument    *string
}
