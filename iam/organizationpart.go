package iam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// An organizationPart is the root, a unit or an account of an organization.
type organizationPart struct {
	organization *persistence.Organization
	management   string   // account ID
	accounts     []string // IDs of the accounts in it that SCPs limit, or of the management account alone
	levels       [][]string
	unlimited    bool // it is the management account
}

// findOrganizationPart finds the part of the caller's organization that a path names:
// "o-x/r-x", followed by the units from the top down and an account.
func findOrganizationPart(ctx context.Context, tx persistence.Tx, path string) (*organizationPart, error) {
	o, m, err := persistence.OrganizationOf(tx, account(ctx))
	if err != nil {
		return nil, err
	}
	if o == nil || m.Management != account(ctx) {
		return nil, notManagementAccount(principal.FromContext(ctx).ARN, path)
	}
	part := &organizationPart{organization: o, management: m.Management, levels: [][]string{o.Policies}}
	names := strings.Split(path, "/")
	if len(names) < 2 || names[0] != o.ID || names[1] != o.RootID {
		return nil, noSuchOrganizationPath(path)
	}
	names, leaf := names[2:], ""
	if n := len(names); n > 0 && principal.ValidAccountID(names[n-1]) {
		names, leaf = names[:n-1], names[n-1]
	}
	parent := o.RootID
	for _, name := range names {
		i := slices.IndexFunc(o.Units, func(u persistence.Unit) bool { return u.ID == name && u.ParentID == parent })
		if i < 0 {
			return nil, noSuchOrganizationPath(path)
		}
		part.levels = append(part.levels, o.Units[i].Policies)
		parent = name
	}
	if leaf != "" {
		return part, part.onlyAccount(tx, leaf, parent, path)
	}
	return part, part.accountsBelow(tx, parent)
}

// onlyAccount makes the part an account under the parent.
func (p *organizationPart) onlyAccount(tx persistence.Tx, id, parent, path string) error {
	m, err := persistence.Members.Get(tx, id)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && (m.Management != p.management || m.ParentID != parent) {
		return noSuchOrganizationPath(path)
	}
	if err != nil {
		return err
	}
	p.accounts, p.unlimited = []string{id}, id == p.management
	p.levels = append(p.levels, m.Policies)
	return nil
}

// accountsBelow returns the accounts anywhere under the root or unit, without the
// management account, which no SCP limits.
func (p *organizationPart) accountsBelow(tx persistence.Tx, parent string) error {
	for _, id := range p.organization.Accounts {
		if id == p.management {
			continue
		}
		m, err := persistence.Members.Get(tx, id)
		if err != nil {
			return fmt.Errorf("iam: account %s of the organization of %s: %w", id, p.management, err)
		}
		units, ok := p.organization.Path(m.ParentID)
		if ok && (parent == p.organization.RootID || slices.ContainsFunc(units, func(u persistence.Unit) bool { return u.ID == parent })) {
			p.accounts = append(p.accounts, id)
		}
	}
	return nil
}

// pathOf returns the path of an account in the organization.
func (p *organizationPart) pathOf(id string, m *persistence.Member) string {
	path := p.organization.ID + "/" + p.organization.RootID
	units, _ := p.organization.Path(m.ParentID)
	for _, u := range units {
		path += "/" + u.ID
	}
	return path + "/" + id
}

// limits reports whether a policy applies to the account.
func (p *organizationPart) limits(policyID string, m *persistence.Member) bool {
	if slices.Contains(p.organization.Policies, policyID) || slices.Contains(m.Policies, policyID) {
		return true
	}
	units, _ := p.organization.Path(m.ParentID)
	return slices.ContainsFunc(units, func(u persistence.Unit) bool { return slices.Contains(u.Policies, policyID) })
}

// services returns those that the policy allows; without a policy, those that the SCPs of
// every level allow.
func (p *organizationPart) services(tx persistence.Tx, policyID string) ([]string, error) {
	levels := p.levels
	switch {
	case policyID != "":
		levels = [][]string{{policyID}}
	case p.unlimited:
		levels = [][]string{{authz.FullAWSAccess}}
	}
	var services []string
	for i, ids := range levels {
		documents, err := p.documents(tx, ids)
		if err != nil {
			return nil, err
		}
		allowed := newReach(documents...).services()
		if i > 0 {
			allowed = slices.DeleteFunc(allowed, func(s string) bool { return !slices.Contains(services, s) })
		}
		services = allowed
	}
	return services, nil
}

// documents returns the documents of the SCPs among the policies.
func (p *organizationPart) documents(tx persistence.Tx, ids []string) ([]*evaluator.Document, error) {
	var list []*evaluator.Document
	for _, id := range ids {
		text := authz.FullAWSAccessDocument
		if id != authz.FullAWSAccess {
			record, err := persistence.OrganizationPolicies.Get(tx, p.management, id)
			if err != nil {
				return nil, orMissing(err, noSuchOrganizationPolicy(id))
			}
			if record.Kind != persistence.ServiceControlPolicy {
				continue
			}
			text = record.Document
		}
		document, err := evaluator.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("iam: policy %s of the organization: %w", id, err)
		}
		list = append(list, document)
	}
	return list, nil
}
