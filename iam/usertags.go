package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagUser adds tags to a user, over those whose keys differ in case at most.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html
//
// An empty list is refused, and so are more than 50 tags in all: then nothing
// changes (recorded).
func (s *Service) TagUser(ctx context.Context, in *iam.TagUserInput) (*iam.TagUserOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagList()
	}
	put, err := newTags(in.Tags, foldTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.retagUser(ctx, in.UserName, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return mergeTags(have, put, foldTagKeys, s.quotas.TagsPerEntity)
	})
	return answer(&iam.TagUserOutput{}, err)
}

// UntagUser removes tags from a user, in any case of their keys.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html
//
// Keys that the user has not, reserved ones and an empty list are no fault
// (recorded).
func (s *Service) UntagUser(ctx context.Context, in *iam.UntagUserInput) (*iam.UntagUserOutput, error) {
	err := s.retagUser(ctx, in.UserName, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return dropTags(have, in.TagKeys, foldTagKeys), nil
	})
	return answer(&iam.UntagUserOutput{}, err)
}

func (s *Service) retagUser(ctx context.Context, name *string, change retag) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(name))
		if err != nil {
			return err
		}
		if u.Tags, err = change(u.Tags); err != nil {
			return err
		}
		return persistence.Users.Put(tx, account(ctx), u)
	})
}

// ListUserTags lists the tags of a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html
func (s *Service) ListUserTags(ctx context.Context, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
	p, err := newPage("ListUserTags/"+persistence.Fold(aws.ToString(in.UserName)), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListUserTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, u.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

// userTagRules are the permissions of the operations above.
func userTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagUserInput) ([]authz.Need, error) {
			need, err := identityNeed(q, userKind, "iam:TagUser", aws.ToString(in.UserName))
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagUserInput) ([]authz.Need, error) {
			need, err := identityNeed(q, userKind, "iam:UntagUser", aws.ToString(in.UserName))
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListUserTagsInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:ListUserTags", in.UserName)
		}),
	}
}
