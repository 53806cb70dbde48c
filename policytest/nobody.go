package policytest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// maxFound is how many principals or grants a row lists that should not be.
const maxFound = 20

// decideNobody asks about all users and roles of the state: nobody may do it but those who
// are named.
func (w *world) decideNobody(ctx context.Context, q *request, but []person, r *Report) error {
	row := w.row(q)
	var labels []string
	for _, p := range q.spec.principals {
		labels = append(labels, p.value)
	}
	row.Principal = strings.Join(labels, ", ")
	named := map[string]bool{}
	for i := range but {
		named[but[i].arn] = true
	}
	others := 0
	for i := range w.people {
		p := &w.people[i]
		if named[p.arn] {
			continue
		}
		d, err := w.askAnyhow(ctx, q, p)
		if err != nil {
			return err
		}
		if d.Denial != nil {
			continue
		}
		if others++; others <= maxFound {
			row.Found = append(row.Found, w.allowedBy(p, d))
		}
	}
	if row.Passed = others == 0; !row.Passed {
		row.Failure = fmt.Sprintf("%s may too", people(others, len(but) > 0))
	}
	r.add(&row)
	return nil
}

// people counts those who should not be allowed.
func people(n int, others bool) string {
	word := "principal"
	if n != 1 {
		word += "s"
	}
	if others {
		word = "other " + word
	}
	return fmt.Sprintf("%d %s", n, word)
}

// askAnyhow asks about a principal, and if it is denied and its policies may ask for MFA,
// again with it: a second device is as much the principal's own as its key.
func (w *world) askAnyhow(ctx context.Context, r *request, p *person) (*authz.Decision, error) {
	if p.caller.ARN == "" {
		err := w.view(ctx, func(tx persistence.Tx) (err error) {
			p.caller, err = w.authorizer.Caller(tx, p.arn)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	q := w.question(r, p.caller)
	d, err := w.ask(ctx, r, q)
	if err != nil {
		return nil, err
	}
	if c := decided(d); c != nil {
		if err := w.cover(ctx, r, c, !c.Result.Allowed()); err != nil {
			return nil, err
		}
		if c.Result.Allowed() || !c.Policies.Mention(isOfMFA) || r.saysMFA() {
			return d, nil
		}
	}
	q = w.question(r, p.caller)
	q.Keys = append(q.Keys, authz.String(mfaPrefix+"Present", "true"), authz.String(mfaPrefix+"Age", "0"))
	if d, err = w.ask(ctx, r, q); err != nil {
		return nil, err
	}
	if c := decided(d); c != nil {
		err = w.cover(ctx, r, c, !c.Result.Allowed())
	}
	return d, err
}

const mfaPrefix = "aws:MultiFactorAuth"

func isOfMFA(key string) bool {
	return len(key) >= len(mfaPrefix) && strings.EqualFold(key[:len(mfaPrefix)], mfaPrefix)
}

// saysMFA reports whether the row itself says whether MFA was used.
func (r *request) saysMFA() bool {
	return slices.ContainsFunc(r.context, func(k key) bool { return isOfMFA(k.name.value) })
}

// allowedBy names a principal and the statements that let it.
func (w *world) allowedBy(p *person, d *authz.Decision) string {
	lines := []string{p.arn}
	for i := range d.Checks {
		for _, m := range d.Checks[i].Result.Matches {
			switch m.Layer {
			case evaluator.Identity, evaluator.Resource, evaluator.Trust:
				if m.Effect() == evaluator.Allow {
					covered := w.covered(m.Policy, m.Statement)
					lines = append(lines, "by "+strings.ReplaceAll(covered.Name(), "\u00a0", " "))
				}
			}
		}
	}
	return strings.Join(lines, "\n")
}
