package policytest

import (
	"context"
	"errors"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

// request is one combination of a row's lists, but for who acts.
type request struct {
	spec     *spec
	action   string
	resource text
	context  []key
	declared *declared // of the resource
	session  string    // a session policy; empty: none
}

// question is the request of a caller.
func (w *world) question(r *request, p principal.Principal) *authz.Question {
	service, operation, _ := strings.Cut(r.action, ":")
	c := &principal.Caller{Principal: p, Request: principal.Request{
		Time: w.options.Now, Received: w.options.Now, Service: service, Operation: operation, SecureTransport: true,
	}}
	if c.Session != nil {
		session := *c.Session
		session.IssuedAt, session.Policy = w.options.Now, r.session
		c.Session = &session
	}
	q := &authz.Question{
		Caller: c, Action: r.action, Resource: r.resource.value, Owner: r.spec.owner.value, Enforce: true, Stored: iam.StoredNeed,
		ResourcePolicy: r.declared.document,
	}
	if q.Owner == "" {
		q.Owner = r.declared.owner
	}
	for i := range w.file.context {
		q.Keys = append(q.Keys, w.file.context[i].asked())
	}
	for i := range r.context {
		q.Keys = append(q.Keys, r.context[i].asked())
	}
	return q
}

// ask decides a question.
func (w *world) ask(ctx context.Context, r *request, q *authz.Question) (*authz.Decision, error) {
	d, err := w.authorizer.Ask(ctx, q)
	var syntax *evaluator.SyntaxError
	if errors.As(err, &syntax) && r.spec.document.given() {
		return nil, r.spec.document.at.fault("%s: %v", r.spec.document.value, err)
	}
	return d, err
}

// maxExplained is how many rows are explained with the statements that come close, which
// takes long to find.
const maxExplained = 50

// record explains a decision.
func (w *world) record(ctx context.Context, d *authz.Decision) (*decisions.Record, error) {
	events.Note(d.Caller, d)
	e := &events.Event{Caller: d.Caller, Origin: events.Asked}
	if w.explained++; w.explained > maxExplained {
		return decisions.NewSummary(e), nil
	}
	record, err := decisions.NewRecord(ctx, e, w.facts(ctx))
	if err != nil {
		return nil, err
	}
	for i := range record.Checks { // what to do is to change the files, not to call IAM
		record.Checks[i].Advice = nil
	}
	return record, nil
}
