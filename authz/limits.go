package authz

import (
	"strconv"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// sessionLimits gathers the policies that must allow a session's calls in addition to its
// identity's policies and its own session policies: for delegated credentials those that
// limited the approver's session, and for GetScopedCredentials the scope-down policies.
func (a *Authorizer) sessionLimits(s *principal.Session, into *evaluator.Policies) error {
	for _, document := range s.Limits {
		if err := a.limit("delegation", document, into); err != nil {
			return err
		}
	}
	for i, document := range s.ScopeDown {
		if err := a.limit("scope-down policy "+strconv.Itoa(i+1), document, into); err != nil {
			return err
		}
	}
	return nil
}

func (a *Authorizer) limit(name, document string, into *evaluator.Policies) error {
	p, err := a.cache.compile(&policyKey{kind: evaluator.Session, name: name, document: document, called: name}, document)
	if err == nil {
		into.Limits = append(into.Limits, p)
	}
	return err
}
