package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var instanceProfileTags = &tagging[persistence.InstanceProfile]{
	table: persistence.InstanceProfiles, find: byName(findInstanceProfile),
	tags: func(x *persistence.InstanceProfile) *[]persistence.Tag { return &x.Tags },
	keys: exactTagKeys, noTags: emptyTagMap, noKeys: emptyTagKeys,
}

// TagInstanceProfile adds tags to an instance profile, in place of those with the same
// keys. The case of keys counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html
func (s *Service) TagInstanceProfile(ctx context.Context, in *iam.TagInstanceProfileInput) (*iam.TagInstanceProfileOutput, error) {
	return answer(&iam.TagInstanceProfileOutput{}, instanceProfileTags.tag(ctx, s, in.InstanceProfileName, in.Tags))
}

// UntagInstanceProfile removes tags from an instance profile.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html
func (s *Service) UntagInstanceProfile(ctx context.Context, in *iam.UntagInstanceProfileInput) (*iam.UntagInstanceProfileOutput, error) {
	return answer(&iam.UntagInstanceProfileOutput{}, instanceProfileTags.untag(ctx, s, in.InstanceProfileName, in.TagKeys))
}

// ListInstanceProfileTags lists the tags of an instance profile.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html
func (s *Service) ListInstanceProfileTags(ctx context.Context,
	in *iam.ListInstanceProfileTagsInput) (*iam.ListInstanceProfileTagsOutput, error) {
	out := &iam.ListInstanceProfileTagsOutput{}
	l := listing{"ListInstanceProfileTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, instanceProfileTags.list(ctx, s, in.InstanceProfileName, l, &out.Tags))
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
