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

// CreateUser makes a user without credentials or permissions.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
//
// The name is unique in the account without regard to case; the boundary, if
// given, must be a managed policy that can be attached.
func (s *Service) CreateUser(ctx context.Context, in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
	tags, err := newTags(in.Tags, foldTagKeys)
	if err != nil {
		return nil, err
	}
	id, err := s.newID(principal.UserIDPrefix)
	if err != nil {
		return nil, err
	}
	u := &persistence.User{
		Name: aws.ToString(in.UserName), Path: pathOrRoot(in.Path), ID: id, CreateDate: s.now(),
		Boundary: aws.ToString(in.PermissionsBoundary), Tags: tags,
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertUser(tx, account(ctx), u) })
	if err != nil {
		return nil, err
	}
	return &iam.CreateUserOutput{User: userOut(s.in(account(ctx)), u)}, nil
}

func (s *Service) insertUser(tx persistence.Tx, account string, u *persistence.User) error {
	if err := orTaken(persistence.Users.Absent(tx, account, u.Name), userExists, u.Name); err != nil {
		return err
	}
	if err := s.checkBoundary(tx, account, userKind, u.Boundary); err != nil {
		return err
	}
	if err := s.checkCount(tx, account, usersQuota); err != nil {
		return err
	}
	return persistence.Users.Put(tx, account, u)
}

// GetUser describes a user; without a name, the calling user or root user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
func (s *Service) GetUser(ctx context.Context, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
	if in.UserName == nil && principal.FromContext(ctx).Kind == principal.Root {
		return s.getRootUser(ctx)
	}
	name, err := userNameOrCaller(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	out := &iam.GetUserOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), name)
		if err != nil {
			return err
		}
		out.User = userOut(s.in(account(ctx)), u)
		return nil
	})
	return answer(out, err)
}

// getRootUser answers GetUser for the root user: AWS shows it as a user without a name or
// path whose ID is the account's.
func (s *Service) getRootUser(ctx context.Context) (*iam.GetUserOutput, error) {
	out, c := &iam.GetUserOutput{}, principal.FromContext(ctx)
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		a, err := persistence.Accounts.Get(tx, c.AccountID)
		if err != nil {
			return err
		}
		out.User = &types.User{Arn: aws.String(c.ARN), UserId: aws.String(c.AccountID), CreateDate: aws.Time(a.CreateDate)}
		return nil
	})
	return answer(out, err)
}

// ListUsers lists the users whose path begins with PathPrefix, by name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
//
// The rows have neither tags nor permissions boundary.
func (s *Service) ListUsers(ctx context.Context, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	out := &iam.ListUsersOutput{}
	asked := listing{"ListUsers", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		all := persistence.Users.Scan(tx, account(ctx), nil, p.after)
		users, err := fill(p, all, persistence.Users.Key, func(u *persistence.User) bool {
			return strings.HasPrefix(u.Path, aws.ToString(in.PathPrefix))
		})
		if err != nil {
			return err
		}
		out.Users = make([]types.User, len(users))
		for i, u := range users {
			out.Users[i] = userRow(s.in(account(ctx)), u)
		}
		return nil
	}))
}

// UpdateUser changes a user's name or path. The user keeps their ID and all that belongs
// to them, but their ARN changes.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html
func (s *Service) UpdateUser(ctx context.Context, in *iam.UpdateUserInput) (*iam.UpdateUserOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		return renameUser(tx, account(ctx), u, in)
	})
	return answer(&iam.UpdateUserOutput{}, err)
}

func renameUser(tx persistence.Tx, account string, u *persistence.User, in *iam.UpdateUserInput) error {
	was := persistence.Users.Key(u)
	if in.NewPath != nil {
		u.Path = *in.NewPath
	}
	if in.NewUserName != nil {
		u.Name = *in.NewUserName
	}
	return orTaken(persistence.Users.Replace(tx, account, was, u), userExists, u.Name)
}

// DeleteUser removes a user who has no credentials, memberships or policies left.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
func (s *Service) DeleteUser(ctx context.Context, in *iam.DeleteUserInput) (*iam.DeleteUserOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		if err := checkUserIsBare(tx, account(ctx), u.ID); err != nil {
			return err
		}
		if err := persistence.RemoveAccesses(tx, account(ctx), u.ID); err != nil {
			return err
		}
		return persistence.Users.Delete(tx, account(ctx), u.Name)
	})
	return answer(&iam.DeleteUserOutput{}, err)
}

// checkUserIsBare returns the first conflict, in the order in which AWS reported them to
// people who removed a user's things one by one: the login profile before the other
// credentials, and these before policies. MFA devices come before access keys (recorded).
// To check memberships last is our choice.
func checkUserIsBare(tx persistence.Tx, account, id string) error {
	return firstConflict(
		conflict{func() (bool, error) { return persistence.LoginProfiles.Has(tx, account, id) }, mustDeleteLogin},
		conflict{func() (bool, error) { return persistence.MFADevicesByUser.Any(tx, account, id) }, mustRemoveMFADevices},
		conflict{func() (bool, error) { return persistence.AccessKeysByUser.Any(tx, account, id) }, mustDeleteAccessKeys},
		conflict{func() (bool, error) { return persistence.SigningCertificatesByUser.Any(tx, account, id) }, mustDeleteCertificates},
		conflict{func() (bool, error) { return persistence.SSHPublicKeysByUser.Any(tx, account, id) }, mustRemoveReferences},
		conflict{func() (bool, error) { return persistence.ServiceCredentialsByUser.Any(tx, account, id) }, mustRemoveReferences},
		conflict{func() (bool, error) { return persistence.Attachments.Any(tx, account, id) }, mustDetachPolicies},
		conflict{func() (bool, error) { return persistence.InlinePolicies.Any(tx, account, id) }, mustDeletePolicies},
		conflict{func() (bool, error) { return persistence.MembershipsByUser.Any(tx, account, id) }, mustRemoveFromGroup},
	)
}

// A conflict is something that must be gone before an entity can be deleted.
type conflict struct {
	any     func() (bool, error)
	refusal func() error
}

// firstConflict returns the error for the first conflict that exists.
func firstConflict(list ...conflict) error {
	for _, c := range list {
		found, err := c.any()
		if err != nil {
			return err
		}
		if found {
			return c.refusal()
		}
	}
	return nil
}

func findUser(tx persistence.Tx, account, name string) (*persistence.User, error) {
	u, err := persistence.Users.Get(tx, account, name)
	return found(u, err, noSuchUser, name)
}

func userNameOrCaller(ctx context.Context, name *string) (string, error) {
	if name != nil {
		return *name, nil
	}
	return callerUser(ctx)
}

func userARN(account principal.Account, u *persistence.User) string {
	return account.Entity("user", u.Path, u.Name)
}

// userOut returns a user as CreateUser and GetUser show it.
func userOut(account principal.Account, u *persistence.User) *types.User {
	out := userRow(account, u)
	out.PermissionsBoundary = boundaryOut(u.Boundary)
	out.Tags = tagsOut(u.Tags)
	return &out
}

// userRow returns a user as lists show it.
func userRow(account principal.Account, u *persistence.User) types.User {
	out := types.User{
		Path: &u.Path, UserName: &u.Name, UserId: &u.ID,
		Arn: aws.String(userARN(account, u)), CreateDate: &u.CreateDate,
	}
	if !u.PasswordLastUsed.IsZero() {
		out.PasswordLastUsed = &u.PasswordLastUsed
	}
	return out
}

// pathOrRoot returns the path of a new entity: "/" if none is given.
func pathOrRoot(path *string) string {
	if path == nil {
		return "/"
	}
	return *path
}

// userRules are the permissions of the operations above.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func userRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateUserInput) ([]authz.Need, error) {
			arn := q.Own().Entity("user", pathOrRoot(in.Path), aws.ToString(in.UserName))
			return createNeeds("iam:CreateUser", "iam:TagUser", arn, in.Tags, in.PermissionsBoundary), nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetUserInput) ([]authz.Need, error) {
			need, err := userNeed(q, "iam:GetUser", in.UserName)
			if in.UserName == nil {
				need.Label = "" // unlike the other calls, GetUser then shows the ARN (seen in denials)
			}
			return []authz.Need{need}, err
		}),
		authz.For(func(q *authz.Query, in *iam.ListUsersInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListUsers", "user", in.PathPrefix)}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateUserInput) ([]authz.Need, error) {
			return renameNeeds(q, userKind, "iam:UpdateUser", rename{in.UserName, in.NewUserName, in.NewPath})
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteUserInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:DeleteUser", in.UserName)
		}),
	}
}
