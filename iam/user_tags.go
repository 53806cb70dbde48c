package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var userTags = &tagging[persistence.User]{
	table: persistence.Users, find: byName(findUser),
	tags: func(x *persistence.User) *[]persistence.Tag { return &x.Tags },
	keys: foldTagKeys, noTags: emptyTagList,
}

// TagUser adds tags to a user, in place of those with the same keys. The case of keys does not count.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html
//
// An empty list is refused. If the user would have more than 50 tags, all of them are
// refused (recorded).
func (s *Service) TagUser(ctx context.Context, in *iam.TagUserInput) (*iam.TagUserOutput, error) {
	return answer(&iam.TagUserOutput{}, userTags.tag(ctx, s, in.UserName, in.Tags))
}

// UntagUser removes tags from a user. The case of keys does not count.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html
//
// Keys that the user does not have, reserved keys and an empty list are not an error
// (recorded).
func (s *Service) UntagUser(ctx context.Context, in *iam.UntagUserInput) (*iam.UntagUserOutput, error) {
	return answer(&iam.UntagUserOutput{}, userTags.untag(ctx, s, in.UserName, in.TagKeys))
}

// ListUserTags lists the tags of a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html
func (s *Service) ListUserTags(ctx context.Context, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
	out := &iam.ListUserTagsOutput{}
	l := listing{"ListUserTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, userTags.list(ctx, s, in.UserName, l, &out.Tags))
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
