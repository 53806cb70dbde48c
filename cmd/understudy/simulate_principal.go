package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// listUser finds the policies of a user, of the user's groups, and the
// permissions boundary.
func (p *principalDocuments) listUser(ctx context.Context, name string) error {
	user, err := p.client.GetUser(ctx, &iam.GetUserInput{UserName: &name})
	if err != nil {
		return spoken(err)
	}
	if b := user.User.PermissionsBoundary; b != nil {
		p.boundary = aws.ToString(b.PermissionsBoundaryArn)
		p.managed(p.boundary)
	}
	own := *user.User.UserName // as it is spelled in answers
	inline, err := p.client.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &own})
	if err != nil {
		return spoken(err)
	}
	p.inlineAll("user", own, inline.PolicyNames, func(ctx context.Context, policy string) (*string, error) {
		out, err := p.client.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &own, PolicyName: &policy})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	})
	attached, err := p.client.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &own})
	if err != nil {
		return spoken(err)
	}
	p.managedAll(attached.AttachedPolicies)
	groups, err := p.client.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &own})
	if err != nil {
		return spoken(err)
	}
	for _, g := range groups.Groups {
		if err := p.listGroup(ctx, *g.GroupName); err != nil {
			return err
		}
	}
	return nil
}

// listGroup finds the policies of a group.
func (p *principalDocuments) listGroup(ctx context.Context, name string) error {
	group, err := p.client.GetGroup(ctx, &iam.GetGroupInput{GroupName: &name})
	if err != nil {
		return spoken(err)
	}
	own := *group.Group.GroupName
	inline, err := p.client.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: &own})
	if err != nil {
		return spoken(err)
	}
	p.inlineAll("group", own, inline.PolicyNames, func(ctx context.Context, policy string) (*string, error) {
		out, err := p.client.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: &own, PolicyName: &policy})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	})
	attached, err := p.client.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &own})
	if err != nil {
		return spoken(err)
	}
	p.managedAll(attached.AttachedPolicies)
	return nil
}

// listRole finds the policies of a role, and the permissions boundary.
func (p *principalDocuments) listRole(ctx context.Context, name string) error {
	role, err := p.client.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		return spoken(err)
	}
	if b := role.Role.PermissionsBoundary; b != nil {
		p.boundary = aws.ToString(b.PermissionsBoundaryArn)
		p.managed(p.boundary)
	}
	own := *role.Role.RoleName
	inline, err := p.client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &own})
	if err != nil {
		return spoken(err)
	}
	p.inlineAll("role", own, inline.PolicyNames, func(ctx context.Context, policy string) (*string, error) {
		out, err := p.client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &own, PolicyName: &policy})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	})
	attached, err := p.client.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &own})
	if err != nil {
		return spoken(err)
	}
	p.managedAll(attached.AttachedPolicies)
	return nil
}
