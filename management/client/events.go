package client

import (
	"context"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
)

// Events lists the last events as CloudTrail records them, the newest first.
func (c *Client) Events(ctx context.Context, q *management.CallQuery) ([]*events.Record, error) {
	var answer management.EventList
	err := c.Do(ctx, Call{Route: management.ListEvents, Query: q.Query()}, &answer)
	return answer.Events, err
}

// FollowEvents follows the events from now on. When it returns, the server has begun to
// follow them. Close the stream.
func (c *Client) FollowEvents(ctx context.Context, q *management.CallQuery) (*Stream[events.Record], error) {
	return follow[events.Record](ctx, c, Call{Route: management.StreamEvents, Query: q.Query()}, management.EventItem)
}
