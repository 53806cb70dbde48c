package iamtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/understudy-iam/understudy/alerts"
)

// WithAlerts lets the server check calls against the rules in a string, in the YAML of
// docs/alerts.md, and with the built-in rules if the string is "builtin". It may be
// given several times. See Server.Alerts.
func WithAlerts(rules string) Option {
	return func(c *config) {
		if rules == alerts.BuiltinName {
			c.server.Alerts.Rules = append(c.server.Alerts.Rules, alerts.Builtin()...)
			return
		}
		file, err := alerts.Parse([]byte(rules))
		if err != nil {
			c.faults = append(c.faults, fmt.Errorf("WithAlerts: %w", err))
			return
		}
		c.server.Alerts.Rules = append(c.server.Alerts.Rules, file.Rules...)
		c.sinks = append(c.sinks, file.Sinks...)
	}
}

// openSinks opens the sinks of the rules.
func (c *config) openSinks() (err error) {
	c.server.Alerts.Sinks, err = alerts.OpenSinks(c.sinks, alerts.SinkOptions{Logger: c.server.Logger})
	return err
}

// Alerts returns the alerts so far that match every filter, the oldest first:
//
//	srv := iamtest.Start(t, iamtest.WithAlerts("builtin"))
//	...
//	srv.Alerts(alerts.Filter{Rule: "administrator-gained"})
//
// It waits until the rules have looked at every call answered so far.
func (s *Server) Alerts(filters ...alerts.Filter) []*alerts.Alert {
	s.t.Helper()
	engine := s.handler.Alerts()
	if engine == nil {
		s.t.Fatalf("iamtest: Alerts: there are no rules; start the server with iamtest.WithAlerts")
		return nil
	}
	if err := engine.Settle(context.Background()); err != nil {
		s.t.Fatalf("iamtest: Alerts: %v", err)
	}
	list := engine.List(&alerts.Filter{}, 0)
	slices.Reverse(list)
	return slices.DeleteFunc(list, func(a *alerts.Alert) bool {
		return slices.ContainsFunc(filters, func(f alerts.Filter) bool { return !f.Admits(a) })
	})
}
