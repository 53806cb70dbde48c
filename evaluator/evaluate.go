package evaluator

import (
	"cmp"
	"context"
)

// scratch is memory that a Result keeps between requests.
type scratch struct {
	tokens     []token
	starts     []int
	lower      []byte // the lower case of a value
	statements []int32
	missing    map[string]bool // of MissingKeys, if there are many
	effort     effort
}

// evaluation is one call of Evaluate.
type evaluation struct {
	req      *Request
	pol      *Policies
	res      *Result
	resource target
	action   actionHashes
	cross    bool

	ctx   context.Context // nil: the evaluation cannot be ended
	left  int             // comparisons until the context is checked again
	ended error           // of the context; nothing counts any more
}

// lookEvery is the number of comparisons after which an evaluation checks whether its context
// has ended: about a millisecond's.
const lookEvery = 4096

// over counts comparisons that are about to be made, and reports whether the
// evaluation has ended.
func (e *evaluation) over(n int) bool {
	e.left -= n
	return e.left < 0 && e.look()
}

// look reports whether the context has ended, and restarts the count if not.
func (e *evaluation) look() bool {
	if e.ended == nil {
		e.ended = e.ctx.Err()
	}
	if e.ended == nil {
		e.left = lookEvery
	}
	return e.ended != nil
}

func (e *evaluation) quirk(q Quirk) bool { return q.In(e.req.Mode) }

// Evaluate decides the request and puts everything that led to the decision
// into the result. It reads nothing but its arguments and cannot fail: what is
// missing or malformed allows nothing.
//
// The flow is that of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
// and, if the resource belongs to another account, of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html.
// Every layer is evaluated, whatever the ones before it decided.
func Evaluate(req *Request, policies *Policies, result *Result) {
	_ = EvaluateContext(context.Background(), req, policies, result) // a context that never ends
}

// EvaluateContext is Evaluate for requests that can take long, because their policies or
// condition keys come from outside. If the context ends before the decision is made, it
// returns the context's error, and the result denies and holds nothing.
func EvaluateContext(ctx context.Context, req *Request, policies *Policies, result *Result) error {
	e := evaluation{
		req: req, pol: policies, res: result, ctx: ctx, left: lookEvery,
		resource: newTarget(cmp.Or(req.Resource, "*")), action: hashAction(req.Action), cross: req.crossAccount(),
	}
	result.reset()
	e.layers()
	result.scratch.effort.end()
	if e.ended != nil {
		result.reset()
		return e.ended
	}
	result.finish()
	e.decide()
	return nil
}

// layers evaluates every layer that there is.
func (e *evaluation) layers() {
	policies := e.pol
	e.organization(RCP, policies.RCP, policies.RCPExempt)
	if e.req.Principal.Kind.signed() {
		e.organization(SCP, policies.SCP, policies.SCPExempt)
	}
	if policies.VPCEndpoint != nil {
		e.single(VPCEndpoint, 0, policies.VPCEndpoint)
	}
	e.resourceLayer()
	e.callerLayers()
}

// Decide answers the request with yes or no. For many requests, or for
// reasons, use Evaluate with a Result that is kept.
func Decide(req *Request, policies *Policies) bool {
	var r Result
	Evaluate(req, policies, &r)
	return r.Allowed()
}

func (r *Result) reset() {
	r.Decision, r.DeniedBy, r.Reason = ImplicitDeny, NoKind, NoReason
	r.Layers, r.Matches, r.MissingKeys = r.Layers[:0], r.Matches[:0], r.MissingKeys[:0]
	clear(r.scratch.missing)
}

// finish gives each layer its matches, now that they do not move any more.
func (r *Result) finish() {
	for i := range r.Layers {
		end := len(r.Matches)
		if i+1 < len(r.Layers) {
			end = r.Layers[i+1].first
		}
		r.Layers[i].Matches = r.Matches[r.Layers[i].first:end:end]
	}
}
