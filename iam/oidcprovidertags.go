package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagOpenIDConnectProvider adds tags to an OpenID Connect provider, over those with the same
// keys, in which case counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagOpenIDConnectProvider.html
func (s *Service) TagOpenIDConnectProvider(ctx context.Context, in *iam.TagOpenIDConnectProviderInput) (*iam.TagOpenIDConnectProviderOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagMap()
	}
	put, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.updateOIDCProvider(ctx, in.OpenIDConnectProviderArn, func(p *persistence.OIDCProvider) (err error) {
		p.Tags, err = mergeTags(p.Tags, put, exactTagKeys, s.quotas.TagsPerEntity)
		return err
	})
	return answer(&iam.TagOpenIDConnectProviderOutput{}, err)
}

// UntagOpenIDConnectProvider removes tags from an OpenID Connect provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagOpenIDConnectProvider.html
func (s *Service) UntagOpenIDConnectProvider(ctx context.Context, in *iam.UntagOpenIDConnectProviderInput) (*iam.UntagOpenIDConnectProviderOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, emptyTagKeys()
	}
	err := s.updateOIDCProvider(ctx, in.OpenIDConnectProviderArn, func(p *persistence.OIDCProvider) error {
		p.Tags = dropTags(p.Tags, in.TagKeys, exactTagKeys)
		return nil
	})
	return answer(&iam.UntagOpenIDConnectProviderOutput{}, err)
}

// ListOpenIDConnectProviderTags lists the tags of an OpenID Connect provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviderTags.html
func (s *Service) ListOpenIDConnectProviderTags(ctx context.Context, in *iam.ListOpenIDConnectProviderTagsInput) (*iam.ListOpenIDConnectProviderTagsOutput, error) {
	p, err := newPage("ListOpenIDConnectProviderTags/"+aws.ToString(in.OpenIDConnectProviderArn), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListOpenIDConnectProviderTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		provider, err := findOIDCProvider(tx, s.in(account(ctx)), aws.ToString(in.OpenIDConnectProviderArn))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, provider.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
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
