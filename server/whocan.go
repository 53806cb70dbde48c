package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// Bounds on the number of principals that a page of WhoCan looks at.
const (
	defaultSurveyed = 1000
	maxSurveyed     = 10000
)

// WhoCan decides a question for a page of principals. It records no events.
func (b backend) WhoCan(ctx context.Context, q *management.WhoCan) (*management.WhoCanAnswer, error) {
	survey, err := b.s.survey(ctx, q)
	if err != nil {
		return nil, refusedQuestion(err)
	}
	answer := &management.WhoCanAnswer{Allowed: []management.Allowance{}}
	answer.Seen, answer.Next, err = b.s.authorizer.Who(ctx, survey, func(arn string, d *authz.Decision) {
		answer.Allowed = append(answer.Allowed, allowance(arn, d))
	})
	if err != nil {
		return nil, refusedQuestion(err)
	}
	return answer, nil
}

func (s *Server) survey(ctx context.Context, q *management.WhoCan) (*authz.Survey, error) {
	asked, err := s.askedAccess(ctx, &q.Access)
	if err != nil {
		return nil, err
	}
	facts, err := s.askedRequest(&q.Access)
	if err != nil {
		return nil, err
	}
	survey := &authz.Survey{Question: *asked, Request: *facts, After: q.After, Most: q.Limit}
	switch {
	case q.Limit == 0:
		survey.Most = defaultSurveyed
	case q.Limit < 0 || q.Limit > maxSurveyed:
		return nil, fmt.Errorf("%w: limit %d is not a number from 1 to %d", errBadQuestion, q.Limit, maxSurveyed)
	}
	if q.After != "" {
		if arn, ok := principal.ParseARN(q.After); !ok || !principal.ValidAccountID(arn.AccountID) {
			return nil, fmt.Errorf("%w: after %q is not what an answer had as next", errBadQuestion, q.After)
		}
	}
	if err := s.askUpstream(ctx, &q.Access, &survey.Question, &principal.Caller{Request: *facts}); err != nil {
		return nil, err
	}
	survey.Accounts, err = s.surveyedAccounts(q, &survey.Question)
	return survey, err
}

// surveyedAccounts are the accounts whose principals are asked about; none means all.
func (s *Server) surveyedAccounts(q *management.WhoCan, asked *authz.Question) ([]string, error) {
	for _, account := range q.Accounts {
		if !principal.ValidAccountID(account) {
			return nil, fmt.Errorf("%w: account %q does not have 12 digits", errBadQuestion, account)
		}
	}
	if len(q.Accounts) > 0 {
		return slices.Compact(slices.Sorted(slices.Values(q.Accounts))), nil
	}
	owner := asked.Owner
	if arn, ok := principal.ParseARN(asked.Resource); owner == "" && ok && principal.ValidAccountID(arn.AccountID) {
		owner = arn.AccountID
	}
	switch {
	case owner == "":
		return []string{s.options.Account}, nil
	case asked.HasResourcePolicy():
		return nil, nil
	}
	return []string{owner}, nil
}

// entityTypes are the types of Identity of those who make calls.
var entityTypes = map[principal.Kind]string{principal.Root: "root", principal.User: "user", principal.AssumedRole: "role"}

// allowance is what is shown of a principal that is allowed.
func allowance(arn string, d *authz.Decision) management.Allowance {
	p := &d.Caller.Principal
	who := management.Identity{Type: entityTypes[p.Kind], ARN: arn, Account: p.AccountID, Name: p.Name}
	return management.Allowance{Identity: who, Statements: decisions.Allowing(d)}
}
