package sts

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// GetDelegatedAccessToken trades the exchange token of a delegation request for credentials of the
// principal who approved it, limited to the policy of the request.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-building-integration.html
//
// Only the account that made the request can trade the token, any number of times; all credentials
// end when the token does: when the duration of the request has passed since the owner sent it.
// Calls with them are made as the approver, as AWS's example of a CloudTrail event shows, and
// without MFA. If the approver was a role session, they keep its limits, tags and source identity.
// PackedPolicySize is deprecated and not answered.
func (s *Service) GetDelegatedAccessToken(ctx context.Context,
	in *sts.GetDelegatedAccessTokenInput) (*sts.GetDelegatedAccessTokenOutput, error) {
	c := caller(ctx)
	now := s.now(c)
	var r *persistence.DelegationRequest
	var t *token
	err := s.store.View(ctx, func(tx persistence.Tx) (err error) {
		if r, err = persistence.DelegationRequestsByToken.First(tx, c.AccountID, aws.ToString(in.TradeInToken)); err != nil {
			return err
		}
		t = delegatedToken(r, now)
		_, err = sessionPrincipal(tx, s.own(r.OwnerAccount), t)
		if errors.Is(err, persistence.ErrNotFound) { // the approver was deleted
			return authz.NotAuthorized(c.ARN, "sts:GetDelegatedAccessToken", "") // text not confirmed
		}
		return err
	})
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil, invalidTradeInToken()
	case err != nil:
		return nil, err
	case t.ExpiresAt <= now.Unix():
		return nil, expiredTradeInToken()
	}
	credentials, err := s.issue(ctx, &order{account: r.OwnerAccount, token: t})
	if err != nil {
		return nil, err
	}
	return &sts.GetDelegatedAccessTokenOutput{AssumedPrincipal: aws.String(r.ApproverID), Credentials: credentials}, nil
}

// delegatedToken makes the session of a request that was finalized.
func delegatedToken(r *persistence.DelegationRequest, now time.Time) *token {
	sent := r.Changes[len(r.Changes)-1].Time
	t := &token{
		Kind: approverKind(r), EntityID: r.Approver, Operation: "GetDelegatedAccessToken",
		IssuedAt: now.Unix(), ExpiresAt: sent.Unix() + int64(r.SessionDuration), Limits: []string{r.Policy}, Delegate: r.Requestor,
	}
	if a := r.ApproverSession; a != nil {
		t.SessionName, t.Policy, t.PolicyARNs, t.Limits = a.Name, a.Policy, a.PolicyARNs, append(slices.Clone(a.Limits), r.Policy)
		t.TransitiveTagKeys, t.SourceIdentity = a.TransitiveTagKeys, a.SourceIdentity
		t.FederatedProvider, t.Keys = a.FederatedProvider, a.Keys
		for _, tag := range a.Tags {
			t.Tags = append(t.Tags, principal.Tag{Key: tag.Key, Value: tag.Value})
		}
	}
	return t
}

// approverKind returns the kind of the approver: a user, a role session, or root.
func approverKind(r *persistence.DelegationRequest) principal.Kind {
	switch arn, _ := principal.ParseARN(r.ApproverID); {
	case r.Approver == "":
		return principal.Root
	case arn.Service == "sts":
		return principal.AssumedRole
	}
	return principal.User
}

// getDelegatedAccessTokenRule asks for the permission, on no resource. The operation itself checks
// whose token it is.
func getDelegatedAccessTokenRule() authz.Rule {
	return authz.For(func(*authz.Query, *sts.GetDelegatedAccessTokenInput) ([]authz.Need, error) {
		return []authz.Need{{Action: "sts:GetDelegatedAccessToken", Resource: "*"}}, nil
	})
}
