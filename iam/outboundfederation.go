package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// EnableOutboundWebIdentityFederation lets STS issue tokens with which the account's
// principals sign in to other services. The issuer is the account's own, and stays the
// same when the feature is enabled again (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOutboundWebIdentityFederation.html
func (s *Service) EnableOutboundWebIdentityFederation(ctx context.Context,
	_ *iam.EnableOutboundWebIdentityFederationInput) (*iam.EnableOutboundWebIdentityFederationOutput, error) {
	name, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return nil, err
	}
	out := &iam.EnableOutboundWebIdentityFederationOutput{}
	err = s.updateAccount(ctx, func(_ persistence.Tx, a *persistence.Account) error {
		if a.OutboundFederation {
			return outboundEnabled(a.ID)
		}
		a.OutboundFederation = true
		if a.OutboundIssuer == "" {
			a.OutboundIssuer = "https://" + name.String() + ".tokens.sts.global.api.aws"
		}
		out.IssuerIdentifier = &a.OutboundIssuer
		return nil
	})
	return answer(out, err)
}

// DisableOutboundWebIdentityFederation ends that. Tokens that were issued stay
// valid.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DisableOutboundWebIdentityFederation.html
func (s *Service) DisableOutboundWebIdentityFederation(ctx context.Context,
	_ *iam.DisableOutboundWebIdentityFederationInput) (*iam.DisableOutboundWebIdentityFederationOutput, error) {
	err := s.updateAccount(ctx, func(_ persistence.Tx, a *persistence.Account) error {
		if !a.OutboundFederation {
			return outboundDisabled(a.ID)
		}
		a.OutboundFederation = false
		return nil
	})
	return answer(&iam.DisableOutboundWebIdentityFederationOutput{}, err)
}

// GetOutboundWebIdentityFederationInfo returns the issuer while the feature is enabled.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOutboundWebIdentityFederationInfo.html
func (s *Service) GetOutboundWebIdentityFederationInfo(ctx context.Context,
	_ *iam.GetOutboundWebIdentityFederationInfoInput) (*iam.GetOutboundWebIdentityFederationInfoOutput, error) {
	out := &iam.GetOutboundWebIdentityFederationInfoOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		a, err := persistence.Accounts.Get(tx, account(ctx))
		if errors.Is(err, persistence.ErrNotFound) || err == nil && !a.OutboundFederation {
			return outboundDisabled(account(ctx))
		}
		if err != nil {
			return err
		}
		out.IssuerIdentifier, out.JwtVendingEnabled = &a.OutboundIssuer, true
		return nil
	})
	return answer(out, err)
}

// outboundFederationRules are the permissions of the operations above, which
// have no resource.
func outboundFederationRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.EnableOutboundWebIdentityFederationInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:EnableOutboundWebIdentityFederation", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.DisableOutboundWebIdentityFederationInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:DisableOutboundWebIdentityFederation", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.GetOutboundWebIdentityFederationInfoInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetOutboundWebIdentityFederationInfo", Resource: "*"}}, nil
		}),
	}
}
