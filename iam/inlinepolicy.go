package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// PutUserPolicy writes an inline policy of a user, in place of one of that name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
//
// All inline policies of a user have at most 2,048 characters together, those of a group
// 5,120 and those of a role 10,240, white space not counted.
func (s *Service) PutUserPolicy(ctx context.Context, in *iam.PutUserPolicyInput) (*iam.PutUserPolicyOutput, error) {
	err := s.putInline(ctx, inlineRef{userKind, in.UserName, in.PolicyName}, in.PolicyDocument)
	return answer(&iam.PutUserPolicyOutput{}, err)
}

// PutGroupPolicy writes an inline policy of a group, as PutUserPolicy of a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html
func (s *Service) PutGroupPolicy(ctx context.Context, in *iam.PutGroupPolicyInput) (*iam.PutGroupPolicyOutput, error) {
	err := s.putInline(ctx, inlineRef{groupKind, in.GroupName, in.PolicyName}, in.PolicyDocument)
	return answer(&iam.PutGroupPolicyOutput{}, err)
}

// PutRolePolicy writes an inline policy of a role, as PutUserPolicy of a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
func (s *Service) PutRolePolicy(ctx context.Context, in *iam.PutRolePolicyInput) (*iam.PutRolePolicyOutput, error) {
	err := s.putInline(ctx, inlineRef{roleKind, in.RoleName, in.PolicyName}, in.PolicyDocument)
	return answer(&iam.PutRolePolicyOutput{}, err)
}

// GetUserPolicy returns an inline policy of a user, percent-encoded.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html
func (s *Service) GetUserPolicy(ctx context.Context, in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
	i, p, err := s.getInline(ctx, inlineRef{userKind, in.UserName, in.PolicyName})
	if err != nil {
		return nil, err
	}
	return &iam.GetUserPolicyOutput{UserName: &i.Name, PolicyName: &p.Name, PolicyDocument: documentOut(p.Document)}, nil
}

// GetGroupPolicy returns an inline policy of a group, percent-encoded.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html
func (s *Service) GetGroupPolicy(ctx context.Context, in *iam.GetGroupPolicyInput) (*iam.GetGroupPolicyOutput, error) {
	i, p, err := s.getInline(ctx, inlineRef{groupKind, in.GroupName, in.PolicyName})
	if err != nil {
		return nil, err
	}
	return &iam.GetGroupPolicyOutput{GroupName: &i.Name, PolicyName: &p.Name, PolicyDocument: documentOut(p.Document)}, nil
}

// GetRolePolicy returns an inline policy of a role, percent-encoded.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
func (s *Service) GetRolePolicy(ctx context.Context, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
	i, p, err := s.getInline(ctx, inlineRef{roleKind, in.RoleName, in.PolicyName})
	if err != nil {
		return nil, err
	}
	return &iam.GetRolePolicyOutput{RoleName: &i.Name, PolicyName: &p.Name, PolicyDocument: documentOut(p.Document)}, nil
}

// DeleteUserPolicy removes an inline policy of a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html
func (s *Service) DeleteUserPolicy(ctx context.Context, in *iam.DeleteUserPolicyInput) (*iam.DeleteUserPolicyOutput, error) {
	err := s.deleteInline(ctx, inlineRef{userKind, in.UserName, in.PolicyName})
	return answer(&iam.DeleteUserPolicyOutput{}, err)
}

// DeleteGroupPolicy removes an inline policy of a group.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html
func (s *Service) DeleteGroupPolicy(ctx context.Context, in *iam.DeleteGroupPolicyInput) (*iam.DeleteGroupPolicyOutput, error) {
	err := s.deleteInline(ctx, inlineRef{groupKind, in.GroupName, in.PolicyName})
	return answer(&iam.DeleteGroupPolicyOutput{}, err)
}

// DeleteRolePolicy removes an inline policy of a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
func (s *Service) DeleteRolePolicy(ctx context.Context, in *iam.DeleteRolePolicyInput) (*iam.DeleteRolePolicyOutput, error) {
	err := s.deleteInline(ctx, inlineRef{roleKind, in.RoleName, in.PolicyName})
	return answer(&iam.DeleteRolePolicyOutput{}, err)
}

// ListUserPolicies lists the names of a user's inline policies, in order.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html
func (s *Service) ListUserPolicies(ctx context.Context, in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
	out := &iam.ListUserPoliciesOutput{}
	l := listing{"ListUserPolicies", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.listInline(ctx, userKind, in.UserName, l, &out.PolicyNames))
}

// ListGroupPolicies lists the names of a group's inline policies, in order.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html
func (s *Service) ListGroupPolicies(ctx context.Context, in *iam.ListGroupPoliciesInput) (*iam.ListGroupPoliciesOutput, error) {
	out := &iam.ListGroupPoliciesOutput{}
	l := listing{"ListGroupPolicies", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.listInline(ctx, groupKind, in.GroupName, l, &out.PolicyNames))
}

// ListRolePolicies lists the names of a role's inline policies, in order.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
func (s *Service) ListRolePolicies(ctx context.Context, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
	out := &iam.ListRolePoliciesOutput{}
	l := listing{"ListRolePolicies", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.listInline(ctx, roleKind, in.RoleName, l, &out.PolicyNames))
}

// An inlineRef names an inline policy.
type inlineRef struct {
	kind   *identityKind
	entity *string
	policy *string
}

func (s *Service) putInline(ctx context.Context, ref inlineRef, document *string) error {
	if err := s.checkPolicyDocument(aws.ToString(document), evaluator.Identity); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		i, err := s.modifiableIdentity(tx, account(ctx), ref.kind, aws.ToString(ref.entity))
		if err != nil {
			return err
		}
		p := &persistence.InlinePolicy{EntityID: i.ID, Name: aws.ToString(ref.policy), Document: aws.ToString(document)}
		if err := s.checkInlineSize(tx, i, p); err != nil {
			return err
		}
		return persistence.InlinePolicies.Put(tx, account(ctx), p)
	})
}

// checkInlineSize refuses a policy that would make the inline policies of the entity too
// large.
func (s *Service) checkInlineSize(tx persistence.Tx, i identity, put *persistence.InlinePolicy) error {
	size := evaluator.Size(put.Document)
	for p, err := range persistence.InlinePolicies.Scan(tx, i.Account, persistence.Key{i.ID}, nil) {
		if err != nil {
			return err
		}
		if !persistence.SameName(p.Name, put.Name) {
			size += evaluator.Size(p.Document)
		}
	}
	if limit := i.kind.inlineMax(s.quotas); size > limit {
		return inlinePoliciesTooLarge(limit, i.kind.noun, i.Name)
	}
	return nil
}

func (s *Service) getInline(ctx context.Context, ref inlineRef) (i identity, p *persistence.InlinePolicy, err error) {
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		if i, err = s.identity(tx, account(ctx), ref.kind, aws.ToString(ref.entity)); err != nil {
			return err
		}
		p, err = findInline(tx, i, aws.ToString(ref.policy))
		return err
	})
	return i, p, err
}

func (s *Service) deleteInline(ctx context.Context, ref inlineRef) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		i, err := s.modifiableIdentity(tx, account(ctx), ref.kind, aws.ToString(ref.entity))
		if err != nil {
			return err
		}
		p, err := findInline(tx, i, aws.ToString(ref.policy))
		if err != nil {
			return err
		}
		return persistence.InlinePolicies.Delete(tx, account(ctx), i.ID, p.Name)
	})
}

func (s *Service) listInline(ctx context.Context, kind *identityKind, entity *string, l listing, names *[]string) error {
	l.list += "/" + aws.ToString(entity)
	return s.page(ctx, l, func(tx persistence.Tx, p *page) error {
		i, err := s.identity(tx, account(ctx), kind, aws.ToString(entity))
		if err != nil {
			return err
		}
		all := persistence.InlinePolicies.Scan(tx, i.Account, persistence.Key{i.ID}, p.after)
		policies, err := fill(p, all, persistence.InlinePolicies.Key, nil)
		*names = make([]string, len(policies))
		for i, policy := range policies {
			(*names)[i] = policy.Name
		}
		return err
	})
}

func findInline(tx persistence.Tx, i identity, name string) (*persistence.InlinePolicy, error) {
	p, err := persistence.InlinePolicies.Get(tx, i.Account, i.ID, name)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, noSuchInlinePolicy(i.kind.noun, name)
	}
	return p, err
}

// inlinePolicyRules are the permissions of the operations above: an inline
// policy belongs to its user, group or role.
func inlinePolicyRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.PutUserPolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:PutUserPolicy", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.PutGroupPolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:PutGroupPolicy", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.PutRolePolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:PutRolePolicy", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetUserPolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:GetUserPolicy", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetGroupPolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:GetGroupPolicy", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetRolePolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:GetRolePolicy", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteUserPolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:DeleteUserPolicy", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteGroupPolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:DeleteGroupPolicy", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteRolePolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:DeleteRolePolicy", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListUserPoliciesInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:ListUserPolicies", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListGroupPoliciesInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:ListGroupPolicies", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListRolePoliciesInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:ListRolePolicies", in.RoleName)
		}),
	}
}
