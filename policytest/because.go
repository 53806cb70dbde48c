package policytest

import (
	"context"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// checkBecause refuses the name of a statement that no policy has which could deny.
func (w *world) checkBecause(ctx context.Context, s *spec) error {
	b := &s.because
	if !b.statement.given() || slices.Contains(w.sids, b.statement.value) {
		return nil
	}
	known, err := w.otherSids(ctx, s)
	if err != nil || slices.Contains(known, b.statement.value) {
		return err
	}
	known = append(known, w.sids...)
	what := "no statement has the Sid %q"
	if b.either {
		known = append(layerNames(), known...)
		what = "there is no layer %q, and no statement of the state has this Sid"
	}
	if near := spelling.Guess(b.statement.value, known); near != "" {
		return b.statement.at.fault(what+"; did you mean %s?", b.statement.value, near)
	}
	if !b.either {
		return b.statement.at.fault(what, b.statement.value)
	}
	return b.statement.at.fault(what+"; a layer is one of %s", b.statement.value, listed(layerNames(), "and"))
}

// otherSids are those of policies that the row itself names, and of AWS's policies that
// somebody has.
func (w *world) otherSids(ctx context.Context, s *spec) (sids []string, err error) {
	for _, x := range []struct {
		name text
		kind evaluator.Kind
	}{{s.document, evaluator.Resource}, {s.session, evaluator.Session}} {
		if !x.name.given() {
			continue
		}
		source, err := w.readPolicy(x.name, x.kind)
		if err != nil {
			return nil, err
		}
		if doc, err := evaluator.Parse(source); err == nil { // a fault of it is told when it is used
			sids = append(sids, sidsOf(doc)...)
		}
	}
	err = w.view(ctx, func(tx persistence.Tx) error {
		for i := range w.people {
			who, err := w.authorizer.Caller(tx, w.people[i].arn)
			if err != nil {
				return err
			}
			h, err := authz.HolderOf(tx, &principal.Caller{Principal: who})
			if err != nil {
				return err
			}
			var p evaluator.Policies
			if err := w.authorizer.Gather(tx, h, &p); err != nil {
				return err
			}
			for _, policy := range append(p.Identity, p.Boundary) {
				if policy != nil && principal.IsAWSPolicy(policy.Origin().ARN) {
					sids = append(sids, sidsOf(policy.Document())...)
				}
			}
		}
		return nil
	})
	slices.Sort(sids)
	return slices.Compact(sids), err
}

func sidsOf(doc *evaluator.Document) (sids []string) {
	for i := range doc.Statements {
		if sid := doc.Statements[i].Sid; sid != "" {
			sids = append(sids, sid)
		}
	}
	return sids
}
