package authz

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// Simulated is a request that nobody makes. Query.Caller is the caller that would make it,
// and Holder is its user or role; nil for a root user.
type Simulated struct {
	Query  *Query
	Holder *Holder
	Need   *Need
}

// Enforced fills context with the condition keys that the request would have when it is
// enforced, and puts the RCPs that apply to its resource into p, so that a simulation can
// tell what enforcement would do.
func (a *Authorizer) Enforced(s *Simulated, context *evaluator.Context, p *evaluator.Policies) error {
	service, _, _ := strings.Cut(s.Need.Action, ":")
	c := call{a: a, rule: Rule{Service: service}, caller: s.Query.Caller}
	var err error
	if c.organization, err = a.Organization(s.Query.Tx, s.Query.Account()); err != nil {
		return err
	}
	if err := c.limitResource(s.Query.Tx, p, s.Holder, s.Need); err != nil {
		return err
	}
	c.requestContext(context, s.Holder, s.Need)
	return nil
}
