package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagRole adds tags to a role, over those whose keys differ in case at most.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
//
// It refuses what TagUser refuses.
func (s *Service) TagRole(ctx context.Context, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagList()
	}
	put, err := newTags(in.Tags, foldTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.retagRole(ctx, in.RoleName, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return mergeTags(have, put, foldTagKeys, s.quotas.TagsPerEntity)
	})
	return answer(&iam.TagRoleOutput{}, err)
}

// UntagRole removes tags from a role, in any case of their keys.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html
//
// It takes what UntagUser takes.
func (s *Service) UntagRole(ctx context.Context, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
	err := s.retagRole(ctx, in.RoleName, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return dropTags(have, in.TagKeys, foldTagKeys), nil
	})
	return answer(&iam.UntagRoleOutput{}, err)
}

func (s *Service) retagRole(ctx context.Context, name *string, change retag) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := findRole(tx, account(ctx), aws.ToString(name))
		if err != nil {
			return err
		}
		if r.Tags, err = change(r.Tags); err != nil {
			return err
		}
		return persistence.Roles.Put(tx, account(ctx), r)
	})
}

// ListRoleTags lists the tags of a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
func (s *Service) ListRoleTags(ctx context.Context, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	p, err := newPage("ListRoleTags/"+persistence.Fold(aws.ToString(in.RoleName)), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListRoleTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		r, err := findRole(tx, account(ctx), aws.ToString(in.RoleName))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, r.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

// roleTagRules are the permissions of the operations above.
func roleTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagRoleInput) ([]authz.Need, error) {
			need, err := identityNeed(q, roleKind, "iam:TagRole", aws.ToString(in.RoleName))
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagRoleInput) ([]authz.Need, error) {
			need, err := identityNeed(q, roleKind, "iam:UntagRole", aws.ToString(in.RoleName))
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListRoleTagsInput) ([]authz.Need, error) {
			return identityNeeds(q, roleKind, "iam:ListRoleTags", in.RoleName)
		}),
	}
}
