package gateway

import (
	"context"
	"strings"

	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// maxOwners is for how many accounts an upstream is asked for the list of buckets, to find the
// owner of a bucket.
const maxOwners = 100

// bucketOwner returns the account that owns a bucket; empty if nothing says that it differs from
// the account whose resources the call is about. If the upstream cannot be asked, the call is not
// decided; see unowned.
func (c *call) bucketOwner(bucket string) string {
	owner, known := c.owners[bucket]
	if known || c.unowned != nil {
		return owner
	}
	owner, c.unowned = c.findOwner(bucket)
	if c.owners == nil {
		c.owners = map[string]string{}
	}
	c.owners[bucket] = owner
	return owner
}

// findOwner returns the account in which a seed declares the policy of a bucket, or, where
// each account has resources of its own, the one that has the bucket at the upstream.
func (c *call) findOwner(bucket string) (string, error) {
	o := &c.g.options
	if o.DeclaredPolicy != nil {
		_, owner, err := o.DeclaredPolicy(c.ctx, c.bucketARN(bucket))
		if owner != "" || err != nil {
			return owner, err
		}
	}
	if !c.g.keepsApart() {
		return "", nil
	}
	accounts, err := c.accounts(c.ctx)
	for _, account := range accounts {
		names, err := c.bucketsOf(account)
		if err != nil || names[bucket] {
			return account, err
		}
	}
	return "", err
}

func (c *call) bucketARN(bucket string) string {
	return services.BucketARN(c.g.options.Partition.String(), bucket)
}

// accounts returns the accounts that may own a bucket, the caller's first.
func (c *call) accounts(ctx context.Context) ([]string, error) {
	list := []string{c.g.account(c.caller)}
	if c.g.options.Accounts == nil {
		return list, nil
	}
	others, err := c.g.options.Accounts(ctx, maxOwners)
	for _, account := range others {
		if account != list[0] {
			list = append(list, account)
		}
	}
	return list, err
}

// bucketsOf returns the buckets that an account has at the upstream.
func (c *call) bucketsOf(account string) (map[string]bool, error) {
	return learn(c.ctx, c, inquiry[map[string]bool]{
		about: c.bucketARN(""), what: "buckets of " + account,
		question: func() *services.Question { return services.AskBuckets(account) },
		read:     services.ReadBuckets,
	})
}

// ownerOf returns the account that owns a resource whose ARN does not say it; empty if
// that is not known.
func (c *call) ownerOf(resource string) string {
	a, _ := principal.ParseARN(resource)
	if a.Service != "s3" || a.AccountID != "" {
		return ""
	}
	bucket, _, _ := strings.Cut(a.Resource, "/")
	return c.bucketOwner(bucket)
}
