package iam

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// The root user's password is not set here: the root user chooses it when signing up, and
// recovers it by mail. A session of AssumeRoot can remove it from a member account, and
// allow its recovery again.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html

// rootName is AWS's name for the root user where an answer needs a name.
const rootName = "root"

// isRootSession reports whether the caller is a session of AssumeRoot. The root user
// itself must name a user in calls on login profiles.
func isRootSession(ctx context.Context) bool {
	c := principal.FromContext(ctx)
	return c.Kind == principal.Root && c.Session != nil && c.Session.Operation == "AssumeRoot"
}

func (s *Service) createRootLogin(ctx context.Context, in *iam.CreateLoginProfileInput) (*iam.CreateLoginProfileOutput, error) {
	if in.Password != nil {
		return nil, passwordGiven()
	}
	now := s.now()
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		_, has, err := rootLogin(tx, account(ctx))
		if err != nil {
			return err
		}
		if has {
			return loginExists(rootName)
		}
		return persistence.RootPasswords.Put(tx, account(ctx), &persistence.RootPassword{CreateDate: now})
	})
	return answer(&iam.CreateLoginProfileOutput{LoginProfile: rootLoginOut(now)}, err)
}

func (s *Service) getRootLogin(ctx context.Context) (*iam.GetLoginProfileOutput, error) {
	out := &iam.GetLoginProfileOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		since, has, err := rootLogin(tx, account(ctx))
		if err == nil && !has {
			return noSuchLogin(rootName)
		}
		out.LoginProfile = rootLoginOut(since)
		return err
	})
	return answer(out, err)
}

func (s *Service) deleteRootLogin(ctx context.Context) (*iam.DeleteLoginProfileOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		_, has, err := rootLogin(tx, account(ctx))
		if err != nil {
			return err
		}
		if !has {
			return noSuchLogin(rootName)
		}
		return persistence.RootPasswords.Put(tx, account(ctx), &persistence.RootPassword{Deleted: true})
	})
	return answer(&iam.DeleteLoginProfileOutput{}, err)
}

// rootLogin says since when the account's root user has a password, if there is one.
func rootLogin(tx persistence.Tx, account string) (since time.Time, has bool, err error) {
	r, err := persistence.RootPasswords.Get(tx, account)
	if err == nil {
		return r.CreateDate, !r.Deleted, nil
	}
	if !errors.Is(err, persistence.ErrNotFound) {
		return since, false, err
	}
	a, err := persistence.Accounts.Get(tx, account)
	if errors.Is(err, persistence.ErrNotFound) {
		return since, true, nil // the account is created by its first change
	}
	if err != nil {
		return since, false, err
	}
	return a.CreateDate, true, nil
}

func rootLoginOut(since time.Time) *types.LoginProfile {
	name := rootName
	return &types.LoginProfile{UserName: &name, CreateDate: &since}
}
