package iam

import (
	"errors"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// An identity is a user, group or role, for the operations that treat all three alike:
// inline policies, attachments, boundaries.
type identity struct {
	authz.Holder
	kind *identityKind
}

// An identityKind holds the differences between users, groups and roles.
type identityKind struct {
	noun        string // "user": in ARNs and texts
	idPrefix    string
	noSuch      func(name string) error
	inlineMax   func(Quotas) int // characters of all inline policies together
	attachments *accountQuota    // how many managed policies may be attached
}

var (
	userKind = &identityKind{
		noun: "user", idPrefix: principal.UserIDPrefix, noSuch: noSuchUser,
		inlineMax:   func(q Quotas) int { return q.UserPolicySize },
		attachments: userPoliciesQuota,
	}
	groupKind = &identityKind{
		noun: "group", idPrefix: principal.GroupIDPrefix, noSuch: noSuchGroup,
		inlineMax:   func(q Quotas) int { return q.GroupPolicySize },
		attachments: groupPoliciesQuota,
	}
	roleKind = &identityKind{
		noun: "role", idPrefix: principal.RoleIDPrefix, noSuch: noSuchRole,
		inlineMax:   func(q Quotas) int { return q.RolePolicySize },
		attachments: rolePoliciesQuota,
	}
)

// identityKinds are the kinds by their nouns.
var identityKinds = map[string]*identityKind{"user": userKind, "group": groupKind, "role": roleKind}

func newIdentity(h authz.Holder) identity { return identity{h, identityKinds[h.Kind]} }

// find finds a user, group or role by name, in any case; persistence.ErrNotFound if
// there is none.
func (k *identityKind) find(tx persistence.Tx, account, name string) (identity, error) {
	h, err := authz.FindHolder(tx, account, k.noun, name)
	return identity{h, k}, err
}

// identity finds a user, group or role by name, in any case.
func (s *Service) identity(tx persistence.Tx, account string, kind *identityKind, name string) (identity, error) {
	i, err := kind.find(tx, account, name)
	if errors.Is(err, persistence.ErrNotFound) {
		return i, kind.noSuch(name)
	}
	return i, err
}
