package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
)

// MayEverything reports whether the principal is an administrator: whether it is
// allowed every action on "*" in its account. These are the actions of the catalogue, and actions.Unknown.
//
// It does not decide each of them. Two actions are decided alike if the same texts in
// Action and NotAction match them, for nothing else in a decision looks at the action.
// So one action of each class is decided. Most principals are out at the first, which is
// actions.Unknown. See actions.Classes.
func (q *Inquiry) MayEverything() (bool, error) {
	return q.withOrWithoutMFA(func() (bool, error) {
		ok, err := q.decide(&Need{Action: actions.Unknown, Resource: "*"})
		if !ok || err != nil {
			return false, err
		}
		texts, err := q.actionTexts()
		if err != nil {
			return false, err
		}
		for _, action := range q.classes.Representatives(texts) {
			if ok, err := q.decide(&Need{Action: action, Resource: "*"}); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// actionTexts are the texts in Action and NotAction on which a decision about the
// principal can depend, each once, in order.
func (q *Inquiry) actionTexts() ([]string, error) {
	p := &q.check.Policies
	texts := addTexts(nil, p.Identity)
	if p.Boundary != nil {
		texts = addTexts(texts, []*evaluator.Policy{p.Boundary})
	}
	for _, level := range p.SCP {
		texts = addTexts(texts, level)
	}
	o, err := q.call.a.Organization(q.tx, q.caller.AccountID)
	if err != nil {
		return nil, err
	}
	if o != nil {
		texts = resourceControlTexts(texts, o.RCP)
	}
	slices.Sort(texts)
	return slices.Compact(texts), nil
}

// addTexts appends the texts of a layer. Where a statement allows everything, the
// others that allow change nothing.
func addTexts(texts []string, layer []*evaluator.Policy) []string {
	everything := slices.ContainsFunc(layer, func(p *evaluator.Policy) bool {
		return slices.ContainsFunc(p.Document().Statements, allowsEverything)
	})
	for _, p := range layer {
		statements := p.Document().Statements
		for i := range statements {
			s := &statements[i]
			if s.Effect == evaluator.Allow && everything {
				continue
			}
			for _, list := range [...][]evaluator.Text{s.Actions, s.NotActions} {
				for _, t := range list {
					texts = append(texts, t.Value)
				}
			}
		}
	}
	return texts
}

// allowsEverything reports whether a statement allows every action on every resource
// without a condition. Of an RCP the statement must be about everybody.
func allowsEverything(s evaluator.Statement) bool {
	has := func(list []evaluator.Text) bool {
		return slices.ContainsFunc(list, func(t evaluator.Text) bool { return t.Value == "*" })
	}
	some := slices.ContainsFunc(s.Principals, func(p evaluator.PrincipalRef) bool { return p.Value != "*" })
	return s.Effect == evaluator.Allow && !some && len(s.NotPrincipals) == 0 && len(s.Conditions) == 0 && has(s.Actions) && has(s.Resources)
}

// resourceControlTexts appends the texts of the RCPs, and of the services to which
// RCPs apply, unless all levels allow everything.
func resourceControlTexts(texts []string, levels [][]*evaluator.Policy) []string {
	before := len(texts)
	for _, level := range levels {
		texts = addTexts(texts, level)
	}
	if len(texts) == before {
		return texts
	}
	for prefix := range rcpServices() {
		texts = append(texts, prefix+":*")
	}
	return append(texts, "kms:RetireGrant")
}
