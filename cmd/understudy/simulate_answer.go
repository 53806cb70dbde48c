package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// simulationAnswer is the output of the command.
type simulationAnswer struct {
	requests []simulatedRequest
}

// simulatedRequest is one action on one resource, as --json prints it.
type simulatedRequest struct {
	Action       string               `json:"action"`
	Resource     string               `json:"resource"`
	Decision     string               `json:"decision"`
	Statements   []simulatedStatement `json:"statements"`
	Obstacles    []string             `json:"obstacles"` // why a denied request is not allowed, in English
	Missing      []string             `json:"missingContextKeys"`
	Boundary     *bool                `json:"allowedByPermissionsBoundary,omitempty"`
	Organization *bool                `json:"allowedByOrganizations,omitempty"`

	matched []types.Statement
}

// simulatedStatement is a statement that decided a request.
type simulatedStatement struct {
	Policy string   `json:"policy"`
	Type   string   `json:"type"`
	File   string   `json:"file,omitempty"`
	Start  position `json:"start"`
	End    position `json:"end"`
	Text   string   `json:"text,omitempty"`

	title    string // the name of the policy for people
	document string
	problem  error    // why there is no document
	covering []string // its patterns that cover the action and the resource
	raw      types.Statement
}

type position struct {
	Line   int32 `json:"line"`
	Column int32 `json:"column"`
}

// newSimulationAnswer lists the requests of the results, still without explanations.
func newSimulationAnswer(results []types.EvaluationResult) *simulationAnswer {
	a := &simulationAnswer{}
	for _, r := range results {
		sum := simulatedRequest{
			Action: *r.EvalActionName, Resource: *r.EvalResourceName, Decision: string(r.EvalDecision),
			Missing:  append([]string{}, r.MissingContextValues...),
			Boundary: boundaryAllows(r.PermissionsBoundaryDecisionDetail), Organization: organizationAllows(r.OrganizationsDecisionDetail),
			matched: r.MatchedStatements,
		}
		if len(r.ResourceSpecificResults) == 0 {
			a.requests = append(a.requests, sum)
		}
		for _, s := range r.ResourceSpecificResults {
			a.requests = append(a.requests, simulatedRequest{
				Action: sum.Action, Resource: *s.EvalResourceName, Decision: string(s.EvalResourceDecision),
				Missing:  append([]string{}, s.MissingContextValues...),
				Boundary: boundaryAllows(s.PermissionsBoundaryDecisionDetail), Organization: sum.Organization, matched: s.MatchedStatements,
			})
		}
	}
	return a
}

func boundaryAllows(d *types.PermissionsBoundaryDecisionDetail) *bool {
	if d == nil {
		return nil
	}
	return &d.AllowedByPermissionsBoundary
}

func organizationAllows(d *types.OrganizationsDecisionDetail) *bool {
	if d == nil {
		return nil
	}
	return &d.AllowedByOrganizations
}

// explain finds the statements that decided the request, or the reason why it is not
// allowed; limit names the policy of an organization that does not allow it, if that is
// known.
func (r *simulatedRequest) explain(ctx context.Context, sources *documents, limit string) {
	r.Statements, r.Obstacles = []simulatedStatement{}, []string{}
	for _, s := range r.matched {
		d := simulatedStatement{
			Policy: *s.SourcePolicyId, Type: string(s.SourcePolicyType), raw: s,
			Start: position{s.StartPosition.Line, s.StartPosition.Column}, End: position{s.EndPosition.Line, s.EndPosition.Column},
		}
		file, err := sources.find(ctx, d.Policy)
		d.File, d.title, d.document, d.problem = file.path, file.title, file.text, err
		if err == nil {
			d.Text = statementText(file.text, s)
			d.covering = covering(d.Text, sources.request(r))
		}
		r.Statements = append(r.Statements, d)
	}
	r.keepNeeded(ctx, sources)
	if !r.allowed() { // the policy of a resource may outweigh a boundary
		r.findObstacles(ctx, sources, limit)
	}
}

// findObstacles says why a denied request is not allowed.
func (r *simulatedRequest) findObstacles(ctx context.Context, sources *documents, limit string) {
	obstacle := func(text string) { r.Obstacles = append(r.Obstacles, text) }
	if !sources.strict && len(r.Statements) == 0 && r.foreign() { // as in AWS's simulator, no layer then allows it
		obstacle("the action does not act on such a resource, which AWS's simulator denies and enforcement does not look at")
		return
	}
	switch {
	case !r.limitedByOrganization():
	case limit != "":
		obstacle(limit)
	default:
		obstacle("the service control policies of the organization do not allow it")
	}
	if r.Boundary != nil && !*r.Boundary && !r.deniedBy("Permissions Boundary Policy") {
		obstacle(strings.TrimSpace("the permissions boundary "+sources.boundaryName(ctx)) + " does not allow it")
	}
	if len(r.Obstacles) == 0 && len(r.Statements) == 0 {
		obstacle("no statement allows it")
	}
}

// deniedBy reports whether one of the decisive statements is in a policy of the type.
func (r *simulatedRequest) deniedBy(kind string) bool {
	return slices.ContainsFunc(r.Statements, func(s simulatedStatement) bool { return s.Type == kind })
}

// foreign reports whether the action acts on resources of other types.
func (r *simulatedRequest) foreign() bool {
	a, known := catalog.FindAction(r.Action)
	arn, ok := principal.ParseARN(r.Resource)
	if !known || !ok || a.Accepts(r.Resource) {
		return false
	}
	arn.Region, arn.AccountID = "", ""
	return !a.Accepts(arn.String())
}

// limitedByOrganization reports whether the request is denied and its organization
// does not allow it.
func (r simulatedRequest) limitedByOrganization() bool {
	return !r.allowed() && r.Organization != nil && !*r.Organization
}

// denied counts the requests that are not allowed.
func (a *simulationAnswer) denied() (n int) {
	for _, r := range a.requests {
		if !r.allowed() {
			n++
		}
	}
	return n
}

func (r *simulatedRequest) allowed() bool {
	return r.Decision == string(types.PolicyEvaluationDecisionTypeAllowed)
}

func (a *simulationAnswer) printJSON(w io.Writer) error {
	return writeReport(w, struct {
		Denied   int                `json:"denied"`
		Requests []simulatedRequest `json:"requests"`
	}{a.denied(), a.requests})
}
