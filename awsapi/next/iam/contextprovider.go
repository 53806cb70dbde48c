// Package iam has types for features of AWS IAM that the AWS SDK for Go does not have yet, in the
// style of the SDK: the input or the output of an operation, named as the SDK will name it. If the
// SDK has the operation but lacks a member, the type here has the SDK's members and the new one,
// and is used in place of the SDK's type until that has the member.
//
// The names are those of the API reference of November 2026.
//
// # Caveats
//
// There is no client: a Go program sends the new members with a signed request of its own, or with
// an SDK that has them. Nothing changes for an SDK without them.
//
// The name of the member IdentityCenterInstanceArn is taken from the condition key
// iam:RequestIdentityCenterInstanceArn: the part of the API reference that shows it
// was not seen.
package iam

// ContextProvider says what a federated session knows about the person behind it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html
type ContextProvider struct {
	// SubjectSourceKey is the claim or the attribute that is the subject. It is
	// required.
	SubjectSourceKey *string

	// KeyDefinitionList says which other claims or attributes become context keys.
	KeyDefinitionList []ContextProviderKeyDefinition

	// SubjectTypeSourceKey is the claim or the attribute that says what the
	// subject is.
	SubjectTypeSourceKey *string

	// SubjectTypeValue says what every subject is, such as "user" or "workload".
	SubjectTypeValue *string
}

// ContextProviderKeyDefinition maps a claim or an attribute to a context key.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProviderKeyDefinition.html
type ContextProviderKeyDefinition struct {
	SourceKey *string // required
	TargetKey *string
}
