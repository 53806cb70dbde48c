package authz

import (
	"context"
	"iter"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Survey asks a question about many principals: the root user, the roles and the users of
// accounts, in this order; roles and users by name.
type Survey struct {
	// Question has no Caller: each principal is it in turn.
	Question Question

	// Request holds the facts of the request that each of them would make.
	Request principal.Request

	// Accounts are those whose principals are asked about, in order; none means all
	// that exist.
	Accounts []string

	// After is the ARN of the principal after which the survey continues, as Who returned
	// it; empty: begin with the first. That principal need not exist any more.
	After string

	Most int // the largest number of principals that are asked about; above 0
}

// Who decides a question for the principals of a survey, all in one state, and calls
// allowed with each decision that allows and the ARN of the user, role or root user. It
// returns how many principals it has asked about and, if there are more, the ARN of the
// last of them. Decisions are made as in the mode On. Errors are those of Ask.
func (a *Authorizer) Who(ctx context.Context, s *Survey, allowed func(arn string, d *Decision)) (seen int, last string, err error) {
	question, err := a.completed(ctx, &s.Question)
	if err != nil {
		return 0, "", err
	}
	err = a.options.Store.View(ctx, func(tx persistence.Tx) error {
		for who, err := range a.surveyed(tx, s) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || seen == s.Most {
				return err
			}
			q := *question
			q.Caller, q.Enforce = &principal.Caller{Principal: who.principal, Request: s.Request}, true
			d, err := a.askOnce(ctx, tx, &q)
			if err != nil {
				return err
			}
			if seen, last = seen+1, who.arn; d.Verdict == Allowed {
				allowed(who.arn, d)
			}
		}
		last = ""
		return nil
	})
	return seen, last, err
}

// surveyed is a principal of a survey. The ARN is that of the user, role or root
// user, while a role's principal is a session of it.
type surveyed struct {
	arn       string
	principal principal.Principal
}

// surveyed yields the principals after After.
func (a *Authorizer) surveyed(tx persistence.Tx, s *Survey) iter.Seq2[surveyed, error] {
	return func(yield func(surveyed, error) bool) {
		from := s.start()
		for account, err := range s.accounts(tx) {
			if err != nil {
				yield(surveyed{}, err)
				return
			}
			if account < from.account {
				continue
			}
			if account > from.account {
				from = start{account: account}
			}
			for arn, err := range from.entities(tx, a.options.Partition) {
				who := surveyed{arn: arn}
				if err == nil {
					who.principal, err = a.Caller(tx, arn)
				}
				if !yield(who, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *Survey) accounts(tx persistence.Tx) iter.Seq2[string, error] {
	if len(s.Accounts) == 0 {
		return persistence.AllAccounts(tx)
	}
	return func(yield func(string, error) bool) {
		for _, account := range s.Accounts {
			if !yield(account, nil) {
				return
			}
		}
	}
}

// start is the position after which an account is surveyed.
type start struct {
	account string
	kind    string // empty: from the beginning
	name    persistence.Key
}

func (s *Survey) start() start {
	arn, ok := principal.ParseARN(s.After)
	if !ok {
		return start{}
	}
	kind, _, name := arn.Entity()
	return start{arn.AccountID, kind, persistence.Key{name}}
}

// entities yields the ARNs of an account's root user, roles and users.
func (from start) entities(tx persistence.Tx, p principal.Partition) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if from.kind == "" && !yield(p.In(from.account).Root(), nil) {
			return
		}
		kinds := []string{"role", "user"}
		if from.kind == "user" {
			kinds = kinds[1:]
		}
		for _, kind := range kinds {
			for h, err := range Holders(tx, from.account, kind, from.after(kind)) {
				arn := ""
				if err == nil {
					arn = h.ARN(p)
				}
				if !yield(arn, err) || err != nil {
					return
				}
			}
		}
	}
}

// after returns the key after which the scan of a kind begins; nil: with the first.
func (from start) after(kind string) persistence.Key {
	if from.kind == kind {
		return from.name
	}
	return nil
}
