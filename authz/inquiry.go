package authz

import (
	"context"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Inquiry asks what principals may do, by what is known of each of them (its Standing) and
// by the organizations that a transaction shows. It decides as calls are decided in the
// mode On, but by policies alone: the fixed limits of some credentials do not count. It is
// for many questions, keeps no records, and allocates little.
//
// A principal that may do something only with MFA may do it: it has its MFA device as it
// has its key. So each question is asked without MFA and, if that is denied and a policy
// mentions MFA, again with MFA.
//
// It is valid as long as its transaction. It must not be used by several goroutines at once.
type Inquiry struct {
	ctx     context.Context
	tx      persistence.Tx
	call    call
	caller  principal.Caller
	holder  *Holder
	session principal.Session
	check   Check
	keys    evaluator.Context
	classes *actions.Classes
	served  map[chosenPolicy]*evaluator.Policy // by services; see ServiceMayAssume
}

// Inquire returns an Inquiry. The request has the facts of the requests that are decided;
// they go to the region of the partition in which IAM is.
func (a *Authorizer) Inquire(ctx context.Context, tx persistence.Tx, r principal.Request, c *actions.Classes) *Inquiry {
	q := &Inquiry{ctx: ctx, tx: tx, classes: c}
	q.caller.Request = r
	q.caller.Request.Region = ""
	q.call = call{a: a, ctx: ctx, caller: &q.caller, mode: On}
	return q
}

// About makes the following questions about the principal.
func (q *Inquiry) About(s *Standing) error {
	q.call.own = s.held
	q.caller.Principal = q.call.a.making(&s.held.holder)
	if q.caller.Session != nil {
		q.session = *q.caller.Session
	} else {
		q.session = principal.Session{Operation: sessionTokenOperation}
	}
	q.session.IssuedAt = q.call.a.now(&q.caller.Request)
	q.prove(false)
	var err error
	q.holder, err = q.call.gather(q.tx, &q.check.Policies)
	return err
}

// prove sets whether MFA was used: with MFA a user calls with a session.
func (q *Inquiry) prove(mfa bool) {
	q.session.MFAAt = principal.Session{}.MFAAt
	if mfa {
		q.session.MFAAt = q.session.IssuedAt
	}
	q.caller.Session = nil
	if mfa || q.caller.Kind != principal.User {
		q.caller.Session = &q.session
	}
}

// May reports whether the principal has the permission.
func (q *Inquiry) May(n *Need) (bool, error) {
	return q.withOrWithoutMFA(func() (bool, error) { return q.decide(n) })
}

// withOrWithoutMFA asks twice if the first answer may depend on MFA.
func (q *Inquiry) withOrWithoutMFA(ask func() (bool, error)) (bool, error) {
	ok, err := ask()
	if ok || err != nil || !q.check.Policies.Mention(isOfMFA) {
		return ok, err
	}
	q.prove(true)
	defer q.prove(false)
	return ask()
}

func isOfMFA(key string) bool {
	const prefix = "aws:MultiFactorAuth"
	return len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix)
}

// MayAssume reports whether the principal may assume the role: by the role's trust policy
// and, if that is not enough, by its own policies. The request has nothing that its caller
// could choose, such as an external ID.
func (q *Inquiry) MayAssume(role *Standing) (bool, error) {
	h := role.Holder()
	return q.May(&Need{
		Action: "sts:AssumeRole", Resource: role.ARN(), Owner: h.Account, Tags: h.Tags, Trust: true, TrustPolicy: role.trust,
		Keys: []Key{String("sts:RoleSessionName", unnamedSession)},
	})
}

// Check returns how the last question was decided. It is valid until the next one.
func (q *Inquiry) Check() *Check { return &q.check }

// decide asks once, with or without MFA as prove has set it.
func (q *Inquiry) decide(n *Need) (bool, error) {
	q.call.rule.Service, _, _ = strings.Cut(n.Action, ":")
	q.check.Need, q.check.Request.Context = *n, &q.keys
	if err := q.call.evaluate(q.tx, q.holder, &q.check); err != nil {
		return false, err
	}
	return q.check.Result.Allowed(), nil
}
