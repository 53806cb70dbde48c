package iam

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// defaultSessionDuration is the MaxSessionDuration of a role, in seconds, if the caller
// gives none.
const defaultSessionDuration = 3600

// CreateRole makes a role with a trust policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
//
// The name is unique in the account without regard to case. Users and roles
// that the trust policy names must exist. The answer has the trust policy as it
// was sent, and neither description nor MaxSessionDuration (recorded).
func (s *Service) CreateRole(ctx context.Context, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	tags, err := newTags(in.Tags, foldTagKeys)
	if err != nil {
		return nil, err
	}
	path := pathOrRoot(in.Path)
	if strings.HasPrefix(path, principal.ServiceRoles) {
		return nil, serviceRolePath()
	}
	r, err := s.newRole(aws.ToString(in.RoleName), path)
	if err != nil {
		return nil, err
	}
	r.Tags, r.Description, r.Boundary = tags, aws.ToString(in.Description), aws.ToString(in.PermissionsBoundary)
	if in.MaxSessionDuration != nil {
		r.MaxSessionDuration = *in.MaxSessionDuration
	}
	document := aws.ToString(in.AssumeRolePolicyDocument)
	if err := s.insertRole(ctx, r, document); err != nil {
		return nil, err
	}
	out := roleRow(s.in(account(ctx)), r, document)
	out.PermissionsBoundary, out.Tags = boundaryOut(r.Boundary), tagsOut(r.Tags)
	return &iam.CreateRoleOutput{Role: &out}, nil
}

// newRole makes a role without a trust policy. It does not store it.
func (s *Service) newRole(name, path string) (*persistence.Role, error) {
	id, err := s.newID(principal.RoleIDPrefix)
	return &persistence.Role{Name: name, Path: path, ID: id, CreateDate: s.now(), MaxSessionDuration: defaultSessionDuration}, err
}

func (s *Service) insertRole(ctx context.Context, r *persistence.Role, document string) error {
	account := account(ctx)
	if err := s.checkTrustDocument(ctx, document); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		if err := s.checkBoundary(tx, account, roleKind, r.Boundary); err != nil {
			return err
		}
		if err := s.checkNewRole(tx, account, r.Name); err != nil {
			return err
		}
		trust, err := storedTrust(tx, s.in(account), document)
		if err != nil {
			return err
		}
		stored := *r
		stored.TrustPolicy = trust
		return persistence.Roles.Put(tx, account, &stored)
	})
}

func (s *Service) checkNewRole(tx persistence.Tx, account, name string) error {
	if err := orTaken(persistence.Roles.Absent(tx, account, name), roleExists, name); err != nil {
		return err
	}
	return s.checkCount(tx, account, rolesQuota)
}

// GetRole describes a role with its trust policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
//
// RoleLastUsed is in the answer, empty, even if the role was never used.
func (s *Service) GetRole(ctx context.Context, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
	r, err := s.ShownRole(ctx, account(ctx), aws.ToString(in.RoleName))
	if r, err = found(r, err, noSuchRole, aws.ToString(in.RoleName)); err != nil {
		return nil, err
	}
	row := roleRow(s.in(account(ctx)), r, r.TrustPolicy)
	row.Description, row.MaxSessionDuration = descriptionOut(r.Description), &r.MaxSessionDuration
	row.PermissionsBoundary, row.Tags = boundaryOut(r.Boundary), tagsOut(r.Tags)
	row.RoleLastUsed = roleUseOut(s.roleUse(account(ctx), r))
	row.SourceRoleTemplate = roleSourceOut(r)
	return &iam.GetRoleOutput{Role: &row}, nil
}

// ShownRole returns the record of a role with its trust policy as GetRole shows it, for
// other parts of this server; the error is persistence.ErrNotFound if there is none.
func (s *Service) ShownRole(ctx context.Context, account, name string) (r *persistence.Role, err error) {
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		if r, err = persistence.Roles.Get(tx, account, name); err == nil {
			r.TrustPolicy, err = shownTrust(tx, s.in(account), r.TrustPolicy)
		}
		return err
	})
	return answer(r, err)
}

// ListRoles lists the roles whose path begins with PathPrefix, by name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
//
// The rows have neither tags nor permissions boundary nor RoleLastUsed.
func (s *Service) ListRoles(ctx context.Context, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	out := &iam.ListRolesOutput{}
	asked := listing{"ListRoles", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		all := persistence.Roles.Scan(tx, account(ctx), nil, p.after)
		roles, err := fill(p, all, persistence.Roles.Key, func(r *persistence.Role) bool {
			return strings.HasPrefix(r.Path, aws.ToString(in.PathPrefix))
		})
		if err != nil {
			return err
		}
		out.Roles = make([]types.Role, len(roles))
		for i, r := range roles {
			trust, err := shownTrust(tx, s.in(account(ctx)), r.TrustPolicy)
			if err != nil {
				return err
			}
			out.Roles[i] = roleRow(s.in(account(ctx)), r, trust)
			out.Roles[i].Description, out.Roles[i].MaxSessionDuration = descriptionOut(r.Description), &r.MaxSessionDuration
		}
		return nil
	}))
}

// UpdateRole changes the description or the MaxSessionDuration of a role. A member that
// is left out changes nothing.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
//
// The MaxSessionDuration of a service-linked role cannot be changed.
func (s *Service) UpdateRole(ctx context.Context, in *iam.UpdateRoleInput) (*iam.UpdateRoleOutput, error) {
	_, err := s.updateRole(ctx, aws.ToString(in.RoleName), func(_ persistence.Tx, r *persistence.Role) error {
		if in.MaxSessionDuration != nil {
			if strings.HasPrefix(r.Path, principal.ServiceRoles) {
				return serviceLinkedRoleDuration(r.Name)
			}
			r.MaxSessionDuration = *in.MaxSessionDuration
		}
		if in.Description != nil {
			r.Description = *in.Description
		}
		return nil
	})
	return answer(&iam.UpdateRoleOutput{}, err)
}

// UpdateRoleDescription changes the description of a role and returns the role, without
// MaxSessionDuration, tags and permissions boundary.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
func (s *Service) UpdateRoleDescription(ctx context.Context, in *iam.UpdateRoleDescriptionInput) (*iam.UpdateRoleDescriptionOutput, error) {
	trust := ""
	r, err := s.updateRole(ctx, aws.ToString(in.RoleName), func(tx persistence.Tx, r *persistence.Role) (err error) {
		r.Description = aws.ToString(in.Description)
		trust, err = shownTrust(tx, s.in(account(ctx)), r.TrustPolicy)
		return err
	})
	if err != nil {
		return nil, err
	}
	row := roleRow(s.in(account(ctx)), r, trust)
	row.Description = descriptionOut(r.Description)
	return &iam.UpdateRoleDescriptionOutput{Role: &row}, nil
}

// UpdateAssumeRolePolicy replaces the trust policy of a role. The role may name
// itself in it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
func (s *Service) UpdateAssumeRolePolicy(ctx context.Context,
	in *iam.UpdateAssumeRolePolicyInput) (*iam.UpdateAssumeRolePolicyOutput, error) {
	document := aws.ToString(in.PolicyDocument)
	if err := s.checkTrustDocument(ctx, document); err != nil {
		return nil, err
	}
	_, err := s.updateRole(ctx, aws.ToString(in.RoleName), func(tx persistence.Tx, r *persistence.Role) (err error) {
		if err := checkRoleModifiable(r.Name, r.Path); err != nil {
			return err
		}
		r.TrustPolicy, err = storedTrust(tx, s.in(account(ctx)), document)
		return err
	})
	return answer(&iam.UpdateAssumeRolePolicyOutput{}, err)
}

// updateRole changes a role in one transaction and returns the changed role.
func (s *Service) updateRole(ctx context.Context, name string,
	change func(persistence.Tx, *persistence.Role) error) (*persistence.Role, error) {
	var role *persistence.Role
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := findRole(tx, account(ctx), name)
		if err != nil {
			return err
		}
		if err := change(tx, r); err != nil {
			return err
		}
		role = r
		return persistence.Roles.Put(tx, account(ctx), r)
	})
	return role, err
}

// DeleteRole removes a role that has no policies left and is in no instance profile. From
// then on, trust policies that name the role show its unique ID.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
func (s *Service) DeleteRole(ctx context.Context, in *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := findModifiableRole(tx, account(ctx), aws.ToString(in.RoleName))
		if err != nil {
			return err
		}
		if err := checkRoleIsBare(tx, account(ctx), r.ID); err != nil {
			return err
		}
		if err := persistence.RemoveAccesses(tx, account(ctx), r.ID); err != nil {
			return err
		}
		return persistence.Roles.Delete(tx, account(ctx), r.Name)
	})
	return answer(&iam.DeleteRoleOutput{}, err)
}

// checkRoleIsBare returns the first conflict. To check instance profiles before policies
// is our choice.
func checkRoleIsBare(tx persistence.Tx, account, id string) error {
	return firstConflict(
		conflict{func() (bool, error) { return persistence.InstanceProfilesByRole.Any(tx, account, id) }, mustRemoveRoles},
		conflict{func() (bool, error) { return persistence.Attachments.Any(tx, account, id) }, mustDetachPolicies},
		conflict{func() (bool, error) { return persistence.InlinePolicies.Any(tx, account, id) }, mustDeletePolicies},
	)
}

// checkModifiable refuses to change a role that only AWS can change; users and groups can
// always be changed.
func checkModifiable(i identity) error {
	if i.kind != roleKind {
		return nil
	}
	return checkRoleModifiable(i.Name, i.Path)
}

// checkRoleModifiable refuses to change a service-linked role or a role of IAM Identity
// Center. Their tags and descriptions can be changed nevertheless (recorded), so those
// operations do not call it.
func checkRoleModifiable(name, path string) error {
	if strings.HasPrefix(path, principal.ServiceRoles) || strings.HasPrefix(path, "/aws-reserved/") {
		return protectedRole(name)
	}
	return nil
}

// findModifiableRole finds a role that its account may change.
func findModifiableRole(tx persistence.Tx, account, name string) (*persistence.Role, error) {
	r, err := findRole(tx, account, name)
	if err != nil {
		return nil, err
	}
	return r, checkRoleModifiable(r.Name, r.Path)
}

func findRole(tx persistence.Tx, account, name string) (*persistence.Role, error) {
	r, err := persistence.Roles.Get(tx, account, name)
	return found(r, err, noSuchRole, name)
}

// roleRow returns the members of a role that every answer has.
func roleRow(account principal.Account, r *persistence.Role, trust string) types.Role {
	return types.Role{
		Path: &r.Path, RoleName: &r.Name, RoleId: &r.ID, Arn: aws.String(account.Entity("role", r.Path, r.Name)),
		CreateDate: &r.CreateDate, AssumeRolePolicyDocument: documentOut(trust),
	}
}

// descriptionOut returns a Description member, which is left out if it is empty.
func descriptionOut(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// roleUseOut returns the RoleLastUsed member: empty for a role that was never used.
func roleUseOut(u use) *types.RoleLastUsed {
	out := &types.RoleLastUsed{}
	if !u.at.IsZero() {
		out.LastUsedDate, out.Region = &u.at, &u.region
	}
	return out
}

// roleSourceOut returns the SourceRoleTemplate member: left out for a role that
// AcquireRole did not make.
func roleSourceOut(r *persistence.Role) *types.SourceRoleTemplate {
	if r.Template == nil {
		return nil
	}
	return &types.SourceRoleTemplate{TemplateArn: &r.Template.ARN, TemplateMinorVersion: &r.Template.Minor}
}

// roleRules are the permissions of the operations above.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func roleRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateRoleInput) ([]authz.Need, error) {
			arn := q.Own().Entity("role", pathOrRoot(in.Path), aws.ToString(in.RoleName))
			return createNeeds("iam:CreateRole", "iam:TagRole", arn, in.Tags, in.PermissionsBoundary), nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetRoleInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:GetRole", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListRolesInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListRoles", "role", in.PathPrefix)}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateRoleInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:UpdateRole", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateRoleDescriptionInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:UpdateRoleDescription", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateAssumeRolePolicyInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:UpdateAssumeRolePolicy", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteRoleInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:DeleteRole", in.RoleName)
		}),
	}
}
