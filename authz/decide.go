package authz

import (
	"context"
	"sync"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// call is one call of Authorize.
type call struct {
	a      *Authorizer
	rule   Rule
	input  any
	caller *principal.Caller // whom the policies are of
	mode   Mode
	checks []Check // kept for the record, if one is wanted

	organization *Organization // of the caller's account, if any
	limits       limits        // of the caller's session
	federation   *Federation   // nil: the call is signed
}

func (c *call) authorize(ctx context.Context) error {
	if c.caller.Kind == principal.Nobody {
		return c.refuse(NotAuthorized("anonymous", c.rule.Service+":"+c.rule.Operation, ""))
	}
	if err := c.ban(); err != nil {
		return c.refuse(err)
	}
	if c.mode == Off || c.rule.unsigned {
		return nil
	}
	var denial error
	err := c.a.options.Store.View(ctx, func(tx persistence.Tx) error {
		needs, err := c.rule.needs(&Query{Tx: tx, Caller: c.caller}, c.input)
		if err != nil {
			return err
		}
		if len(needs) == 0 {
			denial = c.unsigned()
			return nil
		}
		denial, err = c.decide(tx, needs)
		return err
	})
	if err != nil {
		return err
	}
	return c.answer(denial)
}

// unsigned is the denial of an anonymous caller where only a signature is needed.
func (c *call) unsigned() error {
	if c.caller.Kind != principal.Anonymous {
		return nil
	}
	return NotAuthorized("anonymous", c.rule.Service+":"+c.rule.Operation, "")
}

// refuse answers a call that no policy could allow, in any mode.
func (c *call) refuse(err error) error {
	if c.a.options.Observe != nil {
		d := c.decision(err)
		d.Verdict = Denied
		c.a.options.Observe(c.caller, d)
	}
	return err
}

// answer turns a denial into what the mode makes of it.
func (c *call) answer(denial error) error {
	if c.a.options.Observe != nil {
		c.a.options.Observe(c.maker(), c.decision(denial))
	}
	if c.mode == Log {
		return nil
	}
	return denial
}

// maker is who made the call, with its request.
func (c *call) maker() *principal.Caller {
	if c.federation != nil {
		return c.federation.Caller
	}
	return c.caller
}

// decision is the record of the call.
func (c *call) decision(denial error) *Decision {
	d := &Decision{
		Caller: c.caller, Service: c.rule.Service, Operation: c.rule.Operation,
		Mode: c.mode, Verdict: Denied, Checks: c.checks, Denial: denial,
	}
	switch {
	case denial == nil:
		d.Verdict = Allowed
	case c.mode == Log:
		d.Verdict = WouldBeDenied
	}
	return d
}

// work is the memory of a decision, used again for the next one unless a
// record keeps it.
type work struct {
	context  evaluator.Context
	request  evaluator.Request
	policies evaluator.Policies
	result   evaluator.Result
}

var works = sync.Pool{New: func() any { return new(work) }}

// decide evaluates the needs up to the first one that is not allowed, and
// returns the denial of that.
func (c *call) decide(tx persistence.Tx, needs []Need) (denial, err error) {
	if c.a.options.Observe != nil {
		return c.decideForRecord(tx, needs)
	}
	w := works.Get().(*work)
	defer works.Put(w)
	h, err := c.gather(tx, &w.policies)
	if err != nil {
		return nil, err
	}
	for i := range needs {
		if err := c.evaluate(tx, w, h, &needs[i]); err != nil {
			return nil, err
		}
		if !w.result.Allowed() {
			return c.denial(&needs[i], &w.result), nil
		}
	}
	return nil, nil
}

// decideForRecord is decide for calls of which a record is kept: it evaluates
// every need, each in memory of its own.
func (c *call) decideForRecord(tx persistence.Tx, needs []Need) (denial, err error) {
	var policies evaluator.Policies
	h, err := c.gather(tx, &policies)
	if err != nil {
		return nil, err
	}
	for i := range needs {
		w := &work{policies: policies}
		if err := c.evaluate(tx, w, h, &needs[i]); err != nil {
			return nil, err
		}
		if denial == nil && !w.result.Allowed() {
			denial = c.denial(&needs[i], &w.result)
		}
		c.checks = append(c.checks, Check{needs[i], w.request, w.policies, w.result})
	}
	return denial, nil
}

// gather puts the caller's own policies into p.
func (c *call) gather(tx persistence.Tx, p *evaluator.Policies) (*Holder, error) {
	h, err := c.a.heldBy(tx, c.caller)
	if err != nil {
		return nil, err
	}
	p.Identity, p.Boundary = nil, nil
	if err := c.a.sessionPolicies(tx, c.caller, p); err != nil {
		return nil, err
	}
	if err := c.takeLimits(p); err != nil {
		return nil, err
	}
	if h == nil {
		if c.caller.Kind == principal.FederatedUser { // of root, whose own part limits nothing
			p.Identity = p.Session
		}
		return nil, c.limitCaller(tx, p, nil)
	}
	p.Identity, p.Boundary = h.identity, h.boundary
	if err := c.a.attachContextPolicy(tx, c.caller, p); err != nil {
		return nil, err
	}
	return &h.holder, c.limitCaller(tx, p, &h.holder)
}

func (c *call) evaluate(tx persistence.Tx, w *work, h *Holder, n *Need) error {
	n.foreign = n.Owner != "" && n.Owner != c.caller.AccountID
	if err := c.limitResource(tx, &w.policies, h, n); err != nil {
		return err
	}
	c.requestContext(&w.context, h, n)
	w.request = evaluator.Request{
		Principal: c.evaluated(h), Action: n.Action, Resource: n.Resource,
		ResourceAccount: n.Owner, Context: &w.context, Mode: evaluator.Enforce,
	}
	if err := c.resourcePolicy(&w.policies, n); err != nil {
		return err
	}
	c.evaluateLimits(w)
	return nil
}

func (c *call) denial(n *Need, r *evaluator.Result) error {
	text := denialText(c.caller.ARN, n, r)
	if c.a.options.NamePolicyARN {
		text += policySuffix(n, r)
	}
	return accessDenied(text)
}
