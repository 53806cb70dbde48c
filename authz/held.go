package authz

import (
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// held is what the state says about a caller: the user or role with its
// policies. It is not changed once it is made.
type held struct {
	holder   Holder
	arn      string
	identity []*evaluator.Policy
	boundary *evaluator.Policy
}

type heldKey struct{ account, entityID string }

// heldBy returns what the state says about the caller; nil for callers without
// policies of their own.
func (a *Authorizer) heldBy(tx persistence.Tx, c *principal.Caller) (*held, error) {
	k := heldKey{c.AccountID, c.EntityID}
	if h := a.held.Get(tx, k); h != nil {
		return h, nil
	}
	tx = persistence.Noting(tx)
	h, err := a.readHeld(tx, c)
	if h != nil {
		a.held.Put(tx, k, h)
	}
	return h, err
}

// readHeld is heldBy for a caller that is not likely to be needed again soon: it does not
// use the cache.
func (a *Authorizer) readHeld(tx persistence.Tx, c *principal.Caller) (*held, error) {
	holder, err := HolderOf(tx, c)
	if err != nil || holder == nil {
		return nil, err
	}
	var p evaluator.Policies
	if err := a.Gather(tx, holder, &p); err != nil {
		return nil, err
	}
	return &held{*holder, holder.ARN(a.options.Partition), p.Identity, p.Boundary}, nil
}
