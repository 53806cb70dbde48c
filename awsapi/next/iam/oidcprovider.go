package iam

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// CreateOpenIDConnectProviderInput is the SDK's with a ContextProvider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
type CreateOpenIDConnectProviderInput struct {
	Url *string // required

	ClientIDList    []string
	ContextProvider *ContextProvider
	Tags            []types.Tag
	ThumbprintList  []string
}

// GetOpenIDConnectProviderOutput is the SDK's with a ContextProvider and the IAM
// Identity Center instance.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
type GetOpenIDConnectProviderOutput struct {
	ClientIDList              []string
	ContextProvider           *ContextProvider
	CreateDate                *time.Time
	IdentityCenterInstanceArn *string
	Tags                      []types.Tag
	ThumbprintList            []string
	Url                       *string
}

// UpdateOpenIDConnectProviderInput changes the context provider of an OpenID
// Connect provider, or the IAM Identity Center instance that it is associated with.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProvider.html
type UpdateOpenIDConnectProviderInput struct {
	OpenIDConnectProviderArn *string // required

	ContextProvider           *ContextProvider
	IdentityCenterInstanceArn *string

	// RemoveContextProvider and RemoveIdentityCenterInstance remove what the
	// provider has.
	RemoveContextProvider        bool
	RemoveIdentityCenterInstance bool
}

// UpdateOpenIDConnectProviderOutput has no members.
type UpdateOpenIDConnectProviderOutput struct{}
