package server

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/lagstore"
	"github.com/understudy-iam/understudy/principal"
)

// trouble is what is needed for trouble on demand: the rules, and the store that
// can show older states.
type trouble struct {
	rules *faults.Set
	store *lagstore.Store

	mu     sync.Mutex // of what follows, and held while rules change
	behind map[time.Duration]*stack
}

// newTrouble puts the store that can lag in the place of the engine.
func (s *Server) newTrouble() {
	s.trouble.store = lagstore.New(s.options.Store, lagstore.Options{
		Now: s.clock.Now, Except: persistence.Accounts.Owns, // which hold the keys of session tokens: these are good at once
	})
	s.options.Store = s.trouble.store
}

// setRules makes the Set of rules, with those of the options.
func (s *Server) setRules(ops []awsapi.Operation) error {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.Service + ":" + op.Name
	}
	s.trouble.rules = faults.New(names)
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
		s.options.Logger.Warn("a fault was added: answers may be wrong on purpose", "id", added.Rule.ID, "kind", added.Rule.Kind, "operation", added.Rule.Operation)
	}
	return added, err
}

// RemoveFault ends a rule; faults.ErrNoRule if there is none with the ID.
func (s *Server) RemoveFault(id string) error {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	err := s.trouble.rules.Remove(id)
	s.endLag()
	return err
}

// ClearFaults ends all rules.
func (s *Server) ClearFaults() {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	s.trouble.rules.Clear()
	s.endLag()
}

// endLag lets the store record no more than the rules that are left need.
func (s *Server) endLag() {
	most := s.trouble.rules.MaxLag()
	s.trouble.store.Record(most)
	if most == 0 {
		s.trouble.behind = nil
	}
}

// Faults are the rules that are in force, with what they have done.
func (s *Server) Faults() []faults.State { return s.trouble.rules.List() }

// disturb gives a request the trouble that the rules have for it.
func (s *Server) disturb(ctx context.Context, claim awsapi.Claim) error {
	if s.trouble.rules.Empty() {
		return nil
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
	c.Request.Faults, c.Request.Lag = e.Rules, e.Lag
	if !s.hold(ctx, e.Delay) {
		e.Drop = true
	}
	if !e.Ends() {
		return nil
	}
	err := e.Err
	if e.Drop {
		err = awsapi.ErrDropped
	}
	who := claimed()
	who.AccessKeyID = claim.AccessKeyID
	c.Claimed, c.Request.Ended = &who, true
	return err
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
