package authz

import (
	"sync"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// held is what the state says about a caller: the user or role with its
// policies. It is not changed once it is made.
type held struct {
	holder   Holder
	identity []*evaluator.Policy
	boundary *evaluator.Policy
}

// stateCache keeps what was gathered from one state of the store. With the first
// call that sees a later state it forgets everything, so nothing in it is ever
// out of date; engines that do not number their states do without it.
type stateCache[K comparable, V any] struct {
	mu      sync.RWMutex
	version uint64
	entries map[K]*V
}

// heldEntries bounds a cache; entries beyond it begin a new one.
const heldEntries = 4096

type heldKey struct{ account, entityID string }

func (c *stateCache[K, V]) get(version uint64, k K) *V {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.version != version {
		return nil
	}
	return c.entries[k]
}

// put keeps what was gathered from the state, unless a later one was seen since.
func (c *stateCache[K, V]) put(version uint64, k K, v *V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version < c.version {
		return
	}
	if version > c.version || c.entries == nil || len(c.entries) >= heldEntries {
		c.version, c.entries = version, map[K]*V{}
	}
	c.entries[k] = v
}

// heldBy returns what the state says about the caller; nil for callers without
// policies of their own.
func (a *Authorizer) heldBy(tx persistence.Tx, c *principal.Caller) (*held, error) {
	k := heldKey{c.AccountID, c.EntityID}
	version, numbered := persistence.Version(tx)
	if numbered {
		if h := a.held.get(version, k); h != nil {
			return h, nil
		}
	}
	holder, err := callerHolder(tx, c)
	if err != nil || holder == nil {
		return nil, err
	}
	var p evaluator.Policies
	if err := a.Gather(tx, holder, &p); err != nil {
		return nil, err
	}
	h := &held{*holder, p.Identity, p.Boundary}
	if numbered {
		a.held.put(version, k, h)
	}
	return h, nil
}
