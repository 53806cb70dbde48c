package client

import (
	"context"
	"io"

	"github.com/understudy-iam/understudy/management"
)

// Reset empties the state of all accounts and, if seeds is true, applies the server's
// seeds again. It returns the seeds' files.
func (c *Client) Reset(ctx context.Context, seeds bool) (files []string, err error) {
	var answer management.ResetAnswer
	err = c.Do(ctx, Call{Route: management.Reset, Body: management.ResetRequest{Seeds: &seeds}}, &answer)
	return answer.Seeds, err
}

// TakeSnapshot copies the state.
func (c *Client) TakeSnapshot(ctx context.Context) (*management.Snapshot, error) {
	return get[management.Snapshot](ctx, c, Call{Route: management.TakeSnapshot})
}

// Restore restores the state of a snapshot. The snapshot is kept.
func (c *Client) Restore(ctx context.Context, id string) (*management.Snapshot, error) {
	return get[management.Snapshot](ctx, c, Call{Route: management.Restore, Body: management.RestoreRequest{ID: id}})
}

// Snapshots lists the snapshots, the oldest first.
func (c *Client) Snapshots(ctx context.Context) ([]management.Snapshot, error) {
	var answer management.SnapshotList
	err := c.Do(ctx, Call{Route: management.ListSnapshots}, &answer)
	return answer.Snapshots, err
}

// DeleteSnapshot deletes a snapshot.
func (c *Client) DeleteSnapshot(ctx context.Context, id string) error {
	return c.Do(ctx, Call{Route: management.DeleteSnapshot, Variables: []string{id}}, nil)
}

// Export returns the state as a seed in YAML, as a stream that the caller closes.
func (c *Client) Export(ctx context.Context, e *management.Export) (io.ReadCloser, error) {
	return c.Open(ctx, Call{Route: management.ExportState, Query: e.Query()})
}

// ImportSeed applies a seed to the running server, as a whole or not at all, and returns
// what has changed.
func (c *Client) ImportSeed(ctx context.Context, s *management.Seed) (outcome *management.SeedOutcome, err error) {
	m := message{Call: Call{Route: management.ImportSeed, Query: s.Query()}}
	if m.contentType, m.raw, err = s.Body(); err != nil {
		return nil, err
	}
	outcome = &management.SeedOutcome{}
	return outcome, c.exchange(ctx, m, outcome)
}
