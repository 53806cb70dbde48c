// Package sts has types for features of AWS STS that the AWS SDK for Go does not have yet, in the
// style of the SDK: an operation's input and output, named as the SDK will name them. So an
// operation is declared, decoded and authorized like every other, and when the SDK has it, the
// SDK's type replaces ours. If the SDK has the operation but lacks a member, the type here has the
// SDK's members and the new ones.
//
// The names and the order of the members are those of the AWS SDK for JavaScript,
// client-sts 3.1177.0.
//
// # Caveats
//
// There is no client: a Go program calls these operations with a signed request of
// its own, or with an SDK that has them.
package sts

import "github.com/aws/aws-sdk-go-v2/service/sts/types"

// GetScopedCredentialsInput is the input of GetScopedCredentials. It needs a Policy,
// DurationSeconds or both.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
type GetScopedCredentialsInput struct {
	// Policy is the scope-down policy: what the new credentials may do at most.
	Policy *string

	// DurationSeconds is how long the new credentials last; without it they last as long as the
	// calling credentials.
	DurationSeconds *int32

	// MinimumSessionTokenSize is the minimum length of the session token, in characters.
	MinimumSessionTokenSize *int32

	// ScopedSessionDescription says what the session is for. It is only logged.
	ScopedSessionDescription *string
}

// GetScopedCredentialsOutput is the output of GetScopedCredentials.
type GetScopedCredentialsOutput struct {
	Credentials *types.Credentials
	SessionInfo *ScopedSession

	SessionTokenUtilization *int32 // the size of the session token as a percentage of the maximum
	SessionTokenSize        *int32 // in characters

	// ScopedPoliciesCount is how many scope-down policies limit the session.
	ScopedPoliciesCount *int32

	SourceIdentity *string
}

// ScopedSession says whose credentials these are: those of the caller.
type ScopedSession struct {
	ScopedSessionId *string // the value of aws:userid
	Arn             *string
}
