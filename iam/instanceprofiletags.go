package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagInstanceProfile adds tags to an instance profile, over those with the same
// keys, in which case counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html
func (s *Service) TagInstanceProfile(ctx context.Context, in *iam.TagInstanceProfileInput) (*iam.TagInstanceProfileOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagMap()
	}
	put, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.retagInstanceProfile(ctx, in.InstanceProfileName, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return mergeTags(have, put, exactTagKeys, s.quotas.TagsPerEntity)
	})
	return answer(&iam.TagInstanceProfileOutput{}, err)
}

// UntagInstanceProfile removes tags from an instance profile.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html
func (s *Service) UntagInstanceProfile(ctx context.Context, in *iam.UntagInstanceProfileInput) (*iam.UntagInstanceProfileOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, emptyTagKeys()
	}
	err := s.retagInstanceProfile(ctx, in.InstanceProfileName, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return dropTags(have, in.TagKeys, exactTagKeys), nil
	})
	return answer(&iam.UntagInstanceProfileOutput{}, err)
}

func (s *Service) retagInstanceProfile(ctx context.Context, name *string, change retag) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findInstanceProfile(tx, account(ctx), aws.ToString(name))
		if err != nil {
			return err
		}
		if p.Tags, err = change(p.Tags); err != nil {
			return err
		}
		return persistence.InstanceProfiles.Put(tx, account(ctx), p)
	})
}

// ListInstanceProfileTags lists the tags of an instance profile.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html
func (s *Service) ListInstanceProfileTags(ctx context.Context, in *iam.ListInstanceProfileTagsInput) (*iam.ListInstanceProfileTagsOutput, error) {
	p, err := newPage("ListInstanceProfileTags/"+persistence.Fold(aws.ToString(in.InstanceProfileName)), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListInstanceProfileTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		profile, err := findInstanceProfile(tx, account(ctx), aws.ToString(in.InstanceProfileName))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, profile.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

// instanceProfileTagRules are the permissions of the operations above.
func instanceProfileTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagInstanceProfileInput) ([]authz.Need, error) {
			need, err := instanceProfileNeed(q, "iam:TagInstanceProfile", aws.ToString(in.InstanceProfileName))
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagInstanceProfileInput) ([]authz.Need, error) {
			need, err := instanceProfileNeed(q, "iam:UntagInstanceProfile", aws.ToString(in.InstanceProfileName))
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListInstanceProfileTagsInput) ([]authz.Need, error) {
			return instanceProfileNeeds(q, "iam:ListInstanceProfileTags", in.InstanceProfileName)
		}),
	}
}
