package services

import (
	"cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// arn returns the ARN of a resource of the request's region and account.
func (r *Request) arn(service, resource string) string {
	return "arn:" + r.Partition + ":" + service + ":" + r.Region + ":" + r.Account + ":" + resource
}

// need returns the permission for an action on a resource. A resource whose ARN has no account
// belongs to the request's account, and one without an ARN to the caller's.
func (r *Request) need(action, resource string, keys ...authz.Key) authz.Need {
	owner := ""
	if a, ok := principal.ParseARN(resource); ok {
		owner = cmp.Or(a.AccountID, r.Account)
	}
	return authz.Need{Action: action, Resource: resource, Owner: owner, Keys: keys}
}

// passRole returns the permission to give a role to a service.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
func (r *Request) passRole(role, service string) authz.Need {
	return r.need("iam:PassRole", role, authz.String("iam:PassedToService", service))
}

// checkARN returns an error for an ARN of another service or region than the request's: an upstream
// that reads only the name in it would use another resource than the one that was decided about.
func (r *Request) checkARN(service, arn string) error {
	a, ok := principal.ParseARN(arn)
	if ok && a.Service == service && (a.Region == r.Region || a.Region == "") {
		return nil
	}
	return invalidARN(arn)
}

// invalidARN is the refusal of an ARN. AWS's message differs by service and operation, and is not
// confirmed.
func invalidARN(arn string) error {
	return &Malformed{Reason: "Invalid ResourceArn: " + arn + " is not the ARN of a resource that this call may name in this region"}
}
