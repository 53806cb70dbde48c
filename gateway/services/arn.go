package services

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// arn returns the ARN of a resource of the request's region and account.
func (r *Request) arn(service, resource string) string {
	return "arn:" + r.Partition + ":" + service + ":" + r.Region + ":" + r.Account + ":" + resource
}

// need is the permission for an action on a resource. An ARN without an account
// is one of the request's account, and what has no ARN is the caller's.
func (r *Request) need(action, resource string, keys ...authz.Key) authz.Need {
	owner := ""
	if a, ok := principal.ParseARN(resource); ok {
		owner = cmp.Or(a.AccountID, r.Account)
	}
	return authz.Need{Action: action, Resource: resource, Owner: owner, Keys: keys}
}

// passRole is the permission to give a role to a service.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
func (r *Request) passRole(role, service string) authz.Need {
	return r.need("iam:PassRole", role, authz.String("iam:PassedToService", service))
}

// formOnce returns the parameters of a form, and an error if one has two values or
// another one in the query beside the form: servers may take either.
func (r *Request) formOnce() (url.Values, error) {
	for name, values := range r.Query {
		if r.Form != nil && !strings.HasPrefix(name, "X-Amz-") && !slices.Equal(r.Form[name], values) {
			return nil, errMany
		}
	}
	form := r.parameters()
	for _, values := range form {
		if len(values) != 1 {
			return nil, errMany
		}
	}
	return form, nil
}

// checkARN returns an error for an ARN of another service or region than the
// request's: an upstream that looks at the name in it alone would touch another
// resource than the one that was decided about.
func (r *Request) checkARN(service, arn string) error {
	a, ok := principal.ParseARN(arn)
	if ok && a.Service == service && (a.Region == r.Region || a.Region == "") {
		return nil
	}
	return invalidARN(arn)
}

// invalidARN is the refusal of an ARN. Its text at AWS differs by service and
// operation, and is not confirmed.
func invalidARN(arn string) error {
	return &Malformed{Reason: "Invalid ResourceArn: " + arn + " is not the ARN of a resource that this call may name in this region"}
}

// tag is a tag of a request.
type tag struct{ key, value string }

// tagged returns a key with the prefix for each tag, and one with the names of
// all; none if there are no tags.
func tagged(prefix, all string, tags []tag) []authz.Key {
	var keys []authz.Key
	var names []string
	for _, t := range tags {
		keys = append(keys, authz.String(prefix+t.key, t.value))
		names = append(names, t.key)
	}
	if len(names) == 0 {
		return nil
	}
	return append(keys, authz.Strings(all, names...))
}
