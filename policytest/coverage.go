package policytest

import (
	"context"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
)

// Coverage says how well rows test the statements of the state. AWS's own policies do not
// count.
type Coverage struct {
	Statements []Covered `json:"statements"` // in the order of the state
	Tested     int       `json:"tested"`     // how many of them a row needs
}

// Covered is a statement and how it is tested.
type Covered struct {
	Policy string            `json:"policy"` // what people call it
	Index  int               `json:"index"`  // of the statement, from 0
	Sid    string            `json:"sid,omitempty"`
	Effect string            `json:"effect"`
	Line   int32             `json:"line"` // in the document
	Column int32             `json:"column"`
	Source *decisions.Source `json:"source,omitempty"` // in the files of the state
	Text   string            `json:"text"`

	// Touched is how many decisions of rows the statement took part in. Tested says that a
	// row which passes would fail without the statement.
	Touched int  `json:"touched"`
	Tested  bool `json:"tested"`
}

// Percent is how many of a hundred statements are tested, rounded down; 100 if there are
// none.
func (c *Coverage) Percent() int {
	if len(c.Statements) == 0 {
		return 100
	}
	return 100 * c.Tested / len(c.Statements)
}

// coverage finds out which statements are tested: it removes each that took part in a
// decision, and decides again.
type coverage struct {
	world      *world
	statements []*Covered
	byKey      map[statementKey]*Covered
	without    map[withoutKey]*evaluator.Policy // policies that lack one statement
	policies   evaluator.Policies               // memory of the last decision
	result     evaluator.Result
}

type statementKey struct {
	document string
	index    int
}

type withoutKey struct {
	policy *evaluator.Policy
	index  int
}

func newCoverage(w *world) *coverage {
	return &coverage{world: w, byKey: map[statementKey]*Covered{}, without: map[withoutKey]*evaluator.Policy{}}
}

// add adds the statements of documents.
func (c *coverage) add(documents []document) {
	for i := range documents {
		d := &documents[i]
		doc := d.policy.Document()
		for n := range doc.Statements {
			s := &doc.Statements[n]
			key := statementKey{d.key, n}
			if c.byKey[key] != nil { // two resources have the same policy
				continue
			}
			covered := c.world.covered(d.policy, s)
			c.byKey[key] = &covered
			c.statements = append(c.statements, &covered)
		}
	}
}

// covered is a statement that nothing has touched yet.
func (w *world) covered(p *evaluator.Policy, s *evaluator.Statement) Covered {
	doc := p.Document()
	return Covered{
		Policy: p.Origin().Name, Index: s.Index, Sid: s.Sid, Effect: s.Effect.String(), Line: s.Start.Line, Column: s.Start.Column,
		Source: w.source(doc.Source(), s.Start), Text: doc.Text(s.Index),
	}
}

func (c *coverage) report() *Coverage {
	r := &Coverage{Statements: []Covered{}}
	for _, s := range c.statements {
		if r.Statements = append(r.Statements, *s); s.Tested {
			r.Tested++
		}
	}
	return r
}

// cover notes which statements took part in a decision, and which of them a row that
// passes needs. A statement that took no part changes nothing when it is removed.
func (w *world) cover(ctx context.Context, r *request, k *authz.Check, passes bool) error {
	c := w.coverage
	if c == nil {
		return nil
	}
	for _, m := range k.Result.Matches {
		key := statementKey{keyOf(k, m.Policy), m.Statement.Index}
		s := c.byKey[key]
		if s == nil {
			continue
		}
		if s.Touched++; s.Tested || !passes {
			continue
		}
		if err := c.decide(ctx, k, key); err != nil {
			return err
		}
		if r.spec.expect == NobodyBut {
			s.Tested = c.result.Allowed()
		} else {
			s.Tested = r.spec.judge(&c.result) != ""
		}
	}
	return nil
}

// decide decides a check again without a statement, wherever its policy takes part.
func (c *coverage) decide(ctx context.Context, k *authz.Check, key statementKey) (err error) {
	one := func(p *evaluator.Policy) *evaluator.Policy {
		if p == nil || keyOf(k, p) != key.document {
			return p
		}
		var less *evaluator.Policy
		if less, err = c.lacking(p, key.index); err != nil {
			return p
		}
		return less
	}
	list := func(policies []*evaluator.Policy) []*evaluator.Policy {
		policies = slices.Clone(policies)
		for i := range policies {
			policies[i] = one(policies[i])
		}
		return policies
	}
	levels := func(levels [][]*evaluator.Policy) [][]*evaluator.Policy {
		levels = slices.Clone(levels)
		for i := range levels {
			levels[i] = list(levels[i])
		}
		return levels
	}
	p := &c.policies
	*p = k.Policies
	p.Identity, p.Session, p.Limits = list(p.Identity), list(p.Session), list(p.Limits)
	p.Boundary, p.Resource = one(p.Boundary), one(p.Resource)
	p.SCP, p.RCP = levels(p.SCP), levels(p.RCP)
	if err != nil {
		return err
	}
	return authz.EvaluateContext(ctx, &k.Request, p, &c.result)
}

// lacking is the policy without a statement.
func (c *coverage) lacking(p *evaluator.Policy, index int) (*evaluator.Policy, error) {
	key := withoutKey{p, index}
	if less := c.without[key]; less != nil {
		return less, nil
	}
	less, err := withoutStatement(p.Document(), index).Compile(p.Kind(), p.Origin())
	if err == nil {
		c.without[key] = less
	}
	return less, err
}

// withoutStatement is a document without one of its statements.
func withoutStatement(d *evaluator.Document, index int) *evaluator.Document {
	less := *d
	less.Statements = slices.Delete(slices.Clone(d.Statements), index, index+1)
	for i := range less.Statements {
		less.Statements[i].Index = i
	}
	return &less
}
