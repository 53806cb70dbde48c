package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// ContextUserKey is the condition key of the user whom IAM Identity Center
// vouches for; the sessions that have it are identity-enhanced.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html
const ContextUserKey = "identitystore:UserId"

// contextPolicy denies what is not on the list of what identity-enhanced sessions
// may do.
const contextPolicy = "AWSIAMIdentityCenterAllowListForIdentityContext"

// attachContextPolicy adds the policy that AWS STS attaches by itself to a role
// that is assumed with a context of IAM Identity Center. That it is among the
// identity-based policies is our reading of "attaches to the role".
// https://docs.aws.amazon.com/singlesignon/latest/userguide/security-iam-awsmanpol.html
func (a *Authorizer) attachContextPolicy(tx persistence.Tx, c *principal.Caller, p *evaluator.Policies) error {
	if c.Session == nil || len(c.Session.Keys[ContextUserKey]) == 0 {
		return nil
	}
	policy, err := a.required(tx, c.AccountID, a.options.Partition.AWSPolicy(contextPolicy), evaluator.Identity)
	if err != nil {
		return err
	}
	p.Identity = append(slices.Clone(p.Identity), policy)
	return nil
}
