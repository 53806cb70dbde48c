package advice

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// put is the command that replaces the document of a policy. It is empty if no command of
// IAM or STS does: AWS's own policies cannot be changed, and policies of an organization
// or of other services' resources are changed in those services.
func (s *search) put(st *state, at place, o evaluator.Origin, document string) string {
	words := s.putWords(st, at, o)
	if words == nil {
		return ""
	}
	return line(append(words, visible(document)))
}

// putWords are the words of the command before the document.
func (s *search) putWords(st *state, at place, o evaluator.Origin) []string {
	role := st.request.Resource
	switch {
	case ofAWS(o) != "", guardrail(at) && at.kind != evaluator.Boundary:
		return nil
	case o.ARN != "" && resourceType(o.ARN) == "policy":
		return []string{"aws", "iam", "create-policy-version", "--policy-arn", o.ARN, "--set-as-default", "--policy-document"}
	case o.Holder != "":
		return putInline(o.Holder, o.Owner, inlineName(o))
	case at.kind == evaluator.Trust && resourceType(role) == "role":
		return []string{"aws", "iam", "update-assume-role-policy", "--role-name", lastPart(role), "--policy-document"}
	case at.kind == evaluator.Session && st.request.Principal.Kind == evaluator.RoleSession && len(st.policies.Session) == 1:
		return append(s.assumeAgain(st), "--policy")
	}
	return nil
}

// putInline are the words that put an inline policy of a user, group or role, before
// its document.
func putInline(kind, owner, name string) []string {
	return []string{"aws", "iam", "put-" + kind + "-policy", "--" + kind + "-name", owner, "--policy-name", name, "--policy-document"}
}

// inlineName is the name of an inline policy.
func inlineName(o evaluator.Origin) string { return strings.TrimPrefix(o.ID, o.Holder+"_"+o.Owner+"_") }
