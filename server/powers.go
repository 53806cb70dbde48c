package server

import (
	"context"
	"strings"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// powers finds what users, roles and groups may do now, for advice.
func (s *Server) powers(ctx context.Context) advice.Powers {
	return func(arn string) (advice.Power, bool) {
		if a, _ := principal.ParseARN(arn); strings.HasPrefix(a.Resource, "group/") {
			return s.groupPower(ctx, a)
		}
		var who principal.Principal
		var holder *authz.Holder
		err := s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
			if who, err = s.authorizer.Caller(tx, arn); err == nil {
				holder, err = authz.HolderOf(tx, &principal.Caller{Principal: who})
			}
			return err
		})
		if err != nil || holder == nil {
			return advice.Power{}, false
		}
		return advice.Power{Bounded: holder.Boundary != "", May: func(action, resource string) bool {
			return s.may(ctx, who, action, resource)
		}}, true
	}
}

// may decides a question about the principal, as if it called now.
func (s *Server) may(ctx context.Context, who principal.Principal, action, resource string) bool {
	service, operation, _ := strings.Cut(action, ":")
	request := principal.Request{
		Time: s.clock.Now(), Received: s.clock.Real(), Service: service, Operation: operation, SecureTransport: !s.options.PlainTransport,
	}
	if who.Session != nil {
		who.Session.IssuedAt = request.Time
	}
	q := &authz.Question{
		Caller: &principal.Caller{Principal: who, Request: request}, Action: action, Resource: resource, Enforce: true,
		Stored: iam.StoredNeed,
	}
	if err := s.addDeclared(ctx, q); err != nil {
		return false
	}
	d, err := s.authorizer.Ask(ctx, q)
	return err == nil && d.Denial == nil
}

// groupPower is what a group gives its members, as far as its organization allows it.
func (s *Server) groupPower(ctx context.Context, a principal.ARN) (advice.Power, bool) {
	var p evaluator.Policies
	err := s.options.Store.View(ctx, func(tx persistence.Tx) error {
		h, err := authz.FindHolder(tx, a.AccountID, "group", principal.Name(a.String()))
		if err != nil {
			return err
		}
		if err := s.authorizer.Gather(tx, &h, &p); err != nil {
			return err
		}
		return s.authorizer.Limit(tx, &h, &p)
	})
	if err != nil {
		return advice.Power{}, false
	}
	member := evaluator.Principal{Kind: evaluator.User, Account: a.AccountID}
	return advice.Power{May: func(action, resource string) bool {
		var result evaluator.Result
		r := evaluator.Request{
			Principal: member, Action: action, Resource: resource, ResourceAccount: a.AccountID, Context: new(evaluator.Context),
		}
		return authz.EvaluateContext(ctx, &r, &p, &result) == nil && result.Allowed()
	}}, true
}
