package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/decisions"
)

// simulationAnswer is what the command prints.
type simulationAnswer struct {
	requests []simulatedRequest
}

// simulatedRequest is one action on one resource, as --json prints it.
type simulatedRequest struct {
	Action       string               `json:"action"`
	Resource     string               `json:"resource"`
	Decision     string               `json:"decision"`
	Statements   []simulatedStatement `json:"statements"`
	Missing      []string             `json:"missingContextKeys"`
	Boundary     *bool                `json:"allowedByPermissionsBoundary,omitempty"`
	Organization *bool                `json:"allowedByOrganizations,omitempty"`
}

// simulatedStatement is a statement that decided a request.
type simulatedStatement struct {
	Policy string   `json:"policy"`
	Type   string   `json:"type"`
	File   string   `json:"file,omitempty"`
	Start  position `json:"start"`
	End    position `json:"end"`
	Text   string   `json:"text,omitempty"`

	document string
	problem  error // why there is no document
	raw      types.Statement
}

type position struct {
	Line   int32 `json:"line"`
	Column int32 `json:"column"`
}

func newSimulationAnswer(ctx context.Context, results []types.EvaluationResult, sources *documents) *simulationAnswer {
	a := &simulationAnswer{}
	for _, r := range results {
		organization := organizationAllows(r.OrganizationsDecisionDetail)
		if len(r.ResourceSpecificResults) == 0 {
			a.requests = append(a.requests, simulatedRequest{
				Action: *r.EvalActionName, Resource: *r.EvalResourceName, Decision: string(r.EvalDecision),
				Statements: describe(ctx, r.MatchedStatements, sources), Missing: append([]string{}, r.MissingContextValues...),
				Boundary: boundaryAllows(r.PermissionsBoundaryDecisionDetail), Organization: organization,
			})
		}
		for _, s := range r.ResourceSpecificResults {
			a.requests = append(a.requests, simulatedRequest{
				Action: *r.EvalActionName, Resource: *s.EvalResourceName, Decision: string(s.EvalResourceDecision),
				Statements: describe(ctx, s.MatchedStatements, sources), Missing: append([]string{}, s.MissingContextValues...),
				Boundary: boundaryAllows(s.PermissionsBoundaryDecisionDetail), Organization: organization,
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

func describe(ctx context.Context, list []types.Statement, sources *documents) []simulatedStatement {
	out := []simulatedStatement{}
	for _, s := range list {
		d := simulatedStatement{
			Policy: *s.SourcePolicyId, Type: string(s.SourcePolicyType), raw: s,
			Start: position{s.StartPosition.Line, s.StartPosition.Column}, End: position{s.EndPosition.Line, s.EndPosition.Column},
		}
		file, err := sources.find(ctx, d.Policy)
		d.File, d.document, d.problem = file.path, file.text, err
		if err == nil {
			d.Text = statementText(file.text, s)
		}
		out = append(out, d)
	}
	return out
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
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Denied   int                `json:"denied"`
		Requests []simulatedRequest `json:"requests"`
	}{a.denied(), a.requests})
}

// printTable prints a table of the requests, and below it why each was decided.
// Documents are quoted in it, so it is cleaned of what a terminal would obey.
func (a *simulationAnswer) printTable(w io.Writer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DECISION\tACTION\tRESOURCE")
	for _, r := range a.requests {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.Decision, r.Action, r.Resource)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i := range a.requests {
		a.requests[i].explain(&b)
	}
	_, err := io.WriteString(w, decisions.CleanLines(b.String()))
	return err
}

// explain says why: the statements that decided, or what did not allow.
func (r *simulatedRequest) explain(w io.Writer) {
	fmt.Fprintf(w, "\n%s on %s: %s\n", r.Action, r.Resource, r.Decision)
	for i := range r.Statements {
		r.Statements[i].explain(w)
	}
	for _, obstacle := range r.obstacles() {
		fmt.Fprintf(w, "  %s\n", obstacle)
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(w, "  policies mention keys that the request lacks: %s\n", decisions.Clean(strings.Join(r.Missing, ", ")))
	}
}

// obstacles are what did not allow a denied request.
func (r *simulatedRequest) obstacles() (list []string) {
	if r.allowed() {
		return nil // the policy of a resource may outweigh a boundary
	}
	if r.Organization != nil && !*r.Organization {
		list = append(list, "the service control policies of the organization do not allow it")
	}
	if r.Boundary != nil && !*r.Boundary {
		list = append(list, "the permissions boundary does not allow it")
	}
	if len(list) == 0 && len(r.Statements) == 0 {
		list = append(list, "no statement allows it")
	}
	if len(r.Statements) == 0 && r.Resource != "*" {
		list = append(list, "(AWS's simulator also says so if the action does not take resources of this type)")
	}
	return list
}

func (s *simulatedStatement) explain(w io.Writer) {
	name := s.Policy
	if s.File != "" {
		name = s.File + ", " + s.Policy
	}
	fmt.Fprintf(w, "  by a statement of %s (%s):\n", name, s.Type)
	if s.problem != nil {
		fmt.Fprintf(w, "  at line %d, column %d; its document cannot be shown: %v\n", s.Start.Line, s.Start.Column, s.problem)
		return
	}
	quote(w, s.document, s.raw)
}
