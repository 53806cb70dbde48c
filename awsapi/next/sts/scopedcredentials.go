// Package sts has the types of what AWS STS can do and the AWS SDK for Go does not
// know yet, in the SDK's manner: an operation's input and output, named as the SDK
// will name them. So an operation is declared, decoded and authorized as every
// other one, and the day that the SDK has it, its type takes the place of ours.
// Where the SDK has the operation and lacks a member, the type here has the SDK's
// members and the new ones.
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

// GetScopedCredentialsInput is what GetScopedCredentials is asked for. It needs a
// Policy, DurationSeconds or both.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
type GetScopedCredentialsInput struct {
	// Policy is the scope-down policy: what the new credentials may do at most.
	Policy *string

	// DurationSeconds is how long the new credentials last; without it they last
	// as long as those that ask.
	DurationSeconds *int32

	// MinimumSessionTokenSize is how many characters the session token has at least.
	MinimumSessionTokenSize *int32

	// ScopedSessionDescription says what the session is for. It is logged only.
	ScopedSessionDescription *string
}

// GetScopedCredentialsOutput is its answer.
type GetScopedCredentialsOutput struct {
	Credentials *types.Credentials
	SessionInfo *ScopedSession

	SessionTokenUtilization *int32 // how much of the greatest size of a session token is used, in percent
	SessionTokenSize        *int32 // in characters

	// ScopedPoliciesCount is how many scope-down policies limit the session.
	ScopedPoliciesCount *int32

	SourceIdentity *string
}

// ScopedSession says whose the credentials are: the same principal's that asked.
type ScopedSession struct {
	ScopedSessionId *string // as aws:userid has it
	Arn             *string
}
