package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/management"
)

// KeepsAlerts reports whether there are rules for alerts.
func (b backend) KeepsAlerts() bool { return b.s.alerts != nil }

// ListAlerts are the last alerts, the newest first, of all calls that have ended before.
func (b backend) ListAlerts(ctx context.Context, f *alerts.Filter, limit int) ([]*alerts.Alert, error) {
	if err := b.s.alerts.Settle(ctx); err != nil {
		return nil, err
	}
	if err := b.s.knowsRules(f); err != nil {
		return nil, err
	}
	return b.s.alerts.List(f, limit), nil
}

// FollowAlerts follows the alerts from now on.
func (b backend) FollowAlerts(f *alerts.Filter) (management.Follower[alerts.Alert], error) {
	if err := b.s.knowsRules(f); err != nil {
		return nil, err
	}
	show := func(_ context.Context, a *alerts.Alert) ([]*alerts.Alert, error) {
		if !f.Admits(a) {
			return nil, nil
		}
		return []*alerts.Alert{a}, nil
	}
	return followFrom(b.s, func() source[alerts.Alert] { return b.s.alerts.Follow() }, show)
}

// knowsRules refuses a filter for a rule that does not exist and has no alert
// either: the rules may have been read again since.
func (s *Server) knowsRules(f *alerts.Filter) error {
	if f.Rule == "" {
		return nil
	}
	names := s.alerts.Rules()
	for _, name := range strings.Split(f.Rule, ",") {
		if slices.Contains(names, name) || len(s.alerts.List(&alerts.Filter{Rule: name}, 1)) > 0 {
			continue
		}
		advice := "the rules are " + strings.Join(names, ", ")
		if near := spelling.Guess(name, names); near != "" {
			advice = "did you mean " + near + "?"
		}
		return management.Invalid(fmt.Errorf("no rule is named %q; %s", name, advice))
	}
	return nil
}
