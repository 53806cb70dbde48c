package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// rcp looks at a statement of a resource control policy.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
func (l *linter) rcp(s *statement) {
	if l.kind != evaluator.RCP {
		return
	}
	if s.allows() {
		l.report(RCPSyntaxErrorAllow, s.effect.spot)
	}
	if s.has("NotAction") {
		l.report(RCPSyntaxErrorNotAction, s.members["NotAction"])
	}
	everyone := len(s.principals) == 1 && s.principals[0].kind == "" && s.principals[0].text == "*"
	if at := s.principalElement(); at.path != s.path && (!everyone || s.notPrincipal()) {
		l.report(RCPSyntaxErrorPrincipal, at)
	}
	for _, a := range s.actions {
		if a.text == "*" {
			l.report(RCPSyntaxErrorAction, a.spot)
		}
	}
	if s.effect.text == "Deny" {
		l.perimeter(s)
	}
}

// Keys that an RCP compares to keep strangers out: those of callers, and those of
// whoever a service calls for.
var (
	ownCallers = []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount"}
	ownSources = []string{"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount"}
)

// perimeter looks for denials of whoever is not from the own organization, which hit
// services too. What AWS checks exactly is not known; the rules are those of its examples.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
func (l *linter) perimeter(s *statement) {
	const isService = "aws:PrincipalIsAWSService"
	null := slices.ContainsFunc(s.conditions, func(c *condition) bool {
		return c.known && c.op.Type == evaluator.NullValue && strings.HasPrefix(lower(c.key), "aws:source")
	})
	for _, c := range s.conditions {
		is := func(key string) bool { return strings.EqualFold(key, c.key) }
		switch {
		case !c.op.Negated:
		case slices.ContainsFunc(ownCallers, is):
			if !s.looksAt(isService) {
				l.report(RCPMissingRelatedPrincipalConditionKey, c.keyAt, c.key)
			}
		case slices.ContainsFunc(ownSources, is):
			if !s.looksAt(isService) {
				l.report(RCPMissingRelatedServicePrincipalConditionKey, c.keyAt, c.key)
			}
			if !null {
				l.report(RCPMissingServiceConditionKeyNullCheck, c.keyAt, c.key)
			}
		}
	}
}
