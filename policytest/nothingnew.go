package policytest

import (
	"context"
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
	"github.com/understudy-iam/understudy/evaluator/lint"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// subject is what is compared with a baseline.
type subject struct {
	label, principal string
	source           string
}

// decideNew compares each policy, or what each principal has, with each baseline.
func (w *world) decideNew(ctx context.Context, s *spec, r *Report) error {
	subjects, err := w.subjects(ctx, s)
	if err != nil {
		return err
	}
	if len(r.Rows)+len(subjects)*len(s.baselines) > maxProduct {
		return s.at.fault("with this row the file has more than %d rows; split it into several files", maxProduct)
	}
	for _, subject := range subjects {
		for _, baseline := range s.baselines {
			row := Row{
				File: w.file.name, Line: s.at.Line, Column: s.at.Column, Name: s.name.value, Expect: s.expect, Policy: subject.label,
				Principal: subject.principal, Baseline: baseline.value,
			}
			grants, doc, err := w.newGrants(s, &subject, baseline)
			if err != nil {
				return err
			}
			if row.Passed = len(grants) == 0; !row.Passed {
				row.Failure = fmt.Sprintf("it grants what %s does not grant", baseline.value)
			}
			for i := range grants[:min(len(grants), maxFound)] {
				row.Found = append(row.Found, grantText(doc, &grants[i]))
			}
			r.add(&row)
		}
	}
	return nil
}

// subjects are the policies that the row names, and of each principal all its
// identity-based policies together.
func (w *world) subjects(ctx context.Context, s *spec) (list []subject, err error) {
	for _, name := range s.policies {
		source, err := w.readPolicy(name)
		if err != nil {
			return nil, err
		}
		list = append(list, subject{label: name.value, source: source})
	}
	err = w.view(ctx, func(tx persistence.Tx) error {
		for _, written := range s.principals {
			people, err := w.find(tx, written)
			if err != nil {
				return err
			}
			for i := range people {
				source, err := w.union(tx, written, &people[i])
				if err != nil {
					return err
				}
				list = append(list, subject{people[i].label, people[i].label, source})
			}
		}
		return nil
	})
	return list, err
}

// union is one document with all statements of a principal's identity-based policies.
func (w *world) union(tx persistence.Tx, written text, p *person) (string, error) {
	if p.kind == "" {
		return "", written.at.fault("%s has no policies to compare; name a user or a role", written.value)
	}
	h, err := authz.HolderOf(tx, &principal.Caller{Principal: p.caller})
	if err != nil {
		return "", err
	}
	var policies evaluator.Policies
	if err := w.authorizer.Gather(tx, h, &policies); err != nil {
		return "", err
	}
	var statements []string
	for _, policy := range policies.Identity {
		doc := policy.Document()
		if doc.Version != evaluator.Version2012 && strings.Contains(doc.Source(), "${") {
			return "", written.at.fault("%s of %s has no Version 2012-10-17, so that ${ means another thing in it than in others; compare it alone",
				policy.Origin().Name, written.value)
		}
		for i := range doc.Statements {
			statements = append(statements, doc.Text(i))
		}
	}
	return `{"Version":"` + evaluator.Version2012 + `","Statement":[` + strings.Join(statements, ",\n") + `]}`, nil
}

// newGrants are what a policy grants and the baseline does not.
func (w *world) newGrants(s *spec, of *subject, baseline text) ([]compare.Grant, *evaluator.Document, error) {
	doc, err := evaluator.Parse(of.source)
	if err != nil {
		return nil, nil, s.at.fault("%s: %v", of.label, err)
	}
	source, err := w.readPolicy(baseline)
	if err != nil {
		return nil, nil, err
	}
	old, err := evaluator.Parse(source)
	if err != nil {
		return nil, nil, baseline.at.fault("%s: %v", baseline.value, err)
	}
	kind := s.kind
	if kind == evaluator.NoKind {
		kind = lint.Guess(of.source)
	}
	grants, err := compare.Compare(old, doc, kind)
	if err != nil {
		return nil, nil, s.at.fault("%s: %v", of.label, err)
	}
	return grants, doc, nil
}

// grantText shows a grant with a request as an example.
func grantText(doc *evaluator.Document, g *compare.Grant) string {
	s := &doc.Statements[g.Statement]
	name := fmt.Sprintf("statement %d", g.Statement+1)
	if s.Sid != "" {
		name = "statement " + s.Sid
	}
	lines := []string{g.Action + " on " + g.Resource}
	if len(s.Principals)+len(s.NotPrincipals) > 0 {
		lines = append(lines, "by "+g.Caller.Text)
	}
	for _, v := range g.Context {
		lines = append(lines, "with "+v.Key+"="+strings.Join(v.Values, ","))
	}
	lines = append(lines, "allowed by "+name)
	if !g.Proved {
		lines = append(lines, "not proved: no request was found that shows it, and no proof that there is none")
	}
	return strings.Join(lines, "\n")
}
