package iam

import (
	"strings"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// checkPolicyARN refuses what is not the ARN of a managed policy.
func checkPolicyARN(arn string) error {
	parts, ok := principal.ParseARN(arn)
	switch {
	case !ok:
		return malformedARN(arn)
	case parts.Partition != "aws":
		return foreignPartition()
	case parts.Service != "iam":
		return foreignService()
	case parts.Region != "", !strings.HasPrefix(parts.Resource, "policy/"):
		return notPolicyARN(arn)
	}
	return nil
}

// findPolicy finds a customer managed policy of the account by its ARN, whose
// path counts.
func findPolicy(tx persistence.Tx, account, arn string) (*persistence.Policy, error) {
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	p, err := persistence.Policies.Get(tx, account, persistence.Fold(name))
	if err != nil {
		return nil, err
	}
	if p.ARN != arn {
		return nil, persistence.ErrNotFound
	}
	return p, nil
}
