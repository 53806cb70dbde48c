package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var samlProviderTags = &tagging[persistence.SAMLProvider]{
	table: persistence.SAMLProviders, find: findSAMLProvider,
	tags: func(x *persistence.SAMLProvider) *[]persistence.Tag { return &x.Tags },
	keys: exactTagKeys, noTags: emptyTagMap, noKeys: emptyTagKeys,
}

// TagSAMLProvider adds tags to a SAML provider, in place of those with the same keys. The
// case of keys counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagSAMLProvider.html
func (s *Service) TagSAMLProvider(ctx context.Context, in *iam.TagSAMLProviderInput) (*iam.TagSAMLProviderOutput, error) {
	return answer(&iam.TagSAMLProviderOutput{}, samlProviderTags.tag(ctx, s, in.SAMLProviderArn, in.Tags))
}

// UntagSAMLProvider removes tags from a SAML provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagSAMLProvider.html
func (s *Service) UntagSAMLProvider(ctx context.Context, in *iam.UntagSAMLProviderInput) (*iam.UntagSAMLProviderOutput, error) {
	return answer(&iam.UntagSAMLProviderOutput{}, samlProviderTags.untag(ctx, s, in.SAMLProviderArn, in.TagKeys))
}

// ListSAMLProviderTags lists the tags of a SAML provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviderTags.html
func (s *Service) ListSAMLProviderTags(ctx context.Context, in *iam.ListSAMLProviderTagsInput) (*iam.ListSAMLProviderTagsOutput, error) {
	out := &iam.ListSAMLProviderTagsOutput{}
	l := listing{"ListSAMLProviderTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, samlProviderTags.list(ctx, s, in.SAMLProviderArn, l, &out.Tags))
}

// samlProviderTagRules are the permissions of the operations above.
func samlProviderTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagSAMLProviderInput) ([]authz.Need, error) {
			need, err := samlProviderNeed(q, "iam:TagSAMLProvider", in.SAMLProviderArn)
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagSAMLProviderInput) ([]authz.Need, error) {
			need, err := samlProviderNeed(q, "iam:UntagSAMLProvider", in.SAMLProviderArn)
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListSAMLProviderTagsInput) ([]authz.Need, error) {
			return samlProviderNeeds(q, "iam:ListSAMLProviderTags", in.SAMLProviderArn)
		}),
	}
}
