package sts

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// GetFederationToken returns credentials for somebody who is not an IAM user, in the name of the
// user who asks. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
//
// The credentials may do what both the calling user's policies and the session policies allow;
// without session policies, only what a resource's policy allows the federated user directly. They
// allow no IAM call, and of STS only GetCallerIdentity. The caller needs long-term credentials
// (authz refuses others). Root's session lasts an hour at most.
func (s *Service) GetFederationToken(ctx context.Context, in *sts.GetFederationTokenInput) (*sts.GetFederationTokenOutput, error) {
	c := caller(ctx)
	if err := checkFederationToken(s.partition, in); err != nil {
		return nil, err
	}
	if err := s.store.View(ctx, func(tx persistence.Tx) error {
		return s.checkSessionPolicies(tx, c.AccountID, in.PolicyArns)
	}); err != nil {
		return nil, err
	}
	now := s.now(c).Unix()
	t := &token{
		Kind: principal.FederatedUser, EntityID: c.EntityID, SessionName: aws.ToString(in.Name), Operation: "GetFederationToken",
		IssuedAt: now, ExpiresAt: now + tokenDuration(c, in.DurationSeconds),
		Policy: aws.ToString(in.Policy), PolicyARNs: policyARNs(in.PolicyArns), Tags: sessionTags(nil, in.Tags),
	}
	credentials, err := s.issue(ctx, &order{account: c.AccountID, token: t, minimumSize: in.MinimumSessionTokenSize})
	if err != nil {
		return nil, err
	}
	p := federatedPrincipal(s.own(c.AccountID), t.SessionName)
	out := &sts.GetFederationTokenOutput{
		Credentials:   credentials,
		FederatedUser: &types.FederatedUser{Arn: aws.String(p.ARN), FederatedUserId: aws.String(p.UserID)},
	}
	out.SessionTokenSize, out.SessionTokenUtilization = tokenSize(credentials)
	out.PackedPolicySize = out.SessionTokenUtilization
	return out, nil
}

func checkFederationToken(p principal.Partition, in *sts.GetFederationTokenInput) error {
	if err := checkTags(in.Tags, nil, nil); err != nil {
		return err
	}
	return checkSessionPolicy(p, in.Policy)
}

// tokenDuration is how long credentials of GetSessionToken and
// GetFederationToken last, in seconds. A longer duration is shortened for root, not refused.
func tokenDuration(c *principal.Caller, asked *int32) int64 {
	duration := int64(defaultTokenDuration)
	if asked != nil {
		duration = int64(*asked)
	}
	if c.Kind == principal.Root {
		return min(duration, maxRootTokenDuration)
	}
	return duration
}

// federatedPrincipal is a federated user, without the user who asked for the session.
func federatedPrincipal(account principal.Account, name string) principal.Principal {
	return principal.Principal{
		Kind: principal.FederatedUser, AccountID: account.ID, ARN: account.STS("federated-user/" + name),
		UserID: account.ID + ":" + name, SessionName: name,
	}
}

// FederatedSession is the session that a user or root user gets from GetFederationToken under the
// name given, without policies.
func (s *Service) FederatedSession(of *principal.Principal, now time.Time) principal.Principal {
	name := of.Name
	if name == "" {
		name = "root"
	}
	p := federatedPrincipal(s.own(of.AccountID), name)
	p.EntityID, p.Name = of.EntityID, of.Name
	p.Session = &principal.Session{Operation: "GetFederationToken", IssuedAt: now}
	return p
}

// getFederationTokenRule asks for the permission on the federated user, and the one to tag the
// session if there are tags.
func getFederationTokenRule() authz.Rule {
	return authz.For(func(q *authz.Query, in *sts.GetFederationTokenInput) ([]authz.Need, error) {
		if err := checkFederationToken(q.Partition, in); err != nil {
			return nil, err
		}
		need := authz.Need{
			Action: "sts:GetFederationToken", Resource: q.Own().STS("federated-user/" + aws.ToString(in.Name)),
			Keys: authz.RequestTags(requestTags(in.Tags)),
		}
		needs := []authz.Need{need}
		if len(in.Tags) > 0 {
			need.Action = "sts:TagSession"
			needs = append(needs, need)
		}
		return needs, nil
	})
}
