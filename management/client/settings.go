package client

import (
	"context"

	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/management"
)

// get makes a call whose answer is a T.
func get[T any](ctx context.Context, c *Client, call Call) (*T, error) {
	answer := new(T)
	if err := c.Do(ctx, call, answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// Health asks how the server is.
func (c *Client) Health(ctx context.Context) (*management.Health, error) {
	return get[management.Health](ctx, c, Call{Route: management.ShowHealth})
}

// Enforcement asks what happens to calls that policies do not allow: on, log or
// off.
func (c *Client) Enforcement(ctx context.Context) (mode string, err error) {
	var answer management.Enforcement
	err = c.Do(ctx, Call{Route: management.ShowEnforcement}, &answer)
	return answer.Mode, err
}

// SetEnforcement changes it, for the calls that begin afterwards.
func (c *Client) SetEnforcement(ctx context.Context, mode string) error {
	return c.Do(ctx, Call{Route: management.SetEnforcement, Body: management.Enforcement{Mode: mode}}, &management.Enforcement{})
}

// Clock asks what the server's clock shows.
func (c *Client) Clock(ctx context.Context) (*management.Clock, error) {
	return get[management.Clock](ctx, c, Call{Route: management.ShowClock})
}

// MoveClock changes the clock and returns what it shows then.
func (c *Client) MoveClock(ctx context.Context, change *management.ClockChange) (*management.Clock, error) {
	return get[management.Clock](ctx, c, Call{Route: management.MoveClock, Body: change})
}

// Faults lists the rules that make trouble, in the order in which they are asked.
func (c *Client) Faults(ctx context.Context) ([]faults.State, error) {
	var answer management.FaultList
	err := c.Do(ctx, Call{Route: management.ListFaults}, &answer)
	return answer.Faults, err
}

// AddFault makes trouble from now on, and returns the rule with its ID.
func (c *Client) AddFault(ctx context.Context, rule faults.Rule) (*faults.State, error) {
	return get[faults.State](ctx, c, Call{Route: management.AddFault, Body: rule})
}

// RemoveFault ends a rule.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.Do(ctx, Call{Route: management.DeleteFault, Variables: []string{id}}, nil)
}

// ClearFaults ends all rules.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.Do(ctx, Call{Route: management.DeleteFaults}, nil)
}
