package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// PutUserPermissionsBoundary sets the permissions boundary of a user, in place
// of the one that it has.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html
func (s *Service) PutUserPermissionsBoundary(ctx context.Context,
	in *iam.PutUserPermissionsBoundaryInput) (*iam.PutUserPermissionsBoundaryOutput, error) {
	arn := aws.ToString(in.PermissionsBoundary)
	if err := s.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	err := s.setBoundary(ctx, userKind, aws.ToString(in.UserName), arn)
	return answer(&iam.PutUserPermissionsBoundaryOutput{}, err)
}

// PutRolePermissionsBoundary sets the permissions boundary of a role that AWS
// does not keep for itself.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
func (s *Service) PutRolePermissionsBoundary(ctx context.Context,
	in *iam.PutRolePermissionsBoundaryInput) (*iam.PutRolePermissionsBoundaryOutput, error) {
	arn := aws.ToString(in.PermissionsBoundary)
	if err := s.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	err := s.setBoundary(ctx, roleKind, aws.ToString(in.RoleName), arn)
	return answer(&iam.PutRolePermissionsBoundaryOutput{}, err)
}

// DeleteUserPermissionsBoundary takes the permissions boundary off a user; a
// user that has none stays as it is.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html
func (s *Service) DeleteUserPermissionsBoundary(ctx context.Context,
	in *iam.DeleteUserPermissionsBoundaryInput) (*iam.DeleteUserPermissionsBoundaryOutput, error) {
	err := s.setBoundary(ctx, userKind, aws.ToString(in.UserName), "")
	return answer(&iam.DeleteUserPermissionsBoundaryOutput{}, err)
}

// DeleteRolePermissionsBoundary takes the permissions boundary off a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html
func (s *Service) DeleteRolePermissionsBoundary(ctx context.Context,
	in *iam.DeleteRolePermissionsBoundaryInput) (*iam.DeleteRolePermissionsBoundaryOutput, error) {
	err := s.setBoundary(ctx, roleKind, aws.ToString(in.RoleName), "")
	return answer(&iam.DeleteRolePermissionsBoundaryOutput{}, err)
}

// setBoundary sets the boundary of a user or role; an empty ARN takes it off.
func (s *Service) setBoundary(ctx context.Context, kind *identityKind, name, arn string) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		i, err := s.modifiableIdentity(tx, account(ctx), kind, name)
		if err != nil {
			return err
		}
		if err := s.checkBoundary(tx, i.Account, kind, arn); err != nil {
			return err
		}
		return putBoundary(tx, i, arn)
	})
}

func putBoundary(tx persistence.Tx, i identity, arn string) error {
	if i.kind == userKind {
		u, err := persistence.Users.Get(tx, i.Account, i.Name)
		if err != nil {
			return err
		}
		u.Boundary = arn
		return persistence.Users.Put(tx, i.Account, u)
	}
	r, err := persistence.Roles.Get(tx, i.Account, i.Name)
	if err != nil {
		return err
	}
	r.Boundary = arn
	return persistence.Roles.Put(tx, i.Account, r)
}

// checkBoundary refuses an ARN that cannot be the permissions boundary of such an
// identity; an empty one means no boundary.
func (s *Service) checkBoundary(tx persistence.Tx, account string, kind *identityKind, arn string) error {
	if arn == "" {
		return nil
	}
	if err := s.checkPolicyARN(arn); err != nil {
		return err
	}
	p, err := findManagedPolicy(tx, account, arn)
	if err != nil {
		return orMissing(err, noSuchScope(arn))
	}
	if p.reserved {
		return reservedPolicyOn(kind.noun)
	}
	return nil
}

// boundaryOut is the PermissionsBoundary member of an answer. Its type is "Policy". AWS
// does so, recorded, although the only value in its own model is
// PermissionsBoundaryPolicy.
func boundaryOut(arn string) *types.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: aws.String(arn),
	}
}

// boundaryRules are the permissions of the operations above.
func boundaryRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.PutUserPermissionsBoundaryInput) ([]authz.Need, error) {
			return putBoundaryNeeds(q, userKind, "iam:PutUserPermissionsBoundary", in.UserName, in.PermissionsBoundary)
		}),
		authz.For(func(q *authz.Query, in *iam.PutRolePermissionsBoundaryInput) ([]authz.Need, error) {
			return putBoundaryNeeds(q, roleKind, "iam:PutRolePermissionsBoundary", in.RoleName, in.PermissionsBoundary)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteUserPermissionsBoundaryInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:DeleteUserPermissionsBoundary", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteRolePermissionsBoundaryInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:DeleteRolePermissionsBoundary", in.RoleName)
		}),
	}
}

// putBoundaryNeeds asks for action on a user or role; iam:PermissionsBoundary is
// the boundary that is passed, not the one that the identity has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
func putBoundaryNeeds(q *authz.Query, kind *identityKind, action string, name, boundary *string) ([]authz.Need, error) {
	need, err := identityNeed(q, kind, action, aws.ToString(name))
	need.Keys = []authz.Key{authz.String("iam:PermissionsBoundary", aws.ToString(boundary))}
	return []authz.Need{need}, err
}
