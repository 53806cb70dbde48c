package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
)

// limits are what a session needs to be allowed by beside its identity: layers
// of session policies, one within the other. A session that was delegated has
// the policy of the delegation request, and within it what the approver's own
// session was limited by. Every other session has one layer at most.
type limits [][]*evaluator.Policy

// takeLimits notes the layers of the caller's session, of which p has the first.
func (c *call) takeLimits(p *evaluator.Policies) error {
	c.limits = nil
	if c.caller.Session == nil || len(c.caller.Session.Limits) == 0 {
		return nil
	}
	if p.SessionRequired || len(p.Session) > 0 {
		c.limits = append(c.limits, slices.Clone(p.Session))
	}
	for _, document := range c.caller.Session.Limits {
		k := policyKey{kind: evaluator.Session, name: "delegation", document: document}
		compiled, err := c.a.cache.compile(&k, document)
		if err != nil {
			return err
		}
		c.limits = append(c.limits, []*evaluator.Policy{compiled})
	}
	p.Session, p.SessionRequired = c.limits[0], true
	return nil
}

// evaluateLimits evaluates a need within each layer, up to the first that does
// not allow, which then stands in the record.
func (c *call) evaluateLimits(w *work) {
	if len(c.limits) == 0 {
		Evaluate(&w.request, &w.policies, &w.result)
		return
	}
	for _, layer := range c.limits {
		w.policies.Session = layer
		if Evaluate(&w.request, &w.policies, &w.result); !w.result.Allowed() {
			return
		}
	}
}
