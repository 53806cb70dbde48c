package authz

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
)

// A call is decided in one transaction and takes effect in others. What happened in
// between, such as the end of a permission, must count: the context that Decide and
// Federate return carries the call, and Deciding is the store that looks at it.

// callKey is the key of the call in a context.
type callKey struct{}

// Deciding is the store of operations: where a transaction belongs to a call that was
// decided, and its state is not the same in everything that was read for the decision,
// the call is decided again, by the state of the transaction, before anything else
// happens in it. If the call is not allowed any more the transaction does nothing, and
// its error is the one to answer.
//
// So an operation that has its effect in one transaction is allowed in the state that
// it changes, and an answer is allowed in each state that it was read from. For
// who sees changes late (persistence.WithLag) that is the late state.
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

// decided is f behind the decision of the context's call, if there is one. Another
// lag than the call's is one that an operation has given to a transaction which
// neither changes nor answers anything.
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

// again decides the call by what tx shows, unless it was decided by just that.
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
