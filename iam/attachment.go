package iam

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// AttachUserPolicy attaches a managed policy to a user. Attaching it again succeeds, and
// it counts once.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
func (s *Service) AttachUserPolicy(ctx context.Context, in *iam.AttachUserPolicyInput) (*iam.AttachUserPolicyOutput, error) {
	err := s.attach(ctx, userKind, aws.ToString(in.UserName), aws.ToString(in.PolicyArn))
	return answer(&iam.AttachUserPolicyOutput{}, err)
}

// AttachGroupPolicy attaches a managed policy to a group.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html
func (s *Service) AttachGroupPolicy(ctx context.Context, in *iam.AttachGroupPolicyInput) (*iam.AttachGroupPolicyOutput, error) {
	err := s.attach(ctx, groupKind, aws.ToString(in.GroupName), aws.ToString(in.PolicyArn))
	return answer(&iam.AttachGroupPolicyOutput{}, err)
}

// AttachRolePolicy attaches a managed policy to a role that AWS does not keep
// for itself.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
func (s *Service) AttachRolePolicy(ctx context.Context, in *iam.AttachRolePolicyInput) (*iam.AttachRolePolicyOutput, error) {
	err := s.attach(ctx, roleKind, aws.ToString(in.RoleName), aws.ToString(in.PolicyArn))
	return answer(&iam.AttachRolePolicyOutput{}, err)
}

// DetachUserPolicy detaches a managed policy from a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html
func (s *Service) DetachUserPolicy(ctx context.Context, in *iam.DetachUserPolicyInput) (*iam.DetachUserPolicyOutput, error) {
	err := s.detach(ctx, userKind, aws.ToString(in.UserName), aws.ToString(in.PolicyArn))
	return answer(&iam.DetachUserPolicyOutput{}, err)
}

// DetachGroupPolicy detaches a managed policy from a group.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html
func (s *Service) DetachGroupPolicy(ctx context.Context, in *iam.DetachGroupPolicyInput) (*iam.DetachGroupPolicyOutput, error) {
	err := s.detach(ctx, groupKind, aws.ToString(in.GroupName), aws.ToString(in.PolicyArn))
	return answer(&iam.DetachGroupPolicyOutput{}, err)
}

// DetachRolePolicy detaches a managed policy from a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
func (s *Service) DetachRolePolicy(ctx context.Context, in *iam.DetachRolePolicyInput) (*iam.DetachRolePolicyOutput, error) {
	err := s.detach(ctx, roleKind, aws.ToString(in.RoleName), aws.ToString(in.PolicyArn))
	return answer(&iam.DetachRolePolicyOutput{}, err)
}

// ListAttachedUserPolicies lists the managed policies attached to a user, by
// name. PathPrefix limits the list by the policies' paths.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html
func (s *Service) ListAttachedUserPolicies(ctx context.Context,
	in *iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
	out := &iam.ListAttachedUserPoliciesOutput{}
	l := listing{"attached", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.listAttached(ctx, attachedList{userKind, aws.ToString(in.UserName), in.PathPrefix, l}, &out.AttachedPolicies))
}

// ListAttachedGroupPolicies lists the managed policies attached to a group.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html
func (s *Service) ListAttachedGroupPolicies(ctx context.Context,
	in *iam.ListAttachedGroupPoliciesInput) (*iam.ListAttachedGroupPoliciesOutput, error) {
	out := &iam.ListAttachedGroupPoliciesOutput{}
	l := listing{"attached", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.listAttached(ctx, attachedList{groupKind, aws.ToString(in.GroupName), in.PathPrefix, l}, &out.AttachedPolicies))
}

// ListAttachedRolePolicies lists the managed policies attached to a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
func (s *Service) ListAttachedRolePolicies(ctx context.Context,
	in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
	out := &iam.ListAttachedRolePoliciesOutput{}
	l := listing{"attached", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.listAttached(ctx, attachedList{roleKind, aws.ToString(in.RoleName), in.PathPrefix, l}, &out.AttachedPolicies))
}

// attach attaches a policy to the user, group or role of that name.
func (s *Service) attach(ctx context.Context, kind *identityKind, name, arn string) error {
	return s.changeAttachments(ctx, kind, name, arn, func(tx persistence.Tx, i identity) error {
		p, err := findManagedPolicy(tx, account(ctx), arn)
		if err != nil {
			return orMissing(err, notAttachable(arn))
		}
		if p.reserved {
			return notForCustomers(kind, p)
		}
		return s.putAttachment(tx, i, p)
	})
}

// changeAttachments changes which policies the user, group or role of that name has.
func (s *Service) changeAttachments(ctx context.Context, kind *identityKind, name, arn string,
	change func(persistence.Tx, identity) error) error {
	if err := s.checkPolicyARN(arn); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		i, err := s.modifiableIdentity(tx, account(ctx), kind, name)
		if err != nil {
			return err
		}
		return change(tx, i)
	})
}

// notForCustomers refuses a policy that AWS keeps for its own roles and tasks.
func notForCustomers(kind *identityKind, p managedPolicy) error {
	if kind == roleKind && p.path == principal.ServiceRoles {
		return servicePolicyOnRole()
	}
	return reservedPolicyOn(kind.noun)
}

// modifiableIdentity finds a user, group or role that its account may change.
func (s *Service) modifiableIdentity(tx persistence.Tx, account string, kind *identityKind, name string) (identity, error) {
	i, err := s.identity(tx, account, kind, name)
	if err != nil {
		return i, err
	}
	return i, checkModifiable(i)
}

func (s *Service) putAttachment(tx persistence.Tx, i identity, p managedPolicy) error {
	n := 0
	for a, err := range persistence.Attachments.Scan(tx, i.Account, persistence.Key{i.ID}, nil) {
		if err != nil {
			return err
		}
		if a.PolicyARN == p.arn {
			return nil
		}
		n++
	}
	if err := s.checkRoom(tx, i.Account, i.kind.attachments, n); err != nil {
		return err
	}
	return persistence.Attachments.Put(tx, i.Account, &persistence.Attachment{
		EntityID: i.ID, PolicyARN: p.arn, PolicyName: p.name,
	})
}

// detach detaches a policy. AWS has the same answer for a policy that does not exist and
// for one that is not attached.
func (s *Service) detach(ctx context.Context, kind *identityKind, name, arn string) error {
	return s.changeAttachments(ctx, kind, name, arn, func(tx persistence.Tx, i identity) error {
		policy := principal.Name(arn)
		err := persistence.Attachments.Delete(tx, i.Account, i.ID, policy, arn)
		if errors.Is(err, persistence.ErrNotFound) {
			return noSuchPolicy(arn)
		}
		return err
	})
}

// An attachedList asks for a page of the policies attached to an identity.
type attachedList struct {
	kind       *identityKind
	name       string
	pathPrefix *string
	listing
}

func (s *Service) listAttached(ctx context.Context, l attachedList, list *[]types.AttachedPolicy) error {
	l.list += " " + l.kind.noun + " " + l.name
	return s.page(ctx, l.listing, func(tx persistence.Tx, p *page) error {
		i, err := s.identity(tx, account(ctx), l.kind, l.name)
		if err != nil {
			return err
		}
		all := persistence.Attachments.Scan(tx, i.Account, persistence.Key{i.ID}, p.after)
		page, err := fill(p, all, persistence.Attachments.Key, func(a *persistence.Attachment) bool {
			return strings.HasPrefix(policyPath(a.PolicyARN), aws.ToString(l.pathPrefix))
		})
		*list = make([]types.AttachedPolicy, len(page))
		for i, a := range page {
			(*list)[i] = types.AttachedPolicy{PolicyName: &a.PolicyName, PolicyArn: &a.PolicyARN}
		}
		return err
	})
}

// policyPath is the path inside a policy's ARN.
func policyPath(arn string) string {
	parts, _ := principal.ParseARN(arn)
	_, path, _ := parts.Entity()
	return path
}

// attachmentRules are the permissions of the operations above.
func attachmentRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.AttachUserPolicyInput) ([]authz.Need, error) {
			return attachNeeds(q, userKind, "iam:AttachUserPolicy", in.UserName, in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.AttachGroupPolicyInput) ([]authz.Need, error) {
			return attachNeeds(q, groupKind, "iam:AttachGroupPolicy", in.GroupName, in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.AttachRolePolicyInput) ([]authz.Need, error) {
			return attachNeeds(q, roleKind, "iam:AttachRolePolicy", in.RoleName, in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.DetachUserPolicyInput) ([]authz.Need, error) {
			return attachNeeds(q, userKind, "iam:DetachUserPolicy", in.UserName, in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.DetachGroupPolicyInput) ([]authz.Need, error) {
			return attachNeeds(q, groupKind, "iam:DetachGroupPolicy", in.GroupName, in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.DetachRolePolicyInput) ([]authz.Need, error) {
			return attachNeeds(q, roleKind, "iam:DetachRolePolicy", in.RoleName, in.PolicyArn)
		}),
		authz.For(func(q *authz.Query, in *iam.ListAttachedUserPoliciesInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:ListAttachedUserPolicies", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListAttachedGroupPoliciesInput) ([]authz.Need, error) {
			return identityNeeds(q, groupKind, "iam:ListAttachedGroupPolicies", in.GroupName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListAttachedRolePoliciesInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:ListAttachedRolePolicies", in.RoleName)
		}),
	}
}

// attachNeeds asks for action on the identity that a policy is attached to;
// the condition key iam:PolicyARN has the policy's ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
func attachNeeds(q *authz.Query, kind *identityKind, action string, name, arn *string) ([]authz.Need, error) {
	need, err := identityNeed(q, kind, action, aws.ToString(name))
	need.Keys = append(need.Keys, authz.String("iam:PolicyARN", aws.ToString(arn)))
	return []authz.Need{need}, err
}
