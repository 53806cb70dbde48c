package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// GetContextKeysForCustomPolicy lists the condition keys and variables of the
// policies: each once for each policy.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html
func (s *Service) GetContextKeysForCustomPolicy(_ context.Context,
	in *iam.GetContextKeysForCustomPolicyInput) (*iam.GetContextKeysForCustomPolicyOutput, error) {
	policies, err := compileList(in.PolicyInputList, evaluator.Identity, identityInput)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForCustomPolicyOutput{ContextKeyNames: contextKeys(policies)}, nil
}

// GetContextKeysForPrincipalPolicy lists the condition keys and variables of the policies
// of a user, group or role: inline and attached policies, those of a user's groups, the
// permissions boundary, and the policies of the request.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html
func (s *Service) GetContextKeysForPrincipalPolicy(ctx context.Context,
	in *iam.GetContextKeysForPrincipalPolicyInput) (*iam.GetContextKeysForPrincipalPolicyOutput, error) {
	given, err := compileList(in.PolicyInputList, evaluator.Identity, identityInput)
	if err != nil {
		return nil, err
	}
	var gathered evaluator.Policies
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		h, err := sourceEntity(tx, s.in(account(ctx)), aws.ToString(in.PolicySourceArn))
		if err != nil {
			return err
		}
		return s.authz.Gather(tx, h, &gathered)
	})
	if err != nil {
		return nil, err
	}
	policies := gathered.Identity
	if gathered.Boundary != nil {
		policies = append(policies, gathered.Boundary)
	}
	keys := contextKeys(append(policies, given...))
	return &iam.GetContextKeysForPrincipalPolicyOutput{ContextKeyNames: keys}, nil
}

func contextKeys(policies []*evaluator.Policy) []string {
	keys := []string{}
	for _, p := range policies {
		keys = append(keys, p.ContextKeys()...)
	}
	return keys
}
