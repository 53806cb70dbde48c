package authz

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// RequestContext fills into with the condition keys that a call by the caller
// has when it is enforced, so that a simulation can tell what enforcement would
// do. h is the caller's user or role; nil for a root user.
func (a *Authorizer) RequestContext(into *evaluator.Context, caller *principal.Caller, h *Holder, n *Need) {
	service, _, _ := strings.Cut(n.Action, ":")
	c := call{a: a, rule: Rule{Service: service}, caller: caller}
	c.requestContext(into, h, n)
}

// SimulatedPrincipal is the caller as the evaluator sees it when a call is
// enforced.
func SimulatedPrincipal(caller *principal.Caller, h *Holder) evaluator.Principal {
	return evaluated(caller, h)
}
