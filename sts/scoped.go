package sts

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/principal"
)

// maxScopeDown is how many scope-down policies a session can have.
const maxScopeDown = 3

// GetScopedCredentials returns credentials of the calling session itself that may
// do less, end sooner, or both.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
//
// The caller needs temporary credentials (authz refuses others) and a regional endpoint. The
// identity, tags and limits of the calling session are kept; a policy becomes a layer of its own,
// which must allow each call too. The new credentials belong to the same session, so for condition
// keys they were issued when it began.
func (s *Service) GetScopedCredentials(ctx context.Context, in *next.GetScopedCredentialsInput) (*next.GetScopedCredentialsOutput, error) {
	c := caller(ctx)
	if err := checkScopedCredentials(s.partition, c, in); err != nil {
		return nil, err
	}
	t, err := s.scopedToken(c, in)
	if err != nil {
		return nil, err
	}
	credentials, err := s.issue(ctx, &order{account: c.AccountID, token: t, minimumSize: in.MinimumSessionTokenSize})
	if err != nil {
		return nil, err
	}
	out := &next.GetScopedCredentialsOutput{
		Credentials:         credentials,
		SessionInfo:         &next.ScopedSession{ScopedSessionId: aws.String(c.UserID), Arn: aws.String(c.ARN)},
		ScopedPoliciesCount: aws.Int32(int32(len(t.ScopeDown))),
	}
	out.SessionTokenSize, out.SessionTokenUtilization = tokenSize(credentials)
	if t.SourceIdentity != "" {
		out.SourceIdentity = aws.String(t.SourceIdentity)
	}
	return out, nil
}

// scopedToken returns the calling session with its new limits.
func (s *Service) scopedToken(c *principal.Caller, in *next.GetScopedCredentialsInput) (*token, error) {
	t := tokenOf(c)
	if in.DurationSeconds != nil {
		end := s.now(c).Unix() + int64(*in.DurationSeconds)
		if end > t.ExpiresAt {
			return nil, sessionLifetimeTooShort()
		}
		t.ExpiresAt = end
	}
	if in.Policy != nil {
		if len(t.ScopeDown) >= maxScopeDown {
			return nil, tooManyScopeDownPolicies()
		}
		t.ScopeDown = append(slices.Clone(t.ScopeDown), *in.Policy)
	}
	return t, nil
}

// checkScopedCredentials makes the checks that need no state.
func checkScopedCredentials(p principal.Partition, c *principal.Caller, in *next.GetScopedCredentialsInput) error {
	switch {
	case c.Request.GlobalEndpoint:
		return unsupportedOnGlobalEndpoint()
	case in.Policy == nil && in.DurationSeconds == nil:
		return nothingToScope()
	}
	return checkSessionPolicy(p, in.Policy)
}

// getScopedCredentialsRule asks for the permission, on no resource. AWS's reference does not have
// the action yet. A session whose scope-down policy does not allow it cannot be narrowed any
// further.
func getScopedCredentialsRule() authz.Rule {
	return authz.For(func(q *authz.Query, in *next.GetScopedCredentialsInput) ([]authz.Need, error) {
		if err := checkScopedCredentials(q.Partition, q.Caller, in); err != nil {
			return nil, err
		}
		return []authz.Need{{Action: "sts:GetScopedCredentials", Resource: "*"}}, nil
	})
}
