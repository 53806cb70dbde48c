package sts

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
)

// room bounds how many accounts come into being at their first use. A nil room has
// no bound.
type room struct {
	store persistence.Store
	most  int
	turn  persistence.Turn // guards the fields below

	counted bool
	there   int // accounts at the last count, and those made since

	full   bool
	fullIn uint64 // the state that was full, if states are numbered
}

// take makes room for one more account. Accounts are counted again when there seem to be too many:
// some may have been deleted.
func (r *room) take(ctx context.Context) error {
	if r == nil {
		return nil
	}
	if err := r.turn.Take(ctx); err != nil {
		return err
	}
	defer r.turn.Give()
	if !r.counted || r.there >= r.most {
		if err := r.store.View(ctx, r.count); err != nil {
			return err
		}
	}
	if r.there >= r.most {
		return tooManyAccounts(r.most)
	}
	r.there++
	return nil
}

// count counts the accounts, unless nothing has changed since it found no room.
func (r *room) count(tx persistence.Tx) error {
	state, numbered := persistence.Version(tx)
	if r.full && numbered && state == r.fullIn {
		return nil
	}
	n := 0
	for _, err := range persistence.AllAccounts(tx) {
		if err != nil {
			return err
		}
		if n++; n == r.most {
			break
		}
	}
	r.counted, r.there = true, n
	r.full, r.fullIn = n == r.most, state
	return nil
}
