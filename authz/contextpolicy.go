package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// ContextUserKey is the condition key for the user that IAM Identity Center vouches for;
// sessions that have it are identity-enhanced.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html
const ContextUserKey = "identitystore:UserId"

// contextPolicy denies everything that identity-enhanced sessions may not do.
const contextPolicy = "AWSIAMIdentityCenterAllowListForIdentityContext"

// attachContextPolicy adds the policy that AWS STS attaches automatically to a role that
// is assumed with a context of IAM Identity Center. AWS says that it "attaches to the
// role", which we read as an identity-based policy.
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
