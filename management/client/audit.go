package client

import (
	"context"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/management"
)

// Audit is what an audit of an account finds.
func (c *Client) Audit(ctx context.Context, q *management.AuditQuery) (*audit.Report, error) {
	return get[audit.Report](ctx, c, Call{Route: management.Audit, Query: q.Query()})
}
