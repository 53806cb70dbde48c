package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var roleTags = &tagging[persistence.Role]{
	table: persistence.Roles, find: byName(findRole),
	tags: func(x *persistence.Role) *[]persistence.Tag { return &x.Tags },
	keys: foldTagKeys, noTags: emptyTagList,
}

// TagRole adds tags to a role, in place of those with the same keys. The case of keys does not count.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
//
// Errors are those of TagUser.
func (s *Service) TagRole(ctx context.Context, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
	return answer(&iam.TagRoleOutput{}, roleTags.tag(ctx, s, in.RoleName, in.Tags))
}

// UntagRole removes tags from a role. The case of keys does not count.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html
//
// It accepts whatever UntagUser accepts.
func (s *Service) UntagRole(ctx context.Context, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
	return answer(&iam.UntagRoleOutput{}, roleTags.untag(ctx, s, in.RoleName, in.TagKeys))
}

// ListRoleTags lists the tags of a role.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
func (s *Service) ListRoleTags(ctx context.Context, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	out := &iam.ListRoleTagsOutput{}
	l := listing{"ListRoleTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, roleTags.list(ctx, s, in.RoleName, l, &out.Tags))
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
