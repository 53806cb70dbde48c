package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Options say what is audited. Store, Authorizer and Account are required.
type Options struct {
	Store      persistence.Store
	Authorizer *authz.Authorizer
	Partition  principal.Partition // "" is principal.AWS
	Account    string              // 12 digits

	// Now is the time of the audit: ages count up to it, and calls are decided at it.
	Now time.Time

	// From and To, if they are not empty, are ARNs of a user or role: only ways from
	// From, and only ways that end at To, an administrator or not, are looked for, and
	// nothing else is.
	From, To string

	// Calls are the calls that are known, the oldest first, and Since is when they begin
	// to be whole; zero: none are known, and what was used is not looked at.
	Calls []*events.Record
	Since time.Time

	// UsesUnknown says that the state does not know when keys, passwords and roles were
	// last used, as that of an account dump without a credential report.
	UsesUnknown bool

	// Source, if it is not nil, returns where a file has a place of a document.
	Source func(document string, at evaluator.Position) (file string, place evaluator.Position, ok bool)

	// Progress, if it is not nil, is told how far the audit is, of which part.
	Progress func(part string, done, all int)
}

// Run audits an account; one of which nothing is stored has nobody in it. The error is that
// of the store or of ctx, or persistence.ErrNotFound, wrapped, if From or To names nobody.
func Run(ctx context.Context, o Options) (*Report, error) {
	var r *Report
	err := o.Store.View(ctx, func(tx persistence.Tx) error {
		s, err := newState(ctx, tx, &o)
		if err != nil {
			return err
		}
		if err := s.escalate(); err != nil {
			return err
		}
		if o.From == "" && o.To == "" {
			err = s.inspect()
		}
		r = s.report
		return err
	})
	if err != nil {
		return nil, err
	}
	r.sort()
	return r, nil
}

// inspect runs the checks of hygiene.
func (s *state) inspect() error {
	checks := hygiene()
	for i := range checks {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		s.progress("hygiene", i, len(checks))
		if err := checks[i].run(s, &checks[i]); err != nil {
			return fmt.Errorf("check %s: %w", checks[i].ID, err)
		}
	}
	s.progress("hygiene", len(checks), len(checks))
	return nil
}
