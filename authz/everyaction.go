package authz

import (
	"slices"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
)

// MayEverything reports whether the principal is an administrator: whether it is allowed
// every action of the catalogue, and actions.Unknown, on "*" in its account.
//
// It does not decide each of them. Two actions are decided in the same way if the same
// patterns in Action and NotAction match them, since nothing else in a decision depends on
// the action. So one action of each class is decided, see actions.Classes. Most principals
// are denied the first one, which is actions.Unknown.
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

// actionTexts returns the patterns in Action and NotAction on which a decision about the
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

// addTexts appends the patterns of a layer. If a statement allows everything, other Allow
// statements make no difference.
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
// without a condition. A statement of an RCP must also be about every principal.
func allowsEverything(s evaluator.Statement) bool {
	has := func(list []evaluator.Text) bool {
		return slices.ContainsFunc(list, func(t evaluator.Text) bool { return t.Value == "*" })
	}
	some := slices.ContainsFunc(s.Principals, func(p evaluator.PrincipalRef) bool { return p.Value != "*" })
	return s.Effect == evaluator.Allow && !some && len(s.NotPrincipals) == 0 && len(s.Conditions) == 0 && has(s.Actions) && has(s.Resources)
}

// resourceControlTexts appends the patterns of the RCPs, and those for the services to
// which RCPs apply, unless all levels allow everything.
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
