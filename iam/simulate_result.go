package iam

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/evaluator"
)

// An outcome is the decision on an action, for one resource or for all together.
type outcome struct {
	decision evaluator.Decision
	matched  []types.Statement
	missing  []string
	details  map[string]types.PolicyEvaluationDecisionType

	// Whether boundary and organization allow; nil if there is none.
	boundary, organization *bool
}

// newOutcome makes an outcome from the answer of the evaluator.
func newOutcome(r *evaluator.Result, cross bool) outcome {
	o := outcome{decision: r.Decision, missing: slices.Clone(r.MissingKeys), matched: statements(r)}
	if l := r.Layer(evaluator.Boundary); l != nil {
		o.boundary = aws.Bool(l.Decision == evaluator.Allowed)
	}
	if l := r.Layer(evaluator.SCP); l != nil {
		o.organization = aws.Bool(l.Decision == evaluator.Allowed)
	}
	if r.DeniedBy != evaluator.SCP { // recorded: an SCP's denial has no details
		o.details = decisionDetails(r, cross)
	}
	return o
}

// decisionDetails returns what each type of policy decided. It is empty unless the call
// crosses accounts (recorded).
func decisionDetails(r *evaluator.Result, cross bool) map[string]types.PolicyEvaluationDecisionType {
	details := map[string]types.PolicyEvaluationDecisionType{}
	if !cross {
		return details
	}
	for _, kind := range []evaluator.Kind{evaluator.Identity, evaluator.Resource, evaluator.Trust, evaluator.Boundary} {
		if l := r.Layer(kind); l != nil {
			details[sourceTypes[kind]] = decisionOut(l.Decision)
		}
	}
	return details
}

// sourceTypes are the names of layers in answers. They differ from those of the API
// model, which AWS does not send (recorded).
var sourceTypes = map[evaluator.Kind]string{
	evaluator.Identity: "IAM Policy",
	evaluator.Boundary: "Permissions Boundary Policy",
	evaluator.Resource: "Resource Policy",
	evaluator.Trust:    "Resource Policy",
}

func decisionOut(d evaluator.Decision) types.PolicyEvaluationDecisionType {
	return types.PolicyEvaluationDecisionType(d.String())
}

// statements returns the MatchedStatements of one resource (recorded): for an allowed
// action the statements that allow it, except those of a boundary; for a denied one all
// that deny it, except those of SCPs; none for an implicit denial or if an SCP denied.
func statements(r *evaluator.Result) []types.Statement {
	layers := []evaluator.Kind{evaluator.Resource, evaluator.Trust, evaluator.Identity}
	effect := evaluator.Allow
	switch {
	case r.Decision == evaluator.ImplicitDeny || r.DeniedBy == evaluator.SCP:
		return nil
	case r.Decision == evaluator.ExplicitDeny:
		layers = []evaluator.Kind{evaluator.Resource, evaluator.Trust, evaluator.Boundary, evaluator.Identity}
		effect = evaluator.Deny
	}
	var out []types.Statement
	for _, kind := range layers {
		for _, match := range r.Matches {
			if match.Layer == kind && match.Effect() == effect {
				out = append(out, statementOut(match))
			}
		}
	}
	return out
}

func statementOut(m evaluator.Match) types.Statement {
	origin := m.Policy.Origin()
	return types.Statement{
		SourcePolicyId: &origin.ID, SourcePolicyType: types.PolicySourceType(origin.Type),
		StartPosition: positionOut(m.Statement.SpanStart), EndPosition: positionOut(m.Statement.SpanEnd),
	}
}

func positionOut(p evaluator.Position) *types.Position {
	return &types.Position{Line: p.Line, Column: p.Column}
}

// restrictive orders decisions: the sum of several resources is the most
// restrictive one.
var restrictive = map[types.PolicyEvaluationDecisionType]int{
	types.PolicyEvaluationDecisionTypeAllowed:      1,
	types.PolicyEvaluationDecisionTypeImplicitDeny: 2,
	types.PolicyEvaluationDecisionTypeExplicitDeny: 3,
}

// sum combines the outcomes of an action's resources: the most restrictive decision, and
// every statement and missing key once.
func sum(outcomes []outcome) outcome {
	total := outcome{decision: evaluator.Allowed}
	statements, keys := map[statementKey]bool{}, map[string]bool{}
	for _, o := range outcomes {
		if restrictive[decisionOut(o.decision)] > restrictive[decisionOut(total.decision)] {
			total.decision = o.decision
		}
		for _, s := range o.matched {
			if key := keyOf(s); !statements[key] {
				statements[key] = true
				total.matched = append(total.matched, s)
			}
		}
		for _, key := range o.missing {
			if !keys[key] {
				keys[key] = true
				total.missing = append(total.missing, key)
			}
		}
		total.boundary = both(total.boundary, o.boundary)
		total.organization = both(total.organization, o.organization)
		total.addDetails(o.details)
	}
	return total
}

// A statementKey identifies a statement of an answer.
type statementKey struct {
	id           string
	kind         types.PolicySourceType
	line, column int32
}

func keyOf(s types.Statement) statementKey {
	return statementKey{*s.SourcePolicyId, s.SourcePolicyType, s.StartPosition.Line, s.StartPosition.Column}
}

// both reports whether both allow. It ignores a nil value, and returns nil if both are nil.
func both(a, b *bool) *bool {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return aws.Bool(*a && *b)
}

func (o *outcome) addDetails(details map[string]types.PolicyEvaluationDecisionType) {
	if details == nil {
		return
	}
	if o.details == nil {
		o.details = map[string]types.PolicyEvaluationDecisionType{}
	}
	for name, d := range details {
		if restrictive[d] > restrictive[o.details[name]] {
			o.details[name] = d
		}
	}
}

// result returns the answer for an action. With named resources it has a result for each
// of them, in the order of the request, repetitions included.
func (m *simulation) result(a *simulatedAction, outcomes []outcome) types.EvaluationResult {
	total := sum(outcomes)
	r := types.EvaluationResult{
		EvalActionName: &a.name, EvalResourceName: aws.String(m.resourceName(a)),
		EvalDecision:      decisionOut(total.decision),
		MatchedStatements: append([]types.Statement{}, total.matched...), MissingContextValues: append([]string{}, total.missing...),
		PermissionsBoundaryDecisionDetail: boundaryDetail(total.boundary),
	}
	if total.organization != nil {
		r.OrganizationsDecisionDetail = &types.OrganizationsDecisionDetail{AllowedByOrganizations: *total.organization}
	}
	if !m.named() {
		return r
	}
	r.EvalDecisionDetails = total.details
	for i, o := range outcomes {
		r.ResourceSpecificResults = append(r.ResourceSpecificResults, resourceResult(m.in.resources[i], o))
	}
	return r
}

// resourceResult returns the result for a resource. Its lists are there even if they are
// empty; empty details are left out (recorded).
func resourceResult(resource string, o outcome) types.ResourceSpecificResult {
	r := types.ResourceSpecificResult{
		EvalResourceName: &resource, EvalResourceDecision: decisionOut(o.decision),
		MatchedStatements: append([]types.Statement{}, o.matched...), MissingContextValues: append([]string{}, o.missing...),
		PermissionsBoundaryDecisionDetail: boundaryDetail(o.boundary),
	}
	if len(o.details) > 0 {
		r.EvalDecisionDetails = o.details
	}
	return r
}

func boundaryDetail(allowed *bool) *types.PermissionsBoundaryDecisionDetail {
	if allowed == nil {
		return nil
	}
	return &types.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: *allowed}
}
