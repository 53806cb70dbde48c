package pgstore

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// Update implements persistence.Store. It runs f again if another server was faster.
func (s *store) Update(ctx context.Context, f func(persistence.Tx) error) error {
	if err := persistence.Done(ctx); err != nil {
		return err
	}
	if err := s.transactions.Begin(); err != nil {
		return err
	}
	defer s.transactions.End()
	if err := s.takeTurn(ctx); err != nil {
		return err
	}
	defer s.writer.Give()
	for w := newWait(s.patience); ; {
		err, again := s.try(ctx, f)
		if !again {
			return err
		}
		if !w.again(ctx) {
			return s.explain(ctx, err)
		}
	}
}

// takeTurn waits until no other Update of this server runs.
func (s *store) takeTurn(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if err := s.writer.Take(waiting); err != nil {
		return s.explain(ctx, err)
	}
	return nil
}

// try runs f once, and reports whether it is to run again, and because of which error.
func (s *store) try(ctx context.Context, f func(persistence.Tx) error) (err error, again bool) {
	t := &tx{store: s, ctx: ctx, own: &overlay.Writes{}}
	defer t.end()
	if err := t.begin(); err != nil {
		return s.explain(ctx, err), false
	}
	err = f(t)
	switch {
	case t.failed != nil && ctx.Err() == nil && (conflicting(t.failed) || away(t.failed)):
		return t.failed, true
	case t.failed != nil:
		return s.explain(ctx, t.failed), false
	case err != nil:
		return err, false
	case persistence.Done(ctx) != nil:
		return persistence.Done(ctx), false
	case t.own.Len() == 0:
		return nil, false
	}
	err = s.transactions.Commit(func() error { return t.commit() })
	return err, conflicting(err)
}
