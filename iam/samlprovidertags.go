package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagSAMLProvider adds tags to a SAML provider, over those with the same
// keys, in which case counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagSAMLProvider.html
func (s *Service) TagSAMLProvider(ctx context.Context, in *iam.TagSAMLProviderInput) (*iam.TagSAMLProviderOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagMap()
	}
	put, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.updateSAMLProvider(ctx, in.SAMLProviderArn, func(p *persistence.SAMLProvider) (err error) {
		p.Tags, err = mergeTags(p.Tags, put, exactTagKeys, s.quotas.TagsPerEntity)
		return err
	})
	return answer(&iam.TagSAMLProviderOutput{}, err)
}

// UntagSAMLProvider removes tags from a SAML provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagSAMLProvider.html
func (s *Service) UntagSAMLProvider(ctx context.Context, in *iam.UntagSAMLProviderInput) (*iam.UntagSAMLProviderOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, emptyTagKeys()
	}
	err := s.updateSAMLProvider(ctx, in.SAMLProviderArn, func(p *persistence.SAMLProvider) error {
		p.Tags = dropTags(p.Tags, in.TagKeys, exactTagKeys)
		return nil
	})
	return answer(&iam.UntagSAMLProviderOutput{}, err)
}

// ListSAMLProviderTags lists the tags of a SAML provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviderTags.html
func (s *Service) ListSAMLProviderTags(ctx context.Context, in *iam.ListSAMLProviderTagsInput) (*iam.ListSAMLProviderTagsOutput, error) {
	p, err := newPage("ListSAMLProviderTags/"+aws.ToString(in.SAMLProviderArn), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListSAMLProviderTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		provider, err := findSAMLProvider(tx, s.in(account(ctx)), aws.ToString(in.SAMLProviderArn))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, provider.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
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
