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

// TagPolicy adds tags to a customer managed policy, over those of the same key.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html
//
// Unlike those of users and roles, the keys differ by case. AWS's own policies
// have no tags.
func (s *Service) TagPolicy(ctx context.Context, in *iam.TagPolicyInput) (*iam.TagPolicyOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagMap()
	}
	put, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.retagPolicy(ctx, in.PolicyArn, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return mergeTags(have, put, exactTagKeys, s.quotas.TagsPerEntity)
	})
	return answer(&iam.TagPolicyOutput{}, err)
}

// UntagPolicy removes tags from a customer managed policy. Keys that it has not
// are no fault.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html
func (s *Service) UntagPolicy(ctx context.Context, in *iam.UntagPolicyInput) (*iam.UntagPolicyOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, emptyTagKeys()
	}
	err := s.retagPolicy(ctx, in.PolicyArn, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return dropTags(have, in.TagKeys, exactTagKeys), nil
	})
	return answer(&iam.UntagPolicyOutput{}, err)
}

func (s *Service) retagPolicy(ctx context.Context, arn *string, change retag) error {
	if err := s.checkPolicyARN(aws.ToString(arn)); err != nil {
		return err
	}
	if managed.Is(aws.ToString(arn)) {
		return noTagsOnManagedPolicy()
	}
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := taggedPolicy(tx, account(ctx), aws.ToString(arn))
		if err != nil {
			return err
		}
		if p.record.Tags, err = change(p.tags); err != nil {
			return err
		}
		return persistence.Policies.Put(tx, account(ctx), p.record)
	})
}

// ListPolicyTags lists the tags of a managed policy; AWS's own have none.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html
func (s *Service) ListPolicyTags(ctx context.Context, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	if err := s.checkPolicyARN(aws.ToString(in.PolicyArn)); err != nil {
		return nil, err
	}
	p, err := newPage("ListPolicyTags/"+aws.ToString(in.PolicyArn), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListPolicyTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		policy, err := taggedPolicy(tx, account(ctx), aws.ToString(in.PolicyArn))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, policy.tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

func taggedPolicy(tx persistence.Tx, account, arn string) (managedPolicy, error) {
	p, err := findManagedPolicy(tx, account, arn)
	if errors.Is(err, persistence.ErrNotFound) {
		return p, noSuchPolicy(arn)
	}
	return p, err
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
