package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// UpdateAccountPasswordPolicy sets the account's password policy, in place of the one
// that it has: members that are left out get their defaults. Existing passwords stay as
// they are.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
func (s *Service) UpdateAccountPasswordPolicy(ctx context.Context,
	in *iam.UpdateAccountPasswordPolicyInput) (*iam.UpdateAccountPasswordPolicyOutput, error) {
	policy := &persistence.PasswordPolicy{
		MinimumLength:  persistence.MinimumPasswordLength,
		RequireSymbols: in.RequireSymbols, RequireNumbers: in.RequireNumbers,
		RequireUppercase: in.RequireUppercaseCharacters, RequireLowercase: in.RequireLowercaseCharacters,
		AllowChange: in.AllowUsersToChangePassword, HardExpiry: in.HardExpiry,
		MaxAge: aws.ToInt32(in.MaxPasswordAge), Reuse: aws.ToInt32(in.PasswordReusePrevention),
	}
	if in.MinimumPasswordLength != nil {
		policy.MinimumLength = *in.MinimumPasswordLength
	}
	err := s.store.Update(ctx, func(tx persistence.Tx) error { return persistence.PasswordPolicies.Put(tx, account(ctx), policy) })
	return answer(&iam.UpdateAccountPasswordPolicyOutput{}, err)
}

// GetAccountPasswordPolicy describes the account's own password policy. AWS's default
// policy, which applies without it, is not shown.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
func (s *Service) GetAccountPasswordPolicy(ctx context.Context,
	_ *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
	out := &iam.GetAccountPasswordPolicyOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		policy, err := persistence.PasswordPolicies.Get(tx, account(ctx))
		if err != nil {
			return orMissing(err, noPasswordPolicy(account(ctx)))
		}
		out.PasswordPolicy = passwordPolicyOut(policy)
		return nil
	})
	return answer(out, err)
}

func passwordPolicyOut(p *persistence.PasswordPolicy) *types.PasswordPolicy {
	out := &types.PasswordPolicy{
		MinimumPasswordLength: &p.MinimumLength,
		RequireSymbols:        p.RequireSymbols, RequireNumbers: p.RequireNumbers,
		RequireUppercaseCharacters: p.RequireUppercase, RequireLowercaseCharacters: p.RequireLowercase,
		AllowUsersToChangePassword: p.AllowChange, ExpirePasswords: p.MaxAge > 0, HardExpiry: p.HardExpiry,
	}
	if p.MaxAge > 0 {
		out.MaxPasswordAge = &p.MaxAge
	}
	if p.Reuse > 0 {
		out.PasswordReusePrevention = &p.Reuse
	}
	return out
}

// DeleteAccountPasswordPolicy removes the account's own password policy: AWS's default
// policy applies again.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountPasswordPolicy.html
func (s *Service) DeleteAccountPasswordPolicy(ctx context.Context,
	_ *iam.DeleteAccountPasswordPolicyInput) (*iam.DeleteAccountPasswordPolicyOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		err := persistence.PasswordPolicies.Delete(tx, account(ctx))
		if errors.Is(err, persistence.ErrNotFound) {
			return noPasswordPolicyToDelete()
		}
		return err
	})
	return answer(&iam.DeleteAccountPasswordPolicyOutput{}, err)
}

// passwordPolicyRules are the permissions of the operations above, which have
// no resource.
func passwordPolicyRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.UpdateAccountPasswordPolicyInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:UpdateAccountPasswordPolicy", Resource: "*"}}, nil
		}),
		authz.For(func(q *authz.Query, _ *iam.GetAccountPasswordPolicyInput) ([]authz.Need, error) {
			return grantedByPasswordPolicy(q, authz.Need{Action: "iam:GetAccountPasswordPolicy", Resource: "*"})
		}),
		authz.For(func(*authz.Query, *iam.DeleteAccountPasswordPolicyInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:DeleteAccountPasswordPolicy", Resource: "*"}}, nil
		}),
	}
}

// grantedByPasswordPolicy adds what AllowUsersToChangePassword grants to every user of
// the account: to change their own password, and to read the policy. IAM grants this
// itself, without a policy of the user, but denials in the user's policies still count.
// So it acts like a resource-based policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PasswordPolicy.html
func grantedByPasswordPolicy(q *authz.Query, need authz.Need) ([]authz.Need, error) {
	policy, err := persistence.PasswordPolicies.Get(q.Tx, q.Account())
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return nil, err
	}
	if err == nil && policy.AllowChange && q.Caller.Kind == principal.User {
		need.ResourcePolicy = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + need.Action +
			`","Principal":{"AWS":"` + q.Caller.ARN + `"}}}`
	}
	return []authz.Need{need}, nil
}
