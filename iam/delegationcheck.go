package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// checkDelegable says whether the caller has the permissions of a policy: each
// action on each resource as the policy spells them, wildcards included. AWS
// calls its answer approximate too. Where conditions decide, the answer is unsure.
func (s *Service) checkDelegable(ctx context.Context, policy string) (types.PermissionCheckStatusType, types.PermissionCheckResultType) {
	result := types.PermissionCheckResultTypeAllowed
	for _, statement := range policyStatements(policy) {
		if effect, _ := statement.member("Effect").(string); effect != "Allow" {
			continue
		}
		actions, resources := textsOf(statement.member("Action")), textsOf(statement.member("Resource"))
		if len(actions) == 0 || len(resources) == 0 || statement.member("Condition") != nil {
			result = types.PermissionCheckResultTypeUnsure
		}
		for _, action := range actions {
			for _, resource := range resources {
				allowed, err := s.mayCall(ctx, action, resource)
				if err != nil {
					return types.PermissionCheckStatusTypeFailed, ""
				}
				if !allowed {
					return types.PermissionCheckStatusTypeComplete, types.PermissionCheckResultTypeDenied
				}
			}
		}
	}
	return types.PermissionCheckStatusTypeComplete, result
}

// mayCall returns the decision of enforcement.
func (s *Service) mayCall(ctx context.Context, action, resource string) (bool, error) {
	if s.authz == nil {
		return false, authz.ErrNoDecision
	}
	d, err := s.authz.Ask(ctx, &authz.Question{Caller: principal.FromContext(ctx), Action: action, Resource: resource, Owner: account(ctx)})
	if err != nil {
		return false, err
	}
	return d.Denial == nil, nil
}
