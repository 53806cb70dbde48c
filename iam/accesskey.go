package iam

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// A keyOwner is the user that access keys belong to; the root user has the
// account's ID and no name.
type keyOwner struct {
	id   string
	name *string
}

// CreateAccessKey makes an access key of a user, by default the caller; the root user
// makes its own keys in this way.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
//
// A user has at most two, inactive ones included. The secret is in no other answer.
func (s *Service) CreateAccessKey(ctx context.Context, in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	return withFreeID(func() (*iam.CreateAccessKeyOutput, error) { return s.createAccessKey(ctx, in) })
}

// idAttempts bounds how often an ID that is in use is replaced by a new one.
const idAttempts = 8

// withFreeID makes a key whose ID is random, and makes it again with another ID if
// that one is in use already: with its 39 random bits that is rare, but not impossible.
func withFreeID[Out any](create func() (*Out, error)) (out *Out, err error) {
	for range idAttempts {
		if out, err = create(); !errors.Is(err, persistence.ErrExists) {
			return out, err
		}
	}
	return nil, fmt.Errorf("iam: %d new IDs are all in use: %w", idAttempts, err)
}

func (s *Service) createAccessKey(ctx context.Context, in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	k, err := s.newAccessKey(account(ctx))
	if err != nil {
		return nil, err
	}
	out := &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
		AccessKeyId: &k.ID, Status: keyStatus(k), SecretAccessKey: &k.Secret, CreateDate: &k.CreateDate,
	}}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		k.UserID, out.AccessKey.UserName = owner.id, owner.name
		return s.insertAccessKey(tx, account(ctx), k)
	})
	return answer(out, err)
}

func (s *Service) newAccessKey(account string) (*persistence.AccessKey, error) {
	id, err := principal.NewAccessKeyID(s.random, principal.LongTermKeyPrefix, account)
	if err != nil {
		return nil, err
	}
	secret, err := principal.NewSecret(s.random)
	return &persistence.AccessKey{ID: id, Secret: secret, CreateDate: s.now()}, err
}

func (s *Service) insertAccessKey(tx persistence.Tx, account string, k *persistence.AccessKey) error {
	n, err := persistence.AccessKeysByUser.Count(tx, account, k.UserID)
	if err != nil {
		return err
	}
	if n >= s.quotas.AccessKeysPerUser {
		return overQuota("AccessKeysPerUser", s.quotas.AccessKeysPerUser)
	}
	if err := persistence.AccessKeys.Absent(tx, account, k.ID); err != nil {
		return err
	}
	return persistence.AccessKeys.Put(tx, account, k)
}

// ListAccessKeys lists the access keys of a user, by default the caller, the
// oldest first.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func (s *Service) ListAccessKeys(ctx context.Context, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	out := &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{}}
	asked := listing{"ListAccessKeys/" + aws.ToString(in.UserName), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		keys, err := accessKeys(tx, account(ctx), owner.id)
		for _, k := range pick(p, keys, keyPosition) {
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, types.AccessKeyMetadata{
				UserName: owner.name, AccessKeyId: &k.ID, Status: keyStatus(k), CreateDate: &k.CreateDate,
			})
		}
		return err
	}))
}

// accessKeys are the keys of a user, in the order of keyPosition.
func accessKeys(tx persistence.Tx, account, userID string) ([]*persistence.AccessKey, error) {
	var keys []*persistence.AccessKey
	for k, err := range persistence.AccessKeysByUser.Scan(tx, account, persistence.Key{userID}, nil) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b *persistence.AccessKey) int {
		return cmp.Or(a.CreateDate.Compare(b.CreateDate), strings.Compare(a.ID, b.ID))
	})
	return keys, nil
}

func keyPosition(k *persistence.AccessKey) persistence.Key {
	return persistence.Key{k.CreateDate.UTC().Format("20060102150405"), k.ID}
}

// UpdateAccessKey makes a key active or inactive.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
func (s *Service) UpdateAccessKey(ctx context.Context, in *iam.UpdateAccessKeyInput) (*iam.UpdateAccessKeyOutput, error) {
	if in.Status != types.StatusTypeActive && in.Status != types.StatusTypeInactive {
		return nil, notCredentialStatus(in.Status)
	}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		k, err := findAccessKey(ctx, tx, in.UserName, in.AccessKeyId)
		if err != nil {
			return err
		}
		k.Inactive = in.Status == types.StatusTypeInactive
		return persistence.AccessKeys.Put(tx, account(ctx), k)
	})
	return answer(&iam.UpdateAccessKeyOutput{}, err)
}

// DeleteAccessKey removes a key of a user, by default the caller.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html
func (s *Service) DeleteAccessKey(ctx context.Context, in *iam.DeleteAccessKeyInput) (*iam.DeleteAccessKeyOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		k, err := findAccessKey(ctx, tx, in.UserName, in.AccessKeyId)
		if err != nil {
			return err
		}
		return persistence.AccessKeys.Delete(tx, account(ctx), k.ID)
	})
	return answer(&iam.DeleteAccessKeyOutput{}, err)
}

// GetAccessKeyLastUsed says when and where a key of the account was last used.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
//
// For a key that no user of the account has, the answer is a denial, whoever asks, and
// not NoSuchEntity. AWS does so, recorded.
func (s *Service) GetAccessKeyLastUsed(ctx context.Context, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	out := &iam.GetAccessKeyLastUsedOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		k, err := persistence.AccessKeys.Get(tx, account(ctx), aws.ToString(in.AccessKeyId))
		if err != nil {
			return orMissing(err, accessKeyHidden(principal.FromContext(ctx).ARN, aws.ToString(in.AccessKeyId)))
		}
		out.AccessKeyLastUsed = keyLastUsedOut(s.keyUse(account(ctx), k))
		if k.UserID == account(ctx) {
			return nil // a key of the root user, who has no name
		}
		u, err := persistence.UsersByID.First(tx, account(ctx), k.UserID)
		if err != nil {
			return err
		}
		out.UserName = &u.Name
		return nil
	})
	return answer(out, err)
}

// keyLastUsedOut shows "N/A" for a key that was never used (recorded).
func keyLastUsedOut(u use) *types.AccessKeyLastUsed {
	if u.at.IsZero() {
		return &types.AccessKeyLastUsed{ServiceName: aws.String("N/A"), Region: aws.String("N/A")}
	}
	return &types.AccessKeyLastUsed{LastUsedDate: &u.at, ServiceName: &u.service, Region: &u.region}
}

// findKeyOwner finds the user of that name; without a name, the caller if it is a user or
// root.
func findKeyOwner(ctx context.Context, tx persistence.Tx, name *string) (keyOwner, error) {
	if c := principal.FromContext(ctx); name == nil && c.Kind == principal.Root {
		return keyOwner{id: c.AccountID}, nil
	}
	n, err := userNameOrCaller(ctx, name)
	if err != nil {
		return keyOwner{}, err
	}
	u, err := findUser(tx, account(ctx), n)
	if err != nil {
		return keyOwner{}, err
	}
	return keyOwner{id: u.ID, name: &u.Name}, nil
}

// findAccessKey finds a key of the user of that name. A key of another user counts as
// missing.
func findAccessKey(ctx context.Context, tx persistence.Tx, userName, id *string) (*persistence.AccessKey, error) {
	owner, err := findKeyOwner(ctx, tx, userName)
	if err != nil {
		return nil, err
	}
	k, err := persistence.AccessKeys.Get(tx, account(ctx), aws.ToString(id))
	if errors.Is(err, persistence.ErrNotFound) || err == nil && k.UserID != owner.id {
		return nil, noSuchAccessKey(aws.ToString(id))
	}
	return k, err
}

func keyStatus(k *persistence.AccessKey) types.StatusType {
	if k.Inactive {
		return types.StatusTypeInactive
	}
	return types.StatusTypeActive
}

// accessKeyRules are the permissions of the operations above: a key belongs to
// its user.
func accessKeyRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateAccessKeyInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:CreateAccessKey", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListAccessKeysInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:ListAccessKeys", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateAccessKeyInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:UpdateAccessKey", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteAccessKeyInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:DeleteAccessKey", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetAccessKeyLastUsedInput) ([]authz.Need, error) {
			need, err := lastUsedNeed(q, aws.ToString(in.AccessKeyId))
			need.Label = "access key " + aws.ToString(in.AccessKeyId)
			return []authz.Need{need}, err
		}),
	}
}

// lastUsedNeed asks for action on the user whose key it is. For an unknown key it asks
// for action on every user.
func lastUsedNeed(q *authz.Query, id string) (authz.Need, error) {
	const action = "iam:GetAccessKeyLastUsed"
	k, err := persistence.AccessKeys.Get(q.Tx, q.Account(), id)
	if errors.Is(err, persistence.ErrNotFound) {
		return authz.Need{Action: action, Resource: "*"}, nil
	}
	if err != nil {
		return authz.Need{}, err
	}
	if k.UserID == q.Account() {
		return authz.Need{Action: action, Resource: q.Own().Root()}, nil
	}
	u, err := persistence.UsersByID.First(q.Tx, q.Account(), k.UserID)
	if err != nil {
		return authz.Need{}, err
	}
	return identityNeed(q, userKind, action, u.Name)
}
