package sts

import "github.com/aws/aws-sdk-go-v2/service/sts/types"

// AssumeRoleWithSAMLOutput is the SDK's with a TrustedIdentityPropagationContext.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
type AssumeRoleWithSAMLOutput struct {
	AssumedRoleUser         *types.AssumedRoleUser
	Audience                *string
	Credentials             *types.Credentials
	Issuer                  *string
	NameQualifier           *string
	PackedPolicySize        *int32
	SessionTokenSize        *int32
	SessionTokenUtilization *int32
	SourceIdentity          *string
	Subject                 *string
	SubjectType             *string

	// TrustedIdentityPropagationContext is nil for a session without one, and for
	// an assertion that is encrypted. It is about a person: do not log it.
	TrustedIdentityPropagationContext *TrustedIdentityPropagationContext
}

// AssumeRoleWithWebIdentityOutput is the SDK's with a
// TrustedIdentityPropagationContext.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
type AssumeRoleWithWebIdentityOutput struct {
	AssumedRoleUser             *types.AssumedRoleUser
	Audience                    *string
	Credentials                 *types.Credentials
	PackedPolicySize            *int32
	Provider                    *string
	SessionTokenSize            *int32
	SessionTokenUtilization     *int32
	SourceIdentity              *string
	SubjectFromWebIdentityToken *string

	// TrustedIdentityPropagationContext is nil for a session without one. It is
	// about a person: do not log it.
	TrustedIdentityPropagationContext *TrustedIdentityPropagationContext
}

// TrustedIdentityPropagationContext is what a session knows about the person behind it.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_TrustedIdentityPropagationContext.html
type TrustedIdentityPropagationContext struct {
	OriginIdentity     *OriginIdentity
	TransactionContext *TransactionContext
}

// OriginIdentity are the keys aws:OriginIdentity/... of a session.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_OriginIdentity.html
type OriginIdentity struct {
	FederatedProviderArn *string
	Issuer               *string
	Subject              *string
	SubjectType          *string // user or workload
}

// TransactionContext are the keys aws:TransactionContext/... of a session.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_TransactionContext.html
type TransactionContext struct {
	// IdentityProvider are the values of aws:TransactionContext/IdentityProvider/KEY,
	// by KEY.
	IdentityProvider map[string]string
}
