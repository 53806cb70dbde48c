package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// reach is what a caller can do by an action on itself, on a group that it belongs to, or
// on a policy that it has.
type reach uint8

const (
	noReach   reach = iota
	gives           // it gives itself permissions
	takes           // it removes policies from itself, including those that deny
	unbars          // it changes its permissions boundary
	retags          // it changes its tags
	rewrites        // it gives a policy another document
	rewritten       // the same, of its permissions boundary
)

// reaches are the actions that change what their caller may do where it is their own
// resource, in lower case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
var reaches = map[string]reach{
	"iam:putuserpolicy": gives, "iam:attachuserpolicy": gives, "iam:putrolepolicy": gives, "iam:attachrolepolicy": gives,
	"iam:putgrouppolicy": gives, "iam:attachgrouppolicy": gives,
	"iam:deleteuserpolicy": takes, "iam:detachuserpolicy": takes, "iam:deleterolepolicy": takes, "iam:detachrolepolicy": takes,
	"iam:deletegrouppolicy": takes, "iam:detachgrouppolicy": takes, "iam:removeuserfromgroup": takes,
	"iam:putuserpermissionsboundary": unbars, "iam:deleteuserpermissionsboundary": unbars,
	"iam:putrolepermissionsboundary": unbars, "iam:deleterolepermissionsboundary": unbars,
	"iam:taguser": retags, "iam:untaguser": retags, "iam:tagrole": retags, "iam:untagrole": retags,
	"iam:createpolicyversion": rewrites, "iam:setdefaultpolicyversion": rewrites,
}

// ofItself is how the action of the request lets the caller change its own permissions.
func (st *state) ofItself() reach {
	r := &st.request
	by := reaches[strings.ToLower(r.Action)]
	if by == noReach || r.Principal.Kind != evaluator.User && r.Principal.Kind != evaluator.RoleSession {
		return noReach
	}
	if r.Resource == r.Principal.EntityARN {
		return by
	}
	if b := st.policies.Boundary; b != nil && by == rewrites && b.Origin().ARN == r.Resource {
		return rewritten
	}
	ofGroup := resourceType(r.Resource) == "group"
	for _, p := range st.policies.Identity {
		switch o := p.Origin(); {
		case by == rewrites && o.ARN == r.Resource && o.ARN != "":
			return by
		case ofGroup && o.Holder == "group" && o.Owner == lastPart(r.Resource):
			return by
		}
	}
	return noReach
}

// itself warns of a caller who may change its own permissions; empty if the change does
// not allow that.
func (s *search) itself(st *state) string {
	r := &st.request
	caller, bound := callerName(&r.Principal), ""
	if st.policies.Boundary != nil {
		bound = ", as far as its permissions boundary goes"
	}
	switch st.ofItself() {
	case gives, rewrites:
		return fmt.Sprintf("By %s %s changes its own policies: it can give itself every permission%s, and so is nearly an administrator.",
			r.Action, caller, bound)
	case takes:
		return fmt.Sprintf("By %s %s takes policies from itself, also those that deny.", r.Action, caller)
	case unbars, rewritten:
		return fmt.Sprintf("By %s %s changes its own permissions boundary, which is there to limit it.", r.Action, caller)
	case retags:
		return fmt.Sprintf("By %s %s changes its own tags: it can take what policies allow by aws:PrincipalTag%s.", r.Action, caller,
			s.trusting(st))
	}
	return ""
}

// trusting names a statement, of the policies that took part, that depends on tags of the
// caller; empty if none does.
func (s *search) trusting(st *state) string {
	for _, p := range st.policies.Identity {
		for i := range p.Document().Statements {
			if x := (&exam{at: place{kind: evaluator.Identity}, policy: p, source: &p.Document().Statements[i]}); x.trustsTags() {
				return ", as " + s.statementName(x) + " does"
			}
		}
	}
	return ""
}

// trustsTags reports whether the statement depends on tags of the caller.
func (x *exam) trustsTags() bool {
	variable := "${" + strings.ToLower(principalTags)
	named := func(list []evaluator.Text) bool {
		return slices.ContainsFunc(list, func(t evaluator.Text) bool { return strings.Contains(strings.ToLower(t.Value), variable) })
	}
	return named(x.source.Resources) || named(x.source.NotResources) ||
		slices.ContainsFunc(x.source.Conditions, func(c evaluator.Condition) bool {
			return beginsWith(c.Key, principalTags) || named(c.Values)
		})
}
