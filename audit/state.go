package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// state is what an audit looks at: one account, as one transaction shows it.
type state struct {
	ctx     context.Context
	tx      persistence.Tx
	o       *Options
	own     principal.Account
	inquiry *authz.Inquiry
	classes actions.Classes
	people  []*person // roles by name, and then users by name
	report  *Report

	inventory *inventory // see things
	documents []*written // see writtenDocuments
	calls     *used      // see uses
	linted    map[lintKey][]lint.Finding
	able      map[string][]*person // see candidates
}

// A person is a user or role of the account.
type person struct {
	standing *authz.Standing
	index    int // in state.people
}

func (p *person) arn() string  { return p.standing.ARN() }
func (p *person) isRole() bool { return p.standing.Holder().Kind == "role" }
func (p *person) name() string { return p.standing.Holder().Name }
func (p *person) id() string   { return p.standing.Holder().ID }

func newState(ctx context.Context, tx persistence.Tx, o *Options) (*state, error) {
	if o.Partition == "" {
		o.Partition = principal.AWS
	}
	s := &state{
		ctx: ctx, tx: tx, o: o, own: o.Partition.In(o.Account),
		report: &Report{Account: o.Account, Generated: o.Now.UTC(), Findings: []Finding{}, Paths: []Path{}},
	}
	s.inquiry = o.Authorizer.Inquire(ctx, tx, principal.Request{Time: o.Now, SecureTransport: true}, &s.classes).Choosing()
	for st, err := range o.Authorizer.Standings(tx, o.Account) {
		if err != nil {
			return nil, err
		}
		s.people = append(s.people, &person{standing: st, index: len(s.people)})
	}
	s.report.Principals = len(s.people)
	return s, nil
}

func (s *state) progress(part string, done, all int) {
	if s.o.Progress != nil {
		s.o.Progress(part, done, all)
	}
}

// find adds a finding of the check.
func (s *state) find(c *Check, f Finding) {
	f.ID, f.Severity, f.Why, f.References = c.ID, c.Severity, c.Why, c.References
	if f.Title == "" {
		f.Title = c.Title
	}
	if f.Evidence == nil {
		f.Evidence = []Evidence{}
	}
	if f.Fix == nil {
		f.Fix = []string{}
	}
	s.report.Findings = append(s.report.Findings, f)
}

// fact is evidence that is no statement.
func fact(text string) Evidence { return Evidence{Text: text} }

// statement is evidence of a statement in a policy.
func (s *state) statement(p *evaluator.Policy, st *evaluator.Statement) Evidence {
	e := Evidence{Policy: policyName(p), Line: st.Start.Line, Column: st.Start.Column, Text: quoted(p, st)}
	if s.o.Source == nil {
		return e
	}
	if file, at, ok := s.o.Source(p.Document().Source(), st.Start); ok {
		e.File, e.Line, e.Column = file, at.Line, at.Column
	}
	return e
}

// policyName is a managed policy's ARN, and else what people call the policy.
func policyName(p *evaluator.Policy) string {
	o := p.Origin()
	switch {
	case o.ARN != "":
		return o.ARN
	case o.Name != "":
		return o.Name
	}
	return o.ID
}

// maxQuoted bounds a statement that is quoted, in bytes.
const maxQuoted = 300

// quoted is the statement as it is written, on one line and cut if it is long.
func quoted(p *evaluator.Policy, st *evaluator.Statement) string {
	var b bytes.Buffer
	text := p.Document().TextOf(st)
	if json.Compact(&b, []byte(text)) == nil {
		text = b.String()
	}
	if len(text) <= maxQuoted {
		return text
	}
	return strings.ToValidUTF8(text[:maxQuoted], "") + "…"
}
