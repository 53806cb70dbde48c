package server

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/principal"
)

// AlertOptions says what the server looks for in calls.
type AlertOptions struct {
	Rules []*alerts.Rule // nil: no call is looked at
	Sinks []alerts.Sink  // the server closes them
}

// alertTime is how long sinks have to send what is waiting when the server ends.
const alertTime = 10 * time.Second

// startAlerts makes the engine of the rules, if there are any.
func (s *Server) startAlerts() (err error) {
	o := s.options.Alerts
	switch {
	case s.history == nil:
		return nil
	case s.events == nil:
		return errors.New("server: Alerts are made of the calls that are kept, and Events keeps none")
	}
	s.alerts, err = alerts.NewEngine(context.Background(), alerts.EngineOptions{
		Log: s.events, Rules: o.Rules, Sinks: o.Sinks, Logger: s.options.Logger,
		Watch: s.watchEffects, Posture: alerts.PostureOptions{Store: s.history, Authorizer: s.authorizer},
	})
	return err
}

// watchEffects watches what users and roles can do.
func (s *Server) watchEffects(ctx context.Context, effects []*alerts.Effect) (alerts.Effects, error) {
	w, err := alerts.NewWatcher(ctx, alerts.WatcherOptions{
		Authorizer: s.authorizer, Store: s.history, Logger: s.options.Logger, Request: s.usualRequest,
	}, effects)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// usualRequest is what is known of the requests that are decided: a client on this
// machine sends them. Without an address and a client, a condition that every request
// fulfils, such as one on 0.0.0.0/0, would hide what it allows.
func (s *Server) usualRequest() principal.Request {
	return principal.Request{
		SecureTransport: true, Time: s.clock.Now(), SourceIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), UserAgent: "understudy",
	}
}

// Alerts returns the engine that looks at calls; nil if there are no rules.
func (s *Server) Alerts() *alerts.Engine { return s.alerts }

// lookAtCalls begins to look at calls. The function that it returns ends it, when all calls
// so far have been looked at and the sinks have sent their alerts or have had their time.
func (s *Server) lookAtCalls() (end func()) {
	if s.alerts == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var looking sync.WaitGroup
	looking.Go(func() { s.alerts.Run(ctx) })
	return func() {
		cancel()
		looking.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), alertTime)
		defer cancel()
		if err := alerts.CloseSinks(ctx, s.alerts.Sinks()); err != nil {
			s.options.Logger.Error("not all alerts were sent", "error", err)
		}
	}
}

// apart makes a change of the state that is not a call, such as a seed. The change makes
// no alerts. The alerts of earlier calls are made first.
func (s *Server) apart(ctx context.Context, change func() error) error {
	if s.alerts == nil {
		return change()
	}
	if err := s.alerts.Settle(ctx); err != nil {
		return err
	}
	err := change()
	return errors.Join(err, s.alerts.Renew(context.WithoutCancel(ctx)))
}
