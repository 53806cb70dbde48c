package authz

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
)

// A call is decided in one transaction and takes effect in others. Changes in between,
// such as the removal of a permission, must count: the context that Decide and Federate
// return carries the call, and the store that Deciding returns decides it again.

// callKey is the key of the call in a context.
type callKey struct{}

// Deciding returns the store for operations. If a transaction belongs to a call that was
// decided, and something that was read for the decision has changed since, the call is
// decided again, by the state of the transaction, before anything else happens in it. If
// the call is no longer allowed the transaction does nothing, and its error is the one to
// answer.
//
// So an operation that has its effect in one transaction is allowed in the state that it
// changes, and an answer is allowed in each state from which it was read. For a caller
// that sees changes late (persistence.WithLag) that is the older state.
func Deciding(s persistence.Store) persistence.Store { return deciding{s} }

type deciding struct{ persistence.Store }

// View implements persistence.Store.
func (s deciding) View(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.View(ctx, decided(ctx, f))
}

// Update implements persistence.Store.
func (s deciding) Update(ctx context.Context, f func(persistence.Tx) error) error {
	return s.Store.Update(ctx, decided(ctx, f))
}

// decided returns f preceded by the decision of the context's call, if there is one. If
// the context has another lag than the call, an operation has given it to a transaction
// that neither changes nor answers anything, and nothing is decided.
func decided(ctx context.Context, f func(persistence.Tx) error) func(persistence.Tx) error {
	c, _ := ctx.Value(callKey{}).(*call)
	if c == nil || c.lag != persistence.Lag(ctx) {
		return f
	}
	return func(tx persistence.Tx) error {
		if err := c.again(persistence.Before(tx)); err != nil {
			return err
		}
		return f(tx)
	}
}

// again decides the call by the state that tx shows, unless nothing has changed since the
// last decision.
func (c *call) again(tx persistence.Tx) error {
	if c.reads.Hold(tx) {
		return nil
	}
	c.repeated = c.repeated || c.decided
	denial, err := c.judge(tx)
	if err == nil && c.mode != Off {
		err = c.answer(denial)
	}
	if err != nil {
		c.reads = persistence.Reads{} // it is not allowed in that state: a transaction that follows asks again
	}
	return err
}

// judge decides the call by the state that tx shows, and notes what it reads there.
func (c *call) judge(tx persistence.Tx) (denial, err error) {
	tx = c.reads.Of(tx)
	if err := c.identify(tx); err != nil || c.mode == Off {
		return nil, err
	}
	needs, err := c.needs(tx)
	if err != nil {
		return nil, err
	}
	if len(needs) == 0 {
		return c.unsigned(), nil
	}
	return c.decide(tx, needs)
}
