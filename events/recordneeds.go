package events

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/evaluator/draft"
)

// needless are the operations that need no permission.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
var needless = map[string]bool{"sts:GetCallerIdentity": true, "sts:GetSessionToken": true}

// Needs are the permissions that the call probably needed, for a draft. A Record does not say what was
// decided: the action is that of the operation, and the resources are those that it names and that the action takes,
// or "*". It has no condition keys. Nothing is known of an operation whose action AWS's reference does not have.
func (r *Record) Needs() []draft.Call {
	action, ok := r.action()
	if name := action.Service + ":" + action.Name; !ok || needless[name] {
		return nil
	}
	c := draft.Call{RequestID: r.RequestID, Action: action.Service + ":" + action.Name, Resource: "*"}
	if strings.HasPrefix(r.ErrorCode, "AccessDenied") || r.ErrorCode == "Client.UnauthorizedOperation" {
		c.Verdict = draft.Denied
	}
	var list []draft.Call
	for _, resource := range r.Resources {
		if resource.ARN == "" {
			continue
		}
		inside := func(o Resource) bool { return strings.HasPrefix(o.ARN, resource.ARN+"/") && action.Accepts(o.ARN) }
		if action.Accepts(resource.ARN) && !slices.ContainsFunc(r.Resources, inside) { // of an object, not also its bucket
			c.Resource = resource.ARN
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return []draft.Call{c}
	}
	return list
}

// action is the one of the operation, whose name CloudTrail has with a version in some services.
func (r *Record) action() (catalog.Action, bool) {
	service := strings.TrimSuffix(r.EventSource, ".amazonaws.com")
	for prefix, source := range sources {
		if source == service {
			service = prefix
		}
	}
	for operation, name := range names[service] {
		if name == r.EventName {
			if a, ok := catalog.FindAction(service + ":" + operation); ok {
				return a, true
			}
		}
	}
	return catalog.FindAction(service + ":" + r.EventName)
}

// PolicyOwner is the ARN of the user, role or root user whose policies count for the call; empty if it was
// nobody's.
func (r *Record) PolicyOwner() string {
	if s := r.UserIdentity.SessionContext; s != nil && s.SessionIssuer != nil && s.SessionIssuer.ARN != "" {
		return s.SessionIssuer.ARN
	}
	return r.UserIdentity.ARN
}
