package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Audit audits an account. One audit runs at a time, and the next waits for it. The error
// is a *management.Fault where the query names nobody.
func (b backend) Audit(ctx context.Context, q *management.AuditQuery) (*audit.Report, error) {
	return b.s.Audit(ctx, q)
}

// Audit does the same for Go programs.
func (s *Server) Audit(ctx context.Context, q *management.AuditQuery) (*audit.Report, error) {
	o, err := s.auditOptions(ctx, q)
	if err != nil {
		return nil, err
	}
	select {
	case s.auditing <- struct{}{}:
		defer func() { <-s.auditing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if o.From == "" && o.To == "" { // else nothing but ways is looked for
		s.addCalls(o)
	}
	r, err := audit.Run(ctx, *o)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, management.NotFound("%v; it was there a moment ago", err)
	}
	return r, err
}

func (s *Server) auditOptions(ctx context.Context, q *management.AuditQuery) (*audit.Options, error) {
	o := &audit.Options{
		Store: s.options.Store, Authorizer: s.authorizer, Partition: s.options.Partition, Account: q.Account, Now: s.clock.Now(),
		Source: func(document string, at evaluator.Position) (string, evaluator.Position, bool) {
			found := s.written.source(document, at)
			if found == nil {
				return "", at, false
			}
			return found.File, evaluator.Position{Line: found.Line, Column: found.Column}, true
		},
	}
	if o.Account == "" {
		o.Account = s.options.Account
	}
	if !principal.ValidAccountID(o.Account) {
		return nil, management.Invalid(fmt.Errorf("account %q does not have 12 digits", q.Account))
	}
	var err error
	if o.From, err = s.audited(ctx, o.Account, q.From); err != nil {
		return nil, err
	}
	if o.To, err = s.audited(ctx, o.Account, q.To); err != nil {
		return nil, err
	}
	return o, nil
}

// addCalls adds the calls that are kept.
func (s *Server) addCalls(o *audit.Options) {
	if s.events == nil {
		return
	}
	o.Since = s.events.Whole()
	for _, e := range s.events.List(0, &events.Filter{}) {
		o.Calls = append(o.Calls, e.Records()...)
	}
}

// audited returns the ARN of the user or role that was named; empty if none was.
func (s *Server) audited(ctx context.Context, account, written string) (string, error) {
	if written == "" {
		return "", nil
	}
	found, err := s.find(ctx, written)
	if errors.Is(err, errBadQuestion) {
		return "", management.NotFound("%v", badQuestion(err))
	}
	if err != nil {
		return "", err
	}
	who := found.identity(s.options.Partition)
	if who.Account != account || who.Type != "user" && who.Type != "role" {
		return "", management.Invalid(fmt.Errorf("%s is not a user or role of account %s; name one", who.ARN, account))
	}
	return who.ARN, nil
}
