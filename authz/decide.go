package authz

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// call is one call of Decide or Federate, with what its transactions need of it.
type call struct {
	a      *Authorizer
	ctx    context.Context // of the request: when it ends, nothing is decided any more
	rule   Rule
	input  any
	maker  *principal.Caller // who made the call, with its request
	caller *principal.Caller // whose policies count
	mode   Mode
	lag    time.Duration

	choose func(*evaluator.Policy) *evaluator.Policy // see Inquiry.Choosing; nil: the caller does not choose

	reads    persistence.Reads // for the last decision
	begun    bool              // the operation runs
	decided  bool              // a decision is in the record
	repeated bool              // and the next decision replaces it
	passed   bool              // LetPass was called

	own          *held         // what the state says about the caller; nil if it has no policies
	checks       []Check       // kept for the record, if one is wanted
	organization *Organization // of the caller's account, if any
	federation   *Federation   // nil: the call is signed

	parts  []Part  // of a call of another service
	denied []error // of each part; nil if none is denied
	wholly bool    // a need is denied that belongs to the whole call
	tags   bool    // the tags of resources can be asked for
}

// authorize decides a signed call.
func (c *call) authorize(ctx context.Context) (context.Context, error) {
	if c.caller.Kind == principal.Nobody {
		return nil, c.refuse(NotAuthorized(anonymous, c.rule.Service+":"+c.rule.Operation, ""))
	}
	if err := c.ban(); err != nil {
		return nil, c.refuse(err)
	}
	if c.rule.unsigned {
		return ctx, nil
	}
	return c.begin(ctx)
}

// begin decides the call for the first time, and returns the context for its
// transactions. In the mode Off these check only whether the credentials are valid.
func (c *call) begin(ctx context.Context) (context.Context, error) {
	c.ctx, c.lag = ctx, persistence.Lag(ctx)
	if c.mode != Off {
		var denial error
		err := c.a.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
			denial, err = c.judge(tx)
			return err
		})
		if err == nil {
			err = c.answer(denial)
		}
		if err != nil {
			return nil, err
		}
	}
	c.begun = true
	return context.WithValue(ctx, callKey{}, c), nil
}

// identify finds what the state says about the caller, whose credentials must be valid in
// that state. A user that was renamed after the credentials were looked up gets the new
// name. If the operation may already know the old name, which another user can have by
// now, the call fails.
func (c *call) identify(tx persistence.Tx) (err error) {
	if valid := c.a.options.Valid; valid != nil && c.federation == nil {
		if err := valid(tx, &c.caller.Principal); err != nil {
			return err
		}
	}
	if c.own, err = c.a.heldBy(tx, c.caller); err != nil || c.own == nil {
		return err
	}
	if c.caller.Kind == principal.User && c.caller.ARN != c.own.arn {
		if c.begun {
			return goneCaller()
		}
		c.caller.ARN, c.caller.Name = c.own.arn, c.own.holder.Name
	}
	return nil
}

// needs returns the permissions that the call needs in the state that tx shows.
func (c *call) needs(tx persistence.Tx) ([]Need, error) {
	if c.federation != nil {
		return c.federation.Needs(tx)
	}
	return c.rule.needs(c.a.Query(tx, c.caller), c.input)
}

// unsigned returns the denial of an anonymous caller of an operation that needs only a
// signature.
func (c *call) unsigned() error {
	if c.caller.Kind != principal.Anonymous {
		return nil
	}
	return NotAuthorized(anonymous, c.rule.Service+":"+c.rule.Operation, "")
}

// refuse answers a call that no policy could allow, in any mode.
func (c *call) refuse(err error) error {
	if c.a.options.Observe != nil {
		d := c.decision(err)
		d.Verdict = Denied
		c.a.options.Observe(c.maker, d)
	}
	return err
}

// answer turns a denial into what the mode makes of it.
func (c *call) answer(denial error) error {
	if denial != nil && c.federation != nil {
		denial = FederationDenied(c.rule.Operation)
	}
	if c.a.options.Observe != nil {
		c.a.options.Observe(c.maker, c.decision(denial))
		c.decided = true
	}
	if c.mode == Log {
		c.letPass(denial)
		return nil
	}
	return denial
}

// letPass calls Options.LetPass for a denial that has no effect, once.
func (c *call) letPass(denial error) {
	if denial == nil || c.passed || c.a.options.LetPass == nil {
		return
	}
	c.passed = true
	c.a.options.LetPass(c.maker, denial)
}

// decision is the record of the call.
func (c *call) decision(denial error) *Decision {
	d := &Decision{
		Caller: c.caller, Service: c.rule.Service, Operation: c.rule.Operation,
		Mode: c.mode, Verdict: Denied, Checks: c.checks, Denial: denial, Again: c.repeated,
	}
	switch {
	case denial == nil:
		d.Verdict = Allowed
	case c.mode == Log:
		d.Verdict = WouldBeDenied
	}
	return d
}

// work is the memory of a decision. It is used again for the next one unless a record
// keeps it.
type work struct {
	context evaluator.Context
	check   Check
}

var works = sync.Pool{New: func() any { return new(work) }}

// decide evaluates the needs up to the first one that is denied, and returns its denial.
func (c *call) decide(tx persistence.Tx, needs []Need) (denial, err error) {
	if c.a.options.Observe != nil || c.parts != nil {
		return c.decideForRecord(tx, needs)
	}
	w := works.Get().(*work)
	defer works.Put(w)
	h, err := c.gather(tx, &w.check.Policies)
	if err != nil {
		return nil, err
	}
	w.check.Request.Context = &w.context
	for i := range needs {
		w.check.Need = needs[i]
		if err := c.evaluate(tx, h, &w.check); err != nil {
			return nil, err
		}
		if !w.check.Result.Allowed() {
			return c.denial(&w.check), nil
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
	c.checks = nil
	checks, contexts := make([]Check, len(needs)), make([]evaluator.Context, len(needs))
	for i := range needs {
		k := &checks[i]
		k.Need, k.Policies, k.Request.Context = needs[i], policies, &contexts[i]
		if err := c.evaluate(tx, h, k); err != nil {
			return nil, err
		}
		if (denial == nil || c.parts != nil) && !k.Result.Allowed() {
			this := c.denial(k)
			denial = cmp.Or(denial, this)
			c.noteDenial(i, this)
		}
		k.SCPLevels, k.RCPLevels = c.organization.levels(), k.Need.organization.levels()
		c.checks = checks[:i+1]
	}
	return denial, nil
}

// gather puts the caller's own policies into p.
func (c *call) gather(tx persistence.Tx, p *evaluator.Policies) (*Holder, error) {
	h := c.own
	p.Identity, p.Boundary = nil, nil
	if err := c.a.sessionPolicies(tx, c.caller, p); err != nil {
		return nil, err
	}
	if h == nil {
		if c.caller.Kind == principal.FederatedUser { // of root, whose own part limits nothing
			p.Identity = p.Session
		}
		return nil, c.limitCaller(tx, p, nil)
	}
	p.Identity, p.Boundary = c.chosen(h.identity), h.boundary
	if c.choose != nil && p.Boundary != nil {
		p.Boundary = c.choose(p.Boundary)
	}
	if err := c.a.attachContextPolicy(tx, c.caller, p); err != nil {
		return nil, err
	}
	return &h.holder, c.limitCaller(tx, p, &h.holder)
}

// evaluate decides a check whose need, caller's policies and empty context are set.
func (c *call) evaluate(tx persistence.Tx, h *Holder, k *Check) error {
	n := &k.Need
	n.foreign = n.Owner != "" && n.Owner != c.caller.AccountID
	if err := c.limitResource(tx, &k.Policies, h, n); err != nil {
		return err
	}
	c.requestContext(k.Request.Context, h, n)
	k.Request = evaluator.Request{
		Principal: c.evaluated(h), Action: n.Action, Resource: n.Resource,
		ResourceAccount: n.Owner, Context: k.Request.Context, Mode: evaluator.Enforce,
	}
	if err := c.resourcePolicy(&k.Policies, n); err != nil {
		return err
	}
	if c.wantsTags(&k.Policies, n) {
		return errTagsWanted
	}
	return EvaluateContext(c.ctx, &k.Request, &k.Policies, &k.Result)
}

func (c *call) denial(k *Check) error {
	n, r := &k.Need, &k.Result
	who := c.caller.ARN
	if c.caller.Kind == principal.Anonymous {
		who = anonymous
	}
	text := denialText(who, n, r)
	if c.a.options.NamePolicyARN {
		text += policySuffix(n, r)
	}
	return accessDenied(text)
}
