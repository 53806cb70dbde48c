package authz

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// RequestContext fills into with the condition keys that a call by the caller
// has when it is enforced, so that a simulation can tell what enforcement would
// do. h is the caller's user or role; nil for a root user.
func (a *Authorizer) RequestContext(into *evaluator.Context, q *Query, h *Holder, n *Need) error {
	service, _, _ := strings.Cut(n.Action, ":")
	c := call{a: a, rule: Rule{Service: service}, caller: q.Caller}
	var err error
	if c.organization, err = a.Organization(q.Tx, q.Account()); err != nil {
		return err
	}
	if n.organization, err = a.Organization(q.Tx, n.owner(q.Caller)); err != nil {
		return err
	}
	c.requestContext(into, h, n)
	return nil
}
