package gateway

import (
	"cmp"
	"context"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// restricted returns the policy of a bucket or of an access point as it counts for the caller: if
// RestrictPublicBuckets is on, a public policy counts for nobody of another account, even if it
// names them.
func (c *call) restricted(ctx context.Context, holder, policy string) (string, error) {
	a, _ := principal.ParseARN(holder)
	owner := cmp.Or(a.AccountID, c.ownerOf(holder), c.g.account(c.caller))
	if a.Service != "s3" || c.caller.AccountID == owner || !services.IsPublic(holder, policy) {
		return policy, nil
	}
	blocks, err := c.accessBlocks(ctx, a, owner)
	if all := blocks.all(); err != nil || !all.Restrict || all.Inside {
		return policy, err
	}
	bar := blocks.bar(holder)
	for i := range c.needs {
		if n := &c.needs[i]; services.PolicyHolder(n.Resource) == holder {
			n.Barred = bar
		}
	}
	return "", nil
}

// bar explains why a public policy is ignored, and what to do.
func (list accessBlocks) bar(holder string) *authz.Bar {
	restrict := func(b services.AccessBlock) bool { return b.Restrict }
	return &authz.Bar{
		Why: "The policy of " + holder + " is public, and it is ignored, because the setting RestrictPublicBuckets of Block " +
			"Public Access, " +
			"which is on for " + list.where(restrict) + ", keeps callers of other accounts out of buckets and access points " +
			"with a public policy.",
		Do: []string{
			"Make the policy not public: each statement with Effect Allow must name accounts, users or roles in Principal, without *, or " +
				"require a fixed value of a key such as aws:PrincipalOrgID.",
			list.lifted("RestrictPublicBuckets", restrict),
		},
	}
}
