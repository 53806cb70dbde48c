package iam

import (
	"bytes"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// CreateLoginProfile gives a user, by default the caller, a password for the
// console. The password must satisfy the account's password policy, and is
// kept as a hash.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
//
// A session of AssumeRoot that names no user allows the root user to set a password
// again.
func (s *Service) CreateLoginProfile(ctx context.Context, in *iam.CreateLoginProfileInput) (*iam.CreateLoginProfileOutput, error) {
	if in.UserName == nil && isRootSession(ctx) {
		return s.createRootLogin(ctx, in)
	}
	name, err := userNameOrCaller(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	if in.Password == nil {
		return nil, passwordMissing()
	}
	p, err := s.newLogin(*in.Password)
	if err != nil {
		return nil, err
	}
	p.ResetRequired = in.PasswordResetRequired
	out := &iam.CreateLoginProfileOutput{}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), name)
		if err != nil {
			return err
		}
		p.UserID = u.ID
		out.LoginProfile = loginOut(u, p)
		return insertLogin(tx, account(ctx), u, p, *in.Password)
	})
	return answer(out, err)
}

func (s *Service) newLogin(password string) (*persistence.LoginProfile, error) {
	salt, err := s.newSalt()
	if err != nil {
		return nil, err
	}
	now := s.now()
	return &persistence.LoginProfile{CreateDate: now, ChangeDate: now, Salt: salt, Hashes: [][]byte{hashPassword(password, salt)}}, nil
}

func insertLogin(tx persistence.Tx, account string, u *persistence.User, p *persistence.LoginProfile, password string) error {
	if err := orTaken(persistence.LoginProfiles.Absent(tx, account, u.ID), loginExists, u.Name); err != nil {
		return err
	}
	if err := checkPassword(tx, account, password); err != nil {
		return err
	}
	return persistence.LoginProfiles.Put(tx, account, p)
}

// GetLoginProfile says when a user, by default the caller, got a password, and whether
// the user must change it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html
func (s *Service) GetLoginProfile(ctx context.Context, in *iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
	if in.UserName == nil && isRootSession(ctx) {
		return s.getRootLogin(ctx)
	}
	name, err := userNameOrCaller(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	out := &iam.GetLoginProfileOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		u, p, err := findLogin(tx, account(ctx), name)
		if err != nil {
			return err
		}
		out.LoginProfile = loginOut(u, p)
		return nil
	})
	return answer(out, err)
}

// UpdateLoginProfile changes a user's password, whether the user must change it at the
// next sign-in, or both. A member that is left out changes nothing (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html
func (s *Service) UpdateLoginProfile(ctx context.Context, in *iam.UpdateLoginProfileInput) (*iam.UpdateLoginProfileOutput, error) {
	var passwords []string
	if in.Password != nil {
		passwords = []string{*in.Password}
	}
	now := s.now()
	err := s.updateLogin(ctx, aws.ToString(in.UserName), passwords,
		func(tx persistence.Tx, p *persistence.LoginProfile, hashes [][]byte) error {
			if in.PasswordResetRequired != nil {
				p.ResetRequired = *in.PasswordResetRequired
			}
			if in.Password == nil {
				return nil
			}
			if err := checkPassword(tx, account(ctx), *in.Password); err != nil {
				return err
			}
			return setPassword(tx, account(ctx), p, hashes[0], now)
		})
	return answer(&iam.UpdateLoginProfileOutput{}, err)
}

// ChangePassword changes the password of the calling user, who must know the old one.
// After that the user need not change it at the next sign-in (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html
//
// A user with access keys can change an expired password too, even with HardExpiry.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PasswordPolicy.html
func (s *Service) ChangePassword(ctx context.Context, in *iam.ChangePasswordInput) (*iam.ChangePasswordOutput, error) {
	c := principal.FromContext(ctx)
	if c.Kind != principal.User {
		return nil, onlyUsersChangePasswords()
	}
	now, passwords := s.now(), []string{aws.ToString(in.OldPassword), aws.ToString(in.NewPassword)}
	err := s.updateLogin(ctx, c.Name, passwords, func(tx persistence.Tx, p *persistence.LoginProfile, hashes [][]byte) error {
		if !sameHash(hashes[0], p.Hashes[0]) {
			return wrongPassword()
		}
		if passwords[0] == passwords[1] {
			return samePassword()
		}
		if err := checkPassword(tx, account(ctx), passwords[1]); err != nil {
			return err
		}
		p.ResetRequired = false
		return setPassword(tx, account(ctx), p, hashes[1], now)
	})
	return answer(&iam.ChangePasswordOutput{}, err)
}

// errOtherSalt is returned when the login profile is replaced while passwords are hashed
// for it.
var errOtherSalt = errors.New("iam: the login profile has another salt")

// updateLogin changes the login profile of a user. change gets the hashes of the
// passwords. Hashing takes time, so it is done before the transaction, and again if the
// profile is replaced in the meantime.
func (s *Service) updateLogin(ctx context.Context, name string, passwords []string,
	change func(tx persistence.Tx, p *persistence.LoginProfile, hashes [][]byte) error) error {
	for {
		salt, err := s.loginSalt(ctx, name)
		if err != nil {
			return err
		}
		hashes := make([][]byte, len(passwords))
		for i, password := range passwords {
			hashes[i] = hashPassword(password, salt)
		}
		err = s.store.Update(ctx, func(tx persistence.Tx) error {
			_, p, err := findLogin(tx, account(ctx), name)
			if err != nil {
				return err
			}
			if !bytes.Equal(p.Salt, salt) {
				return errOtherSalt
			}
			if err := change(tx, p, hashes); err != nil {
				return err
			}
			return persistence.LoginProfiles.Put(tx, account(ctx), p)
		})
		if !errors.Is(err, errOtherSalt) {
			return err
		}
	}
}

// loginSalt reads the salt of a login profile. It reads the current state, like the
// Update that compares the salt, even for a caller who sees changes late: an old salt
// would never match.
func (s *Service) loginSalt(ctx context.Context, name string) (salt []byte, err error) {
	err = s.store.View(persistence.WithLag(ctx, 0), func(tx persistence.Tx) error {
		_, p, err := findLogin(tx, account(ctx), name)
		if err == nil {
			salt = p.Salt
		}
		return err
	})
	return salt, err
}

// DeleteLoginProfile takes a user's password away, by default the caller's. The user's
// access keys stay as they are.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html
func (s *Service) DeleteLoginProfile(ctx context.Context, in *iam.DeleteLoginProfileInput) (*iam.DeleteLoginProfileOutput, error) {
	if in.UserName == nil && isRootSession(ctx) {
		return s.deleteRootLogin(ctx)
	}
	name, err := userNameOrCaller(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		u, _, err := findLogin(tx, account(ctx), name)
		if err != nil {
			return err
		}
		return persistence.LoginProfiles.Delete(tx, account(ctx), u.ID)
	})
	return answer(&iam.DeleteLoginProfileOutput{}, err)
}

func findLogin(tx persistence.Tx, account, name string) (*persistence.User, *persistence.LoginProfile, error) {
	u, err := findUser(tx, account, name)
	if err != nil {
		return nil, nil, err
	}
	p, err := persistence.LoginProfiles.Get(tx, account, u.ID)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, nil, noSuchLogin(u.Name)
	}
	return u, p, err
}

func loginOut(u *persistence.User, p *persistence.LoginProfile) *types.LoginProfile {
	return &types.LoginProfile{UserName: &u.Name, CreateDate: &p.CreateDate, PasswordResetRequired: p.ResetRequired}
}

// loginProfileRules are the permissions of the operations above.
func loginProfileRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateLoginProfileInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:CreateLoginProfile", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetLoginProfileInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:GetLoginProfile", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateLoginProfileInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:UpdateLoginProfile", in.UserName)
		}),
		authz.For(func(q *authz.Query, _ *iam.ChangePasswordInput) ([]authz.Need, error) {
			need, err := userNeed(q, "iam:ChangePassword", nil)
			if err != nil {
				return nil, err
			}
			if q.Caller.Kind == principal.User {
				need.Label = "user " + q.Caller.Name // text not confirmed
			}
			return grantedByPasswordPolicy(q, need)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteLoginProfileInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:DeleteLoginProfile", in.UserName)
		}),
	}
}
