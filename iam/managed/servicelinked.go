package managed

import (
	"slices"

	"github.com/understudy-iam/understudy/principal"
)

// ServiceLinkedRole is a role that CreateServiceLinkedRole makes for a service.
type ServiceLinkedRole struct {
	// Service is the service principal, which is also the AWSServiceName of
	// the call and part of the role's path.
	Service string

	// Name is the role's name without a custom suffix.
	Name string

	// PolicyARN is the policy attached to the role; empty where unknown.
	PolicyARN string

	// CustomSuffix says that AWS takes a CustomSuffix for the service.
	CustomSuffix bool

	// Confirmed says that the row was seen at AWS or is in its documentation. The names
	// of other rows are from policy documents, where a name followed by an asterisk may
	// be only the beginning of the real name; their policies were found by name.
	Confirmed bool
}

// Path returns the path of the role.
func (r ServiceLinkedRole) Path() string { return principal.ServiceRoles + r.Service + "/" }

// ServiceLinkedRoleOf returns the role of the service principal in the partition.
// AWS knows more services than this table.
func ServiceLinkedRoleOf(p principal.Partition, service string) (ServiceLinkedRole, bool) {
	for _, r := range serviceLinkedRoles {
		if r.Service == service {
			r.PolicyARN = p.Rewrite(r.PolicyARN)
			return r, true
		}
	}
	return ServiceLinkedRole{}, false
}

// ServiceLinkedRoles returns the known roles of the partition aws in the order of
// their services.
func ServiceLinkedRoles() []ServiceLinkedRole { return slices.Clone(serviceLinkedRoles) }
