package persistence

import "errors"

// ResourcePolicy is the policy of a resource of a service other than IAM, such as an S3
// bucket. It is used if the emulator of that service has no policies.
type ResourcePolicy struct {
	Resource string `cbor:"1,keyasint"` // its ARN
	Document string `cbor:"2,keyasint"`
}

// ResourcePolicies holds the policies of resources, by ARN, in the account that owns the
// resource.
var ResourcePolicies = newTable("resource-policy", func(p *ResourcePolicy) Key { return Key{p.Resource} })

// FindResourcePolicy returns the policy of the resource with the ARN, and the account
// that owns it, or ErrNotFound. The account is the one that the ARN names. The ARNs of
// buckets name none: then it is empty, and the resource may be of any account.
func FindResourcePolicy(tx Tx, account, resource string) (p *ResourcePolicy, owner string, err error) {
	if account != "" {
		p, err = ResourcePolicies.Get(tx, account, resource)
		return p, account, err
	}
	for owner, err := range AllAccounts(tx) {
		if err != nil {
			return nil, "", err
		}
		p, err := ResourcePolicies.Get(tx, owner, resource)
		if !errors.Is(err, ErrNotFound) {
			return p, owner, err
		}
	}
	return nil, "", ErrNotFound
}
