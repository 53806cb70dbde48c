package server

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/persistence/lagstore"
	"github.com/understudy-iam/understudy/principal"
)

// trouble makes trouble on demand: it has the rules, and the store that can show older
// states.
type trouble struct {
	rules *faults.Set
	store *lagstore.Store

	mu sync.Mutex // held while rules change
}

// newTrouble puts the store that can lag in the place of the engine.
func (s *Server) newTrouble() {
	s.trouble.store = lagstore.New(s.options.Store, lagstore.Options{
		Now: s.clock.Now, Except: seenAtOnce,
	})
	s.options.Store = s.trouble.store
}

// newHistory notes what calls change, if there are rules that can ask for it. It is below
// what lags: rules look at the state as it is.
func (s *Server) newHistory() {
	if len(s.options.Alerts.Rules) == 0 {
		return
	}
	s.history = history.New(s.options.Store, history.Options{
		Noted: alerts.Watched,
		Call:  func(ctx context.Context) string { return principal.FromContext(ctx).Request.ID },
	})
	s.options.Store = s.history
}

// seenAtOnce reports whether even requests that lag see a record as it is.
// Accounts hold the keys of session tokens, which are good at once; the keys of
// the local identity provider are not IAM's.
func seenAtOnce(key []byte) bool {
	return persistence.Accounts.Owns(key) || persistence.IDPKeys.Owns(key)
}

// setRules makes the Set of rules, with those of the options.
func (s *Server) setRules(ops []awsapi.Operation) error {
	s.trouble.rules = faults.New(sync.OnceValue(func() (names []string) {
		for _, op := range ops {
			names = append(names, op.Service+":"+op.Name)
		}
		if len(s.options.Gateway.Upstreams) > 0 {
			names = append(names, gateway.Operations()...)
		}
		return names
	}))
	for i, r := range s.options.Faults {
		if _, err := s.AddFault(r); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return nil
}

// AddFault makes trouble for requests from now on, and returns the rule with its
// ID.
func (s *Server) AddFault(r faults.Rule) (faults.State, error) {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	added, err := s.trouble.rules.Add(r)
	if err == nil {
		s.trouble.store.Record(s.trouble.rules.MaxLag())
		s.options.Logger.Warn("a fault was added: answers may be wrong on purpose", "id", added.Rule.ID, "kind", added.Rule.Kind,
			"operation", added.Rule.Operation)
	}
	return added, err
}

// RemoveFault ends a rule; faults.ErrNoRule if there is none with the ID.
func (s *Server) RemoveFault(id string) error {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	err := s.trouble.rules.Remove(id)
	s.trouble.store.Record(s.trouble.rules.MaxLag())
	return err
}

// ClearFaults ends all rules.
func (s *Server) ClearFaults() {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	s.trouble.rules.Clear()
	s.trouble.store.Record(s.trouble.rules.MaxLag())
}

// Faults are the rules that are in force, with what they have done.
func (s *Server) Faults() []faults.State { return s.trouble.rules.List() }

// disturb gives a request the trouble that the rules have for it. Its lag, if it
// has one, is in the context that is returned.
func (s *Server) disturb(ctx context.Context, claim awsapi.Claim) (context.Context, error) {
	if s.trouble.rules.Empty() {
		return ctx, nil
	}
	c := principal.FromContext(ctx)
	claimed := sync.OnceValue(func() principal.Principal {
		found, _ := s.credentials.Lookup(ctx, claim.AccessKeyID, claim.SessionToken, claim.Region)
		return found.Principal // nobody, if it is nobody's
	})
	e := s.trouble.rules.Judge(faults.Request{
		Operation: c.Request.Service + ":" + c.Request.Operation, AccessKeyID: claim.AccessKeyID,
		SessionToken: claim.SessionToken != "", Principal: func() string { return claimed().ARN },
	})
	c.Request.Faults = e.Rules
	if !s.hold(ctx, e.Delay) {
		e.Drop = true
	}
	if e.Ends() {
		who := claimed()
		who.AccessKeyID = claim.AccessKeyID
		c.Claimed, c.Request.Ended = &who, true
		if e.Drop {
			return ctx, awsapi.ErrDropped
		}
		return ctx, e.Err
	}
	if e.Lag > 0 {
		return persistence.WithLag(ctx, e.Lag), nil
	}
	return ctx, nil
}

// hold waits, but no longer than the client and the server do. It reports whether
// the client is still there.
func (s *Server) hold(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-s.closing:
	}
	return true
}

// Faults are the rules that are in force.
func (b backend) Faults() []faults.State { return b.s.Faults() }

// AddFault adds a rule.
func (b backend) AddFault(r faults.Rule) (faults.State, error) { return b.s.AddFault(r) }

// RemoveFault ends a rule.
func (b backend) RemoveFault(id string) error { return b.s.RemoveFault(id) }

// ClearFaults ends all rules.
func (b backend) ClearFaults() { b.s.ClearFaults() }
