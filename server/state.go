package server

import (
	"context"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/seed"
)

// Reset empties the state, of all accounts, and applies the seed files: both or
// neither. A fault in a file is a *seed.Fault.
func (s *Server) Reset(ctx context.Context, seeds []string) error {
	o := s.seedOptions()
	o.Clean = true
	err := s.replaceState(ctx, func() error { return seed.ApplyFiles(ctx, o, seeds) })
	if err == nil {
		s.options.Logger.Info("the state was reset", "seeds", len(seeds))
	}
	return err
}

// replaceState runs f, which replaces the state; everybody sees the new one at
// once, including readers that lag and upstreams.
func (s *Server) replaceState(ctx context.Context, f func() error) error {
	err := s.apart(ctx, func() error { return s.iam.ReplaceState(f) })
	if err == nil {
		s.trouble.store.Forget()
		s.forgetEntities()
	}
	return err
}

// Capture copies the state with what was used until now.
func (s *Server) Capture(ctx context.Context) (state *persistence.State, err error) {
	if err := s.iam.FlushUses(ctx); err != nil {
		return nil, err
	}
	err = s.options.Store.View(ctx, func(tx persistence.Tx) error {
		state, err = persistence.Capture(tx)
		return err
	})
	return state, err
}

// Replace makes the state that of a copy, which stays good.
func (s *Server) Replace(ctx context.Context, state *persistence.State) error {
	return s.replaceState(ctx, func() error {
		return s.options.Store.Update(ctx, func(tx persistence.Tx) error { return persistence.Replace(tx, state) })
	})
}

// Reset empties the state, and applies the seeds of the options as they are now.
func (b backend) Reset(ctx context.Context, seeds bool) ([]string, error) {
	var files []string
	if seeds {
		files = b.s.options.Seeds
	}
	return files, seedFault(b.s.Reset(ctx, files))
}

// TakeSnapshot copies the state.
func (b backend) TakeSnapshot(ctx context.Context) (*management.Snapshot, error) {
	kept := &b.s.snapshots
	if err := kept.taking.Take(ctx); err != nil {
		return nil, err
	}
	defer kept.taking.Give()
	state, err := b.s.Capture(ctx)
	if err != nil {
		return nil, err
	}
	taken, err := kept.add(state, b.s.clock.Now(), &b.s.options.Limits)
	if err != nil {
		return nil, management.Conflict(err)
	}
	return &taken.Snapshot, nil
}

// RestoreSnapshot makes the state that of a snapshot, which stays.
func (b backend) RestoreSnapshot(ctx context.Context, id string) (*management.Snapshot, error) {
	taken, ok := b.s.snapshots.find(id)
	if !ok {
		return nil, noSuchSnapshot(id)
	}
	return &taken.Snapshot, b.s.Replace(ctx, taken.state)
}

// Snapshots are those that are kept, the oldest first.
func (b backend) Snapshots() []management.Snapshot {
	list := []management.Snapshot{}
	for _, kept := range b.s.snapshots.list() {
		list = append(list, kept.Snapshot)
	}
	return list
}

// DeleteSnapshot forgets a snapshot.
func (b backend) DeleteSnapshot(id string) error {
	if !b.s.snapshots.remove(id) {
		return noSuchSnapshot(id)
	}
	return nil
}

func noSuchSnapshot(id string) error { return management.NotFound("there is no snapshot %s", id) }
