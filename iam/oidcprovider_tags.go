package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var oidcProviderTags = &tagging[persistence.OIDCProvider]{
	table: persistence.OIDCProviders, find: findOIDCProvider,
	tags: func(x *persistence.OIDCProvider) *[]persistence.Tag { return &x.Tags },
	keys: exactTagKeys, noTags: emptyTagMap, noKeys: emptyTagKeys,
}

// TagOpenIDConnectProvider adds tags to an OpenID Connect provider, in place of those with
// the same keys. The case of keys counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagOpenIDConnectProvider.html
func (s *Service) TagOpenIDConnectProvider(ctx context.Context,
	in *iam.TagOpenIDConnectProviderInput) (*iam.TagOpenIDConnectProviderOutput, error) {
	return answer(&iam.TagOpenIDConnectProviderOutput{}, oidcProviderTags.tag(ctx, s, in.OpenIDConnectProviderArn, in.Tags))
}

// UntagOpenIDConnectProvider removes tags from an OpenID Connect provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagOpenIDConnectProvider.html
func (s *Service) UntagOpenIDConnectProvider(ctx context.Context,
	in *iam.UntagOpenIDConnectProviderInput) (*iam.UntagOpenIDConnectProviderOutput, error) {
	return answer(&iam.UntagOpenIDConnectProviderOutput{}, oidcProviderTags.untag(ctx, s, in.OpenIDConnectProviderArn, in.TagKeys))
}

// ListOpenIDConnectProviderTags lists the tags of an OpenID Connect provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviderTags.html
func (s *Service) ListOpenIDConnectProviderTags(ctx context.Context,
	in *iam.ListOpenIDConnectProviderTagsInput) (*iam.ListOpenIDConnectProviderTagsOutput, error) {
	out := &iam.ListOpenIDConnectProviderTagsOutput{}
	l := listing{"ListOpenIDConnectProviderTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, oidcProviderTags.list(ctx, s, in.OpenIDConnectProviderArn, l, &out.Tags))
}

// oidcProviderTagRules are the permissions of the operations above.
func oidcProviderTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagOpenIDConnectProviderInput) ([]authz.Need, error) {
			need, err := oidcProviderNeed(q, "iam:TagOpenIDConnectProvider", in.OpenIDConnectProviderArn)
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagOpenIDConnectProviderInput) ([]authz.Need, error) {
			need, err := oidcProviderNeed(q, "iam:UntagOpenIDConnectProvider", in.OpenIDConnectProviderArn)
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListOpenIDConnectProviderTagsInput) ([]authz.Need, error) {
			return oidcProviderNeeds(q, "iam:ListOpenIDConnectProviderTags", in.OpenIDConnectProviderArn)
		}),
	}
}
