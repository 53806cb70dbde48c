package policytest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// maxProduct is how many rows a file may have, with all that its lists stand for.
const maxProduct = 200_000

// run decides all rows, in the order of the file.
func (w *world) run(ctx context.Context) (*Report, error) {
	specs := slices.Clone(w.file.specs)
	slices.SortStableFunc(specs, func(a, b spec) int {
		if a.at.Line != b.at.Line {
			return a.at.Line - b.at.Line
		}
		return a.at.Column - b.at.Column
	})
	r := &Report{Rows: []Row{}}
	for i := range specs {
		if err := w.decide(ctx, &specs[i], r); err != nil {
			return nil, err
		}
	}
	if w.coverage != nil {
		r.Coverage = w.coverage.report()
	}
	return r, nil
}

// decide decides the rows that a row of the file stands for.
func (w *world) decide(ctx context.Context, s *spec, r *Report) error {
	if err := w.checkBecause(ctx, s); err != nil {
		return err
	}
	if s.expect == NothingNew {
		return w.decideNew(ctx, s, r)
	}
	people, requests, err := w.meant(ctx, s)
	if err != nil {
		return err
	}
	each := len(people)
	if s.expect == NobodyBut {
		each = 1
	}
	if len(r.Rows)+each*len(requests) > maxProduct {
		return s.at.fault("with this row the file has more than %d rows; split it into several files", maxProduct)
	}
	for i := range requests {
		if s.expect == NobodyBut {
			err = w.decideNobody(ctx, &requests[i], people, r)
		} else {
			err = w.decideEach(ctx, &requests[i], people, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// meant are who acts, and what they do.
func (w *world) meant(ctx context.Context, s *spec) (people []person, requests []request, err error) {
	err = w.view(ctx, func(tx persistence.Tx) (err error) {
		for _, p := range s.principals {
			found, err := w.find(tx, p)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(found, func(p person) bool { return p.caller.Session == nil }); i >= 0 && s.session.given() {
				return s.session.at.fault("%s is not a role, and here session-policy limits sessions of roles alone", found[i].label)
			}
			people = append(people, found...)
		}
		requests, err = w.requests(tx, s)
		return err
	})
	return people, requests, err
}

// requests are all combinations of actions, resources and contexts.
func (w *world) requests(tx persistence.Tx, s *spec) (list []request, err error) {
	own, err := w.resourcePolicy(s)
	if err != nil {
		return nil, err
	}
	session, err := w.sessionPolicy(s)
	if err != nil {
		return nil, err
	}
	var actions []string
	for _, a := range s.actions {
		matched, err := w.file.actionsOf(a)
		if err != nil {
			return nil, err
		}
		actions = append(actions, matched...)
	}
	if len(actions) > maxProduct || len(actions)*len(s.resources)*len(s.contexts) > maxProduct {
		return nil, s.at.fault("the row stands for more than %d rows; split it", maxProduct)
	}
	for _, action := range actions {
		for _, resource := range s.resources {
			if err := w.checkResource(s, action, resource); err != nil {
				return nil, err
			}
			found := own
			if own == nil {
				if found, err = w.declaredPolicy(tx, resource.value); err != nil {
					return nil, err
				}
			}
			for _, c := range s.contexts {
				list = append(list, request{s, action, resource, c, found, session})
			}
		}
	}
	return list, nil
}

// resourcePolicy is the policy that the row itself names; nil: none.
func (w *world) resourcePolicy(s *spec) (*declared, error) {
	if !s.document.given() {
		return nil, nil
	}
	document, err := w.readPolicy(s.document, evaluator.Resource)
	if err != nil {
		return nil, err
	}
	return &declared{document: document}, nil
}

// sessionPolicy is the policy that the row's sessions are limited by; empty: none.
func (w *world) sessionPolicy(s *spec) (string, error) {
	if !s.session.given() {
		return "", nil
	}
	return w.readPolicy(s.session, evaluator.Session)
}

// checkResource refuses what is not an ARN, and warns of rows that say nothing.
func (w *world) checkResource(s *spec, action string, resource text) error {
	arn, ok := principal.ParseARN(resource.value)
	switch {
	case resource.value == "*":
		return nil
	case !ok:
		return resource.at.fault("resource %q is not an ARN; give one such as %s, or *", resource.value,
			w.partition().ARN(principal.ARN{Service: "s3", Resource: "bucket/key"}))
	case !w.partition().Is(arn):
		return resource.at.fault("resource %q is of the partition %s, and the state is of %s", resource.value, arn.Partition, w.partition())
	}
	a, known := catalog.FindAction(action)
	table := len(s.resources) > 1 || len(s.actions) > 1 || s.actions[0].value != action
	if !known || a.Accepts(resource.value) || table {
		return nil // in a table it is natural that some pairs do not fit
	}
	w.options.Warn(&Fault{
		File: w.file.name, Line: resource.at.Line, Column: resource.at.Column,
		Reason: fmt.Sprintf("%s does not act on %s, so that the row is about a call that nobody can make", action, resource.value),
	})
	return nil
}

// decideEach decides a request for each of the people.
func (w *world) decideEach(ctx context.Context, q *request, people []person, r *Report) error {
	for i := range people {
		d, err := w.ask(ctx, q, w.question(q, people[i].caller))
		if err != nil {
			return err
		}
		row := w.row(q)
		row.Principal = people[i].label
		c := decided(d)
		switch {
		case c != nil:
			row.Decision, row.Failure = c.Result.Decision.String(), q.spec.judge(&c.Result)
			if !c.Result.Allowed() {
				row.DeniedBy = c.Result.DeniedBy.String()
			}
			if err := w.cover(ctx, q, c, row.Failure == ""); err != nil {
				return err
			}
		default:
			row.Decision, row.Failure = unasked(d, q.spec)
		}
		if row.Passed = row.Failure == ""; !row.Passed {
			if row.Record, err = w.record(ctx, d); err != nil {
				return err
			}
		}
		r.add(&row)
	}
	return nil
}

// unasked is the decision that was made without policies: of an action that everybody may
// do, or of credentials that can never do it.
func unasked(d *authz.Decision, s *spec) (decision, failure string) {
	allowed := d.Denial == nil
	switch {
	case allowed && s.expect == Deny:
		failure = "it is allowed: the operation needs no permission"
	case !allowed && s.expect == Allow:
		failure = "it is denied: " + d.Denial.Error()
	case !allowed && s.because.given():
		failure = "it is denied, but not by a policy: " + d.Denial.Error()
	}
	if allowed {
		return "allowed", failure
	}
	return "explicitDeny", failure
}

// row is the row of a request, without who acts.
func (w *world) row(q *request) Row {
	s := q.spec
	row := Row{
		File: w.file.name, Line: s.at.Line, Column: s.at.Column, Name: s.name.value, Expect: s.expect, Action: q.action,
		Resource: q.resource.value, Because: s.because.text(),
		SessionPolicy: s.session.value,
	}
	for i := range q.context {
		if row.Context == nil {
			row.Context = map[string][]string{}
		}
		row.Context[q.context[i].name.value] = q.context[i].values
	}
	return row
}

func sortedNames(m map[string][]string) []string { return slices.Sorted(maps.Keys(m)) }
