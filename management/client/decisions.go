package client

import (
	"context"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
)

// Decisions lists the last decisions, the newest first.
func (c *Client) Decisions(ctx context.Context, q *management.CallQuery) ([]*decisions.Record, error) {
	var answer management.DecisionList
	err := c.Do(ctx, Call{Route: management.ListDecisions, Query: q.Query()}, &answer)
	return answer.Decisions, err
}

// Decision returns the decision about one request.
func (c *Client) Decision(ctx context.Context, requestID string) (*decisions.Record, error) {
	return get[decisions.Record](ctx, c, Call{Route: management.ShowDecision, Variables: []string{requestID}})
}

// Authorize decides a question. The member Allowed of the answer says whether the caller
// may; if enforcement is off, the answer has no other members. The error is a
// *management.Unauthenticated for a caller who is not who they claim to be.
func (c *Client) Authorize(ctx context.Context, q *management.Question) (*decisions.Record, error) {
	return get[decisions.Record](ctx, c, Call{Route: management.Authorize, Body: q})
}

// WhoCan returns a page of the principals that may perform an action.
func (c *Client) WhoCan(ctx context.Context, q *management.WhoCan) (*management.WhoCanAnswer, error) {
	return get[management.WhoCanAnswer](ctx, c, Call{Route: management.AskWhoCan, Body: q})
}

// Principal finds the principal that a string names, see management.Identity.
func (c *Client) Principal(ctx context.Context, written string) (*management.Identity, error) {
	return get[management.Identity](ctx, c, Call{Route: management.ShowPrincipal, Variables: []string{written}})
}

// FollowDecisions follows the decisions from now on. When it returns, the server
// has begun to follow them. Close the stream.
func (c *Client) FollowDecisions(ctx context.Context, q *management.CallQuery) (*Stream[decisions.Record], error) {
	return follow[decisions.Record](ctx, c, Call{Route: management.StreamDecisions, Query: q.Query()}, management.DecisionItem)
}

// Needs returns the permissions that the calls of a principal needed.
func (c *Client) Needs(ctx context.Context, q *management.NeedQuery) (*management.Needs, error) {
	return get[management.Needs](ctx, c, Call{Route: management.ListNeeds, Query: q.Query()})
}
