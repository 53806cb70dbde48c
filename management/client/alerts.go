package client

import (
	"context"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/management"
)

// Alerts lists the last alerts, the newest first, for all calls that have ended.
func (c *Client) Alerts(ctx context.Context, q *management.AlertQuery) ([]*alerts.Alert, error) {
	var answer management.AlertList
	err := c.Do(ctx, Call{Route: management.ListAlerts, Query: q.Query()}, &answer)
	return answer.Alerts, err
}

// FollowAlerts follows the alerts from now on. When it returns, the server has begun to
// follow them. Close the stream.
func (c *Client) FollowAlerts(ctx context.Context, q *management.AlertQuery) (*Stream[alerts.Alert], error) {
	return follow[alerts.Alert](ctx, c, Call{Route: management.StreamAlerts, Query: q.Query()}, management.AlertItem)
}
