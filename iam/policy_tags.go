package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
)

var policyTags = &tagging[persistence.Policy]{
	table: persistence.Policies, find: byName(taggedPolicy),
	tags: func(x *persistence.Policy) *[]persistence.Tag { return &x.Tags },
	keys: exactTagKeys, noTags: emptyTagMap, noKeys: emptyTagKeys,
	check: (*Service).checkTaggable,
}

// TagPolicy adds tags to a customer managed policy, in place of those with the same keys.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html
//
// The case of keys counts, unlike for users and roles. AWS's own policies have no tags.
func (s *Service) TagPolicy(ctx context.Context, in *iam.TagPolicyInput) (*iam.TagPolicyOutput, error) {
	return answer(&iam.TagPolicyOutput{}, policyTags.tag(ctx, s, in.PolicyArn, in.Tags))
}

// UntagPolicy removes tags from a customer managed policy. Keys that it does not have are
// not an error.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html
func (s *Service) UntagPolicy(ctx context.Context, in *iam.UntagPolicyInput) (*iam.UntagPolicyOutput, error) {
	return answer(&iam.UntagPolicyOutput{}, policyTags.untag(ctx, s, in.PolicyArn, in.TagKeys))
}

// ListPolicyTags lists the tags of a managed policy; AWS's own policies have none.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html
func (s *Service) ListPolicyTags(ctx context.Context, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	if err := s.checkPolicyARN(aws.ToString(in.PolicyArn)); err != nil {
		return nil, err
	}
	out := &iam.ListPolicyTagsOutput{}
	l := listing{"ListPolicyTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, policyTags.list(ctx, s, in.PolicyArn, l, &out.Tags))
}

// checkTaggable refuses ARNs that are not of a customer managed policy.
func (s *Service) checkTaggable(arn string) error {
	if err := s.checkPolicyARN(arn); err != nil {
		return err
	}
	if managed.Is(arn) {
		return noTagsOnManagedPolicy()
	}
	return nil
}

// taggedPolicy finds a policy of the account; for AWS's own policies it returns one without tags.
func taggedPolicy(tx persistence.Tx, account, arn string) (*persistence.Policy, error) {
	p, err := findManagedPolicy(tx, account, arn)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, noSuchPolicy(arn)
	}
	if p.record == nil {
		return &persistence.Policy{}, err
	}
	return p.record, err
}

// policyTagRules are the permissions of the operations above.
func policyTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagPolicyInput) ([]authz.Need, error) {
			need, err := policyNeed(q, "iam:TagPolicy", aws.ToString(in.PolicyArn))
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagPolicyInput) ([]authz.Need, error) {
			need, err := policyNeed(q, "iam:UntagPolicy", aws.ToString(in.PolicyArn))
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListPolicyTagsInput) ([]authz.Need, error) {
			need, err := policyNeed(q, "iam:ListPolicyTags", aws.ToString(in.PolicyArn))
			return []authz.Need{need}, err
		}),
	}
}
