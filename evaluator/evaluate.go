package evaluator

import "cmp"

// scratch is memory that a Result keeps between requests.
type scratch struct {
	tokens     []token
	starts     []int
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
	e := evaluation{
		req: req, pol: policies, res: result,
		resource: newTarget(cmp.Or(req.Resource, "*")), action: hashAction(req.Action), cross: req.crossAccount(),
	}
	result.reset()
	e.organization(RCP, policies.RCP, policies.RCPExempt)
	if req.Principal.Kind.signed() {
		e.organization(SCP, policies.SCP, policies.SCPExempt)
	}
	if policies.VPCEndpoint != nil {
		e.single(VPCEndpoint, 0, policies.VPCEndpoint)
	}
	e.resourceLayer()
	e.callerLayers()
	result.finish()
	result.scratch.effort.end()
	e.decide()
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
