package iam

import (
	"errors"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// An identity is a user, group or role as the operations see it that work on
// all three alike: inline policies, attachments, boundaries.
type identity struct {
	kind     *identityKind
	account  string
	id       string
	name     string // as created
	path     string
	boundary string
	tags     []persistence.Tag
}

// An identityKind is what differs between users, groups and roles.
type identityKind struct {
	noun        string // "user": in ARNs and texts
	idPrefix    string
	noSuch      func(name string) error
	inlineMax   func(Quotas) int // characters of all inline policies together
	attachments *accountQuota    // how many managed policies may be attached
	find        func(tx persistence.Tx, account, name string) (identity, error)
}

var (
	userKind = &identityKind{
		noun: "user", idPrefix: principal.UserIDPrefix, noSuch: noSuchUser,
		inlineMax:   func(q Quotas) int { return q.UserPolicySize },
		attachments: userPoliciesQuota,
		find:        findUserIdentity,
	}
	groupKind = &identityKind{
		noun: "group", idPrefix: principal.GroupIDPrefix, noSuch: noSuchGroup,
		inlineMax:   func(q Quotas) int { return q.GroupPolicySize },
		attachments: groupPoliciesQuota,
		find:        findGroupIdentity,
	}
	roleKind = &identityKind{
		noun: "role", idPrefix: principal.RoleIDPrefix, noSuch: noSuchRole,
		inlineMax:   func(q Quotas) int { return q.RolePolicySize },
		attachments: rolePoliciesQuota,
		find:        findRoleIdentity,
	}
)

// arn is the identity's ARN in the partition.
func (i identity) arn(p principal.Partition) string {
	return p.IAM(i.account, i.kind.noun+i.path+i.name)
}

// identity finds a user, group or role by name, in any case.
func (s *Service) identity(tx persistence.Tx, account string, kind *identityKind, name string) (identity, error) {
	i, err := kind.find(tx, account, name)
	if errors.Is(err, persistence.ErrNotFound) {
		return i, kind.noSuch(name)
	}
	i.kind, i.account = kind, account
	return i, err
}

func findUserIdentity(tx persistence.Tx, account, name string) (identity, error) {
	u, err := persistence.Users.Get(tx, account, persistence.Fold(name))
	if err != nil {
		return identity{}, err
	}
	return identity{id: u.ID, name: u.Name, path: u.Path, boundary: u.Boundary, tags: u.Tags}, nil
}

func findGroupIdentity(tx persistence.Tx, account, name string) (identity, error) {
	g, err := persistence.Groups.Get(tx, account, persistence.Fold(name))
	if err != nil {
		return identity{}, err
	}
	return identity{id: g.ID, name: g.Name, path: g.Path}, nil
}

func findRoleIdentity(tx persistence.Tx, account, name string) (identity, error) {
	r, err := persistence.Roles.Get(tx, account, persistence.Fold(name))
	if err != nil {
		return identity{}, err
	}
	return identity{id: r.ID, name: r.Name, path: r.Path, boundary: r.Boundary, tags: r.Tags}, nil
}
