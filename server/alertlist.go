package server

import (
	"context"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/management"
)

// KeepsAlerts reports whether there are rules for alerts.
func (b backend) KeepsAlerts() bool { return b.s.alerts != nil }

// ListAlerts are the last alerts, the newest first, of all calls that have ended before.
func (b backend) ListAlerts(ctx context.Context, f *alerts.Filter, limit int) ([]*alerts.Alert, error) {
	if err := b.s.alerts.Settle(ctx); err != nil {
		return nil, err
	}
	return b.s.alerts.List(f, limit), nil
}

// FollowAlerts follows the alerts from now on.
func (b backend) FollowAlerts(f *alerts.Filter) (management.Follower[alerts.Alert], error) {
	show := func(_ context.Context, a *alerts.Alert) ([]*alerts.Alert, error) {
		if !f.Admits(a) {
			return nil, nil
		}
		return []*alerts.Alert{a}, nil
	}
	return followFrom(b.s, func() source[alerts.Alert] { return b.s.alerts.Follow() }, show)
}
