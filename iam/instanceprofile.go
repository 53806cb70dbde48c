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

// CreateInstanceProfile makes an instance profile without a role. The name is
// unique in the account without regard to case.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
func (s *Service) CreateInstanceProfile(ctx context.Context, in *iam.CreateInstanceProfileInput) (*iam.CreateInstanceProfileOutput, error) {
	tags, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	id, err := s.newID(principal.ProfileIDPrefix)
	if err != nil {
		return nil, err
	}
	p := &persistence.InstanceProfile{
		Name: aws.ToString(in.InstanceProfileName), Path: pathOrRoot(in.Path), ID: id, CreateDate: s.now(), Tags: tags,
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertInstanceProfile(tx, account(ctx), p) })
	if err != nil {
		return nil, err
	}
	row := instanceProfileRow(s.in(account(ctx)), p, []types.Role{})
	row.Tags = tagsOut(tags)
	return &iam.CreateInstanceProfileOutput{InstanceProfile: &row}, nil
}

func (s *Service) insertInstanceProfile(tx persistence.Tx, account string, p *persistence.InstanceProfile) error {
	if err := orTaken(persistence.InstanceProfiles.Absent(tx, account, p.Name), instanceProfileExists, p.Name); err != nil {
		return err
	}
	if err := s.checkCount(tx, account, instanceProfilesQuota); err != nil {
		return err
	}
	return persistence.InstanceProfiles.Put(tx, account, p)
}

// GetInstanceProfile describes an instance profile with its role and its tags,
// which are in the answer even if there are none (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
func (s *Service) GetInstanceProfile(ctx context.Context, in *iam.GetInstanceProfileInput) (*iam.GetInstanceProfileOutput, error) {
	out := &iam.GetInstanceProfileOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		p, err := findInstanceProfile(tx, account(ctx), aws.ToString(in.InstanceProfileName))
		if err != nil {
			return err
		}
		row, err := instanceProfileOut(tx, s.in(account(ctx)), p)
		row.Tags = tagsAlwaysOut(p.Tags)
		out.InstanceProfile = &row
		return err
	})
	return answer(out, err)
}

// ListInstanceProfiles lists the instance profiles whose path begins with
// PathPrefix, by name, without their tags.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
func (s *Service) ListInstanceProfiles(ctx context.Context, in *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
	out := &iam.ListInstanceProfilesOutput{}
	asked := listing{"ListInstanceProfiles", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		all := persistence.InstanceProfiles.Scan(tx, account(ctx), nil, p.after)
		below := func(x *persistence.InstanceProfile) bool {
			return strings.HasPrefix(x.Path, aws.ToString(in.PathPrefix))
		}
		profiles, err := fill(p, all, persistence.InstanceProfiles.Key, below)
		if err == nil {
			out.InstanceProfiles, err = instanceProfileRows(tx, s.in(account(ctx)), profiles)
		}
		return err
	}))
}

// ListInstanceProfilesForRole lists the instance profiles that hold a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html
func (s *Service) ListInstanceProfilesForRole(ctx context.Context,
	in *iam.ListInstanceProfilesForRoleInput) (*iam.ListInstanceProfilesForRoleOutput, error) {
	out := &iam.ListInstanceProfilesForRoleOutput{}
	asked := listing{"ListInstanceProfilesForRole/" + aws.ToString(in.RoleName), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		r, err := findRole(tx, account(ctx), aws.ToString(in.RoleName))
		if err != nil {
			return err
		}
		all := persistence.InstanceProfilesByRole.Scan(tx, account(ctx), persistence.Key{r.ID}, underKey(r.ID, p.after))
		profiles, err := fill(p, all, persistence.InstanceProfiles.Key, nil)
		if err != nil {
			return err
		}
		out.InstanceProfiles, err = instanceProfileRows(tx, s.in(account(ctx)), profiles)
		return err
	}))
}

// instanceProfileRows are instance profiles as lists show them.
func instanceProfileRows(tx persistence.Tx, account principal.Account,
	profiles []*persistence.InstanceProfile) ([]types.InstanceProfile, error) {
	list := make([]types.InstanceProfile, len(profiles))
	for i, x := range profiles {
		var err error
		if list[i], err = instanceProfileOut(tx, account, x); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// DeleteInstanceProfile removes an instance profile that holds no role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html
func (s *Service) DeleteInstanceProfile(ctx context.Context, in *iam.DeleteInstanceProfileInput) (*iam.DeleteInstanceProfileOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findInstanceProfile(tx, account(ctx), aws.ToString(in.InstanceProfileName))
		if err != nil {
			return err
		}
		if p.RoleID != "" {
			return mustRemoveRoles()
		}
		return persistence.InstanceProfiles.Delete(tx, account(ctx), p.Name)
	})
	return answer(&iam.DeleteInstanceProfileOutput{}, err)
}

func findInstanceProfile(tx persistence.Tx, account, name string) (*persistence.InstanceProfile, error) {
	p, err := persistence.InstanceProfiles.Get(tx, account, name)
	return found(p, err, noSuchInstanceProfile, name)
}

// instanceProfileOut is an instance profile with its role and without its tags.
func instanceProfileOut(tx persistence.Tx, account principal.Account, p *persistence.InstanceProfile) (types.InstanceProfile, error) {
	if p.RoleID == "" {
		return instanceProfileRow(account, p, []types.Role{}), nil
	}
	r, err := persistence.RolesByID.First(tx, account.ID, p.RoleID)
	if err != nil {
		return types.InstanceProfile{}, err
	}
	trust, err := shownTrust(tx, account, r.TrustPolicy)
	return instanceProfileRow(account, p, []types.Role{roleRow(account, r, trust)}), err
}

func instanceProfileRow(account principal.Account, p *persistence.InstanceProfile, roles []types.Role) types.InstanceProfile {
	return types.InstanceProfile{
		Path: &p.Path, InstanceProfileName: &p.Name, InstanceProfileId: &p.ID, CreateDate: &p.CreateDate,
		Arn: aws.String(instanceProfileARN(account, p.Path, p.Name)), Roles: roles,
	}
}

func instanceProfileARN(account principal.Account, path, name string) string {
	return account.Entity("instance-profile", path, name)
}

// instanceProfileRules are the permissions of the operations above.
func instanceProfileRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateInstanceProfileInput) ([]authz.Need, error) {
			arn := instanceProfileARN(q.Own(), pathOrRoot(in.Path), aws.ToString(in.InstanceProfileName))
			return createNeeds("iam:CreateInstanceProfile", "iam:TagInstanceProfile", arn, in.Tags, nil), nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetInstanceProfileInput) ([]authz.Need, error) {
			return instanceProfileNeeds(q, "iam:GetInstanceProfile", in.InstanceProfileName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListInstanceProfilesInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListInstanceProfiles", "instance-profile", in.PathPrefix)}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.ListInstanceProfilesForRoleInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:ListInstanceProfilesForRole", in.RoleName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteInstanceProfileInput) ([]authz.Need, error) {
			return instanceProfileNeeds(q, "iam:DeleteInstanceProfile", in.InstanceProfileName)
		}),
	}
}

func instanceProfileNeeds(q *authz.Query, action string, name *string) ([]authz.Need, error) {
	need, err := instanceProfileNeed(q, action, aws.ToString(name))
	return []authz.Need{need}, err
}

// instanceProfileNeed asks for action on the instance profile of that name, or on the ARN
// that it would have at the root path. A denial shows the name after "instance profile"
// (seen in denials of Get- and AddRoleToInstanceProfile from 2016 to 2026).
func instanceProfileNeed(q *authz.Query, action, name string) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: instanceProfileARN(q.Own(), "/", name), Label: "instance profile " + name}
	p, err := persistence.InstanceProfiles.Get(q.Tx, q.Account(), name)
	if err != nil {
		return need, unlessAbsent(err)
	}
	need.Resource, need.Tags = instanceProfileARN(q.Own(), p.Path, p.Name), p.Tags
	return need, nil
}
