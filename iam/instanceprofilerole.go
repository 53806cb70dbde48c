package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// rolesPerProfile is how many roles an instance profile holds. AWS does not
// raise it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
const rolesPerProfile = 1

// AddRoleToInstanceProfile puts a role into an instance profile that holds
// none. Adding the role that it holds is refused too (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
func (s *Service) AddRoleToInstanceProfile(ctx context.Context,
	in *iam.AddRoleToInstanceProfileInput) (*iam.AddRoleToInstanceProfileOutput, error) {
	err := s.updateProfileRole(ctx, in.InstanceProfileName, in.RoleName, func(p *persistence.InstanceProfile, r *persistence.Role) error {
		if p.RoleID != "" {
			return overQuota("InstanceSessionsPerInstanceProfile", rolesPerProfile)
		}
		p.RoleID = r.ID
		return nil
	})
	return answer(&iam.AddRoleToInstanceProfileOutput{}, err)
}

// RemoveRoleFromInstanceProfile takes a role out of an instance profile that
// holds it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html
func (s *Service) RemoveRoleFromInstanceProfile(ctx context.Context,
	in *iam.RemoveRoleFromInstanceProfileInput) (*iam.RemoveRoleFromInstanceProfileOutput, error) {
	err := s.updateProfileRole(ctx, in.InstanceProfileName, in.RoleName, func(p *persistence.InstanceProfile, r *persistence.Role) error {
		if p.RoleID != r.ID {
			return noSuchRoleInInstanceProfile(r.Name, p.Name)
		}
		p.RoleID = ""
		return nil
	})
	return answer(&iam.RemoveRoleFromInstanceProfileOutput{}, err)
}

// updateProfileRole changes an instance profile together with a role, which its account
// must be able to change: AWS refuses its own roles before it looks into the profile
// (recorded).
func (s *Service) updateProfileRole(ctx context.Context, profile, role *string,
	change func(*persistence.InstanceProfile, *persistence.Role) error) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findInstanceProfile(tx, account(ctx), aws.ToString(profile))
		if err != nil {
			return err
		}
		r, err := findModifiableRole(tx, account(ctx), aws.ToString(role))
		if err != nil {
			return err
		}
		if err := change(p, r); err != nil {
			return err
		}
		return persistence.InstanceProfiles.Put(tx, account(ctx), p)
	})
}

// instanceProfileRoleRules are the permissions of the operations above. Adding a role
// hands it to the instances that will have the profile, so the caller must be allowed to
// pass it to EC2.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
func instanceProfileRoleRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.AddRoleToInstanceProfileInput) ([]authz.Need, error) {
			needs, err := instanceProfileNeeds(q, "iam:AddRoleToInstanceProfile", in.InstanceProfileName)
			if err != nil {
				return nil, err
			}
			pass, err := passRoleNeed(q, aws.ToString(in.RoleName), q.Partition.EC2())
			return append(needs, pass), err
		}),
		authz.For(func(q *authz.Query, in *iam.RemoveRoleFromInstanceProfileInput) ([]authz.Need, error) {
			return instanceProfileNeeds(q, "iam:RemoveRoleFromInstanceProfile", in.InstanceProfileName)
		}),
	}
}

// passRoleNeed asks for iam:PassRole of a role to a service. A denial shows the
// role's ARN.
func passRoleNeed(q *authz.Query, name, service string) (authz.Need, error) {
	need := authz.Need{
		Action: "iam:PassRole", Resource: q.Own().IAM("role/" + name),
		Keys: []authz.Key{authz.String("iam:PassedToService", service)},
	}
	r, err := persistence.Roles.Get(q.Tx, q.Account(), name)
	if err != nil {
		return need, unlessAbsent(err)
	}
	need.Resource, need.Tags = q.Own().Entity("role", r.Path, r.Name), r.Tags
	return need, nil
}
