package sts

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
)

// Durations of GetSessionToken's and GetFederationToken's credentials, in seconds.
const (
	defaultTokenDuration = 43200
	maxRootTokenDuration = 3600
)

// GetSessionToken returns temporary credentials of the calling user or root.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
//
// No permission is needed and no policy can deny it, but the caller needs long-term credentials
// (authz refuses others). With an MFA code the credentials have MFA, from now on; a wrong code is
// refused. Root's session lasts an hour at most, whatever is asked for.
func (s *Service) GetSessionToken(ctx context.Context, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	c, m := caller(ctx), code{in.SerialNumber, in.TokenCode}
	now, duration := s.now(c).Unix(), tokenDuration(c, in.DurationSeconds)
	t := &token{Kind: c.Kind, EntityID: c.EntityID, Operation: "GetSessionToken", IssuedAt: now, ExpiresAt: now + duration}
	if m.given() {
		t.MFAAt = now
	}
	credentials, err := s.issue(ctx, &order{account: c.AccountID, token: t, minimumSize: in.MinimumSessionTokenSize, code: m})
	if err != nil {
		return nil, err
	}
	out := &sts.GetSessionTokenOutput{Credentials: credentials}
	out.SessionTokenSize, out.SessionTokenUtilization = tokenSize(credentials)
	return out, nil
}

func getSessionTokenRule() authz.Rule {
	return authz.Free[sts.GetSessionTokenInput]()
}
