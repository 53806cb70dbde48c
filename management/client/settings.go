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

// Health returns the state of the server.
func (c *Client) Health(ctx context.Context) (*management.Health, error) {
	return get[management.Health](ctx, c, Call{Route: management.ShowHealth})
}

// Enforcement returns what happens to calls that policies do not allow: on, log or off.
func (c *Client) Enforcement(ctx context.Context) (mode string, err error) {
	var answer management.Enforcement
	err = c.Do(ctx, Call{Route: management.ShowEnforcement}, &answer)
	return answer.Mode, err
}

// SetEnforcement changes the mode for the calls that begin afterwards.
func (c *Client) SetEnforcement(ctx context.Context, mode string) error {
	return c.Do(ctx, Call{Route: management.SetEnforcement, Body: management.Enforcement{Mode: mode}}, &management.Enforcement{})
}

// Clock returns the state of the server's clock.
func (c *Client) Clock(ctx context.Context) (*management.Clock, error) {
	return get[management.Clock](ctx, c, Call{Route: management.ShowClock})
}

// MoveClock changes the clock and returns its new state.
func (c *Client) MoveClock(ctx context.Context, change *management.ClockChange) (*management.Clock, error) {
	return get[management.Clock](ctx, c, Call{Route: management.MoveClock, Body: change})
}

// Faults lists the rules that inject faults, in the order in which they are tried.
func (c *Client) Faults(ctx context.Context) ([]faults.State, error) {
	var answer management.FaultList
	err := c.Do(ctx, Call{Route: management.ListFaults}, &answer)
	return answer.Faults, err
}

// AddFault adds a rule that injects faults, and returns it with its ID.
func (c *Client) AddFault(ctx context.Context, rule faults.Rule) (*faults.State, error) {
	return get[faults.State](ctx, c, Call{Route: management.AddFault, Body: rule})
}

// RemoveFault removes a rule.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.Do(ctx, Call{Route: management.DeleteFault, Variables: []string{id}}, nil)
}

// ClearFaults removes all rules.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.Do(ctx, Call{Route: management.DeleteFaults}, nil)
}
