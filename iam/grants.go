package iam

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// ListPoliciesGrantingServiceAccess lists, for each service, the policies of a user,
// group or role that allow any action of it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html
//
// Denials, conditions and boundaries do not count. The services are in the order of the
// request, each once, even without any policy (recorded).
func (s *Service) ListPoliciesGrantingServiceAccess(ctx context.Context,
	in *iam.ListPoliciesGrantingServiceAccessInput) (*iam.ListPoliciesGrantingServiceAccessOutput, error) {
	p, err := newPage("ListPoliciesGrantingServiceAccess/"+aws.ToString(in.Arn), nil, in.Marker)
	if err != nil {
		return nil, err
	}
	namespaces, err := grantNamespaces(in.ServiceNamespaces)
	if err != nil {
		return nil, err
	}
	out := &iam.ListPoliciesGrantingServiceAccessOutput{PoliciesGrantingServiceAccess: []types.ListPoliciesGrantingServiceAccessEntry{}}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		r, err := s.findReported(ctx, tx, aws.ToString(in.Arn), noEntityInARN)
		if err != nil {
			return err
		}
		if r.identity.kind == nil {
			return unreportedEntity(aws.ToString(in.Arn)) // a policy's (recorded)
		}
		held, err := heldPolicies(tx, r.identity)
		for _, namespace := range grantPage(p, namespaces) {
			out.PoliciesGrantingServiceAccess = append(out.PoliciesGrantingServiceAccess, types.ListPoliciesGrantingServiceAccessEntry{
				ServiceNamespace: &namespace, Policies: grants(held, namespace),
			})
		}
		return err
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

// grantNamespaces returns the namespaces without repetition; its error names all that do
// not exist.
func grantNamespaces(asked []string) ([]string, error) {
	var known, unknown []string
	for _, n := range asked {
		list := &known
		if !knownNamespace(n) {
			list = &unknown
		}
		if !slices.Contains(*list, n) {
			*list = append(*list, n)
		}
	}
	if len(unknown) > 0 {
		return nil, unsupportedNamespaces(unknown)
	}
	return known, nil
}

// grantPage takes a page of the namespaces. They are not sorted, so the marker is the
// last one shown.
func grantPage(p *page, namespaces []string) []string {
	if p.after != nil {
		namespaces = namespaces[slices.Index(namespaces, p.after[0])+1:]
	}
	if len(namespaces) > p.size {
		namespaces, p.truncated = namespaces[:p.size], true
		p.last = persistence.Key{namespaces[p.size-1]}
	}
	return namespaces
}

// grants are the policies that allow an action of the service.
func grants(held []heldPolicy, namespace string) []types.PolicyGrantingServiceAccess {
	list := []types.PolicyGrantingServiceAccess{}
	for _, h := range held {
		r := newReach(h.document)
		r.deny = nil
		if !r.includes(namespace) {
			continue
		}
		row := types.PolicyGrantingServiceAccess{PolicyName: &h.name, PolicyType: types.PolicyTypeManaged}
		if h.owner == nil {
			row.PolicyArn = &h.arn
		} else {
			row.PolicyType, row.EntityName = types.PolicyTypeInline, &h.owner.Name
			row.EntityType = ownerTypes[h.owner.Kind]
		}
		list = append(list, row)
	}
	return list
}

// ownerTypes are the kinds of owners of inline policies.
var ownerTypes = map[string]types.PolicyOwnerEntityType{
	"user": types.PolicyOwnerEntityTypeUser, "group": types.PolicyOwnerEntityTypeGroup, "role": types.PolicyOwnerEntityTypeRole,
}

// grantRules are the permissions of the operation above.
func grantRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.ListPoliciesGrantingServiceAccessInput) ([]authz.Need, error) {
			return reportNeeds(q, "iam:ListPoliciesGrantingServiceAccess", in.Arn)
		}),
	}
}
