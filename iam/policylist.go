package iam

import (
	"context"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// ListPolicies lists the managed policies of the account, by name, and after them AWS's,
// in the order of package managed. AWS documents no order.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
//
// The rows have neither description nor tags. OnlyAttached keeps the policies
// that are attached to a user, group or role of the account; PolicyUsageFilter
// those that are used in that way.
func (s *Service) ListPolicies(ctx context.Context, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	out := &iam.ListPoliciesOutput{}
	asked := listing{"ListPolicies", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		list := usedPolicies(tx, s.in(account(ctx)), in, p.after)
		rows, err := fill(p, list, func(u usedPolicy) persistence.Key { return policyPosition(u.managedPolicy) }, nil)
		if err != nil {
			return err
		}
		out.Policies = make([]types.Policy, len(rows))
		for i, u := range rows {
			out.Policies[i] = policyRow(u.managedPolicy, u.use)
		}
		return nil
	}))
}

// A usedPolicy is a policy and the numbers of its uses.
type usedPolicy struct {
	managedPolicy
	use policyUse
}

// usedPolicies yields the policies that the input asks for, beginning after the position.
func usedPolicies(tx persistence.Tx, account principal.Account, in *iam.ListPoliciesInput,
	after persistence.Key) iter.Seq2[usedPolicy, error] {
	return func(yield func(usedPolicy, error) bool) {
		for p, err := range managedPolicies(tx, account, in.Scope, after) {
			if err == nil && !strings.HasPrefix(p.path, aws.ToString(in.PathPrefix)) {
				continue
			}
			var use policyUse
			if err == nil {
				use, err = countUse(tx, account.ID, p.arn)
			}
			if err == nil && !wantsUse(in, use) {
				continue
			}
			if !yield(usedPolicy{p, use}, err) || err != nil {
				return
			}
		}
	}
}

func wantsUse(in *iam.ListPoliciesInput, use policyUse) bool {
	switch in.PolicyUsageFilter {
	case types.PolicyUsageTypePermissionsPolicy:
		return use.attached > 0
	case types.PolicyUsageTypePermissionsBoundary:
		return use.boundary > 0
	}
	return !in.OnlyAttached || use.attached > 0
}

// policyPosition returns a policy's place in ListPolicies: whose policy it is, and its
// key there.
func policyPosition(p managedPolicy) persistence.Key {
	if p.record == nil {
		return persistence.Key{string(types.PolicyScopeTypeAws), p.arn}
	}
	return append(persistence.Key{string(types.PolicyScopeTypeLocal)}, persistence.Policies.Key(p.record)...)
}

// managedPolicies yields the policies of the scope, beginning after the position.
func managedPolicies(tx persistence.Tx, account principal.Account, scope types.PolicyScopeType,
	after persistence.Key) iter.Seq2[managedPolicy, error] {
	return func(yield func(managedPolicy, error) bool) {
		lastARN := ""
		if len(after) == 2 && after[0] == string(types.PolicyScopeTypeAws) {
			lastARN = after[1]
		}
		if scope != types.PolicyScopeTypeAws && lastARN == "" {
			if len(after) == 2 {
				after = after[1:]
			}
			for p, err := range persistence.Policies.Scan(tx, account.ID, nil, after) {
				if err != nil {
					yield(managedPolicy{}, err)
					return
				}
				if !yield(customerPolicy(p), nil) {
					return
				}
			}
		}
		if scope != types.PolicyScopeTypeLocal {
			yieldAWSPolicies(account.Partition, lastARN, yield)
		}
	}
}

// yieldAWSPolicies yields AWS's policies after the ARN; all if it is empty.
func yieldAWSPolicies(partition principal.Partition, lastARN string, yield func(managedPolicy, error) bool) {
	found := lastARN == ""
	for p := range managed.All(partition) {
		if found && !yield(awsPolicy(p), nil) {
			return
		}
		found = found || p.ARN == lastARN
	}
}
