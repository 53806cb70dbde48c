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
	parts            []statementKey // of the statements, in the order of the source; none: it is not of the state
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
			if row.Passed {
				if err := w.coverNew(s, &subject, baseline); err != nil {
					return err
				}
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
		source, err := w.readPolicy(name, evaluator.NoKind)
		if err != nil {
			return nil, err
		}
		list = append(list, subject{label: name.value, source: source, parts: w.partsOf(source)})
	}
	err = w.view(ctx, func(tx persistence.Tx) error {
		for _, written := range s.principals {
			people, err := w.find(tx, written)
			if err != nil {
				return err
			}
			for i := range people {
				one, err := w.union(tx, written, &people[i])
				if err != nil {
					return err
				}
				list = append(list, one)
			}
		}
		return nil
	})
	return list, err
}

// partsOf are the statements of a managed policy of the state with the document.
func (w *world) partsOf(source string) (parts []statementKey) {
	for i := range w.documented {
		d := &w.documented[i]
		if doc := d.policy.Document(); isARN(d.key) && doc.Source() == source {
			for n := range doc.Statements {
				parts = append(parts, statementKey{d.key, n})
			}
			return parts
		}
	}
	return nil
}

// union is one document with all statements of a principal's identity-based policies.
func (w *world) union(tx persistence.Tx, written text, p *person) (subject, error) {
	all := subject{label: p.label, principal: p.label}
	if p.kind == "" {
		return all, written.at.fault("%s has no policies to compare; name a user or a role", written.value)
	}
	h, err := authz.HolderOf(tx, &principal.Caller{Principal: p.caller})
	if err != nil {
		return all, err
	}
	var policies evaluator.Policies
	if err := w.authorizer.Gather(tx, h, &policies); err != nil {
		return all, err
	}
	var statements []string
	for _, policy := range policies.Identity {
		doc := policy.Document()
		if doc.Version != evaluator.Version2012 && strings.Contains(doc.Source(), "${") {
			return all, written.at.fault("%s of %s has no Version 2012-10-17, so that ${ means another thing in it than in others; compare it alone",
				policy.Origin().Name, written.value)
		}
		for i := range doc.Statements {
			statements = append(statements, doc.Text(i))
			all.parts = append(all.parts, statementKey{keyOfIdentity(h.Account, policy), i})
		}
	}
	all.source = `{"Version":"` + evaluator.Version2012 + `","Statement":[` + strings.Join(statements, ",\n") + `]}`
	return all, nil
}

// coverNew finds out which statements that deny keep the policy from granting something
// new. Without one that allows it grants less.
func (w *world) coverNew(s *spec, of *subject, baseline text) error {
	if w.coverage == nil || len(of.parts) == 0 {
		return nil
	}
	doc, err := evaluator.Parse(of.source)
	if err != nil {
		return err
	}
	for i := range doc.Statements {
		c := w.coverage.byKey[of.parts[i]]
		if c == nil || doc.Statements[i].Effect != evaluator.Deny {
			continue
		}
		if c.Touched++; c.Tested {
			continue
		}
		grants, err := w.compare(s, of, withoutStatement(doc, i), baseline)
		if err != nil {
			return err
		}
		c.Tested = len(grants) > 0
	}
	return nil
}

// newGrants are what a policy grants and the baseline does not.
func (w *world) newGrants(s *spec, of *subject, baseline text) ([]compare.Grant, *evaluator.Document, error) {
	doc, err := evaluator.Parse(of.source)
	if err != nil {
		return nil, nil, s.at.fault("%s: %v", of.label, err)
	}
	grants, err := w.compare(s, of, doc, baseline)
	return grants, doc, err
}

func (w *world) compare(s *spec, of *subject, doc *evaluator.Document, baseline text) ([]compare.Grant, error) {
	source, err := w.readPolicy(baseline, evaluator.NoKind)
	if err != nil {
		return nil, err
	}
	old, err := evaluator.Parse(source)
	if err != nil {
		return nil, baseline.at.fault("%s: %v", baseline.value, err)
	}
	kind := s.kind
	if kind == evaluator.NoKind {
		kind = lint.Guess(of.source)
	}
	if err := compare.Fits(old, kind); err != nil {
		return nil, baseline.at.fault("%s: %v", baseline.value, err)
	}
	grants, err := compare.Compare(old, doc, kind)
	if err != nil {
		return nil, s.at.fault("%s: %v", of.label, err)
	}
	return grants, nil
}

// grantText shows a grant with a request as an example.
func grantText(doc *evaluator.Document, g *compare.Grant) string {
	lines := []string{g.Action + " on " + g.Resource}
	by := "denied by no statement any longer"
	if g.Statement != compare.FullAccess {
		s := &doc.Statements[g.Statement]
		by = fmt.Sprintf("allowed by statement %d", g.Statement+1)
		if s.Sid != "" {
			by = "allowed by statement " + s.Sid
		}
		if len(s.Principals)+len(s.NotPrincipals) > 0 {
			lines = append(lines, "by "+g.Caller.Text)
		}
	}
	for _, v := range g.Context {
		lines = append(lines, "with "+v.Key+"="+strings.Join(v.Values, ","))
	}
	lines = append(lines, by)
	if !g.Proved {
		lines = append(lines, "not proved: no request was found that shows it, and no proof that there is none")
	}
	return strings.Join(lines, "\n")
}
