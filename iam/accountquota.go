package iam

import (
	"context"
	"errors"

	"github.com/understudy-iam/understudy/persistence"
)

// AWS raises some quotas for an account that asks. The record of the account has them, by
// their names in LimitExceeded errors.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
//
// The quotas of users, groups and SAML providers are among them, although AWS raises
// these for few accounts or for none: so a state can be imported that was made on a
// server with higher quotas.

// An accountQuota is a quota that can be higher for an account than for the server.
type accountQuota struct {
	name  string
	field func(*Quotas) *int
	count func(persistence.Tx, string) (int, error) // counts what the quota limits; nil: it does not limit what an account has in all
}

// The names of the quotas on instance profiles, server certificates and SAML providers
// are not confirmed.
var (
	usersQuota    = &accountQuota{"UsersPerAccount", func(q *Quotas) *int { return &q.UsersPerAccount }, persistence.Users.Count}
	groupsQuota   = &accountQuota{"GroupsPerAccount", func(q *Quotas) *int { return &q.GroupsPerAccount }, persistence.Groups.Count}
	rolesQuota    = &accountQuota{"RolesPerAccount", func(q *Quotas) *int { return &q.RolesPerAccount }, persistence.Roles.Count}
	policiesQuota = &accountQuota{
		"PoliciesPerAccount", func(q *Quotas) *int { return &q.PoliciesPerAccount }, persistence.Policies.Count,
	}
	instanceProfilesQuota = &accountQuota{"InstanceProfilesPerAccount", func(q *Quotas) *int { return &q.InstanceProfilesPerAccount },
		persistence.InstanceProfiles.Count}
	certificatesQuota = &accountQuota{"ServerCertificatesPerAccount", func(q *Quotas) *int { return &q.ServerCertificatesPerAccount },
		persistence.ServerCertificates.Count}
	oidcProvidersQuota = &accountQuota{"OpenIdConnectProvidersPerAccount", func(q *Quotas) *int { return &q.OIDCProvidersPerAccount },
		persistence.OIDCProviders.Count}
	samlProvidersQuota = &accountQuota{"SAMLProvidersPerAccount", func(q *Quotas) *int { return &q.SAMLProvidersPerAccount },
		persistence.SAMLProviders.Count}
	userPoliciesQuota  = &accountQuota{"PoliciesPerUser", func(q *Quotas) *int { return &q.PoliciesPerUser }, nil}
	groupPoliciesQuota = &accountQuota{"PoliciesPerGroup", func(q *Quotas) *int { return &q.PoliciesPerGroup }, nil}
	rolePoliciesQuota  = &accountQuota{"PoliciesPerRole", func(q *Quotas) *int { return &q.PoliciesPerRole }, nil}
	trustQuota         = &accountQuota{"ACLSizePerRole", func(q *Quotas) *int { return &q.TrustPolicySize }, nil}
)

// accountQuotas returns all of them.
func accountQuotas() []*accountQuota {
	return []*accountQuota{
		usersQuota, groupsQuota, rolesQuota, policiesQuota, instanceProfilesQuota, certificatesQuota,
		oidcProvidersQuota, samlProvidersQuota, userPoliciesQuota, groupPoliciesQuota, rolePoliciesQuota, trustQuota,
	}
}

// checkRoom refuses one more if the account has n already.
func (s *Service) checkRoom(tx persistence.Tx, account string, q *accountQuota, n int) error {
	limit, err := s.limit(tx, account, q, n+1)
	if err == nil && n >= limit {
		err = overQuota(q.name, limit)
	}
	return err
}

// checkCount is checkRoom with the number that the store counts.
func (s *Service) checkCount(tx persistence.Tx, account string, q *accountQuota) error {
	n, err := q.count(tx, account)
	if err != nil {
		return err
	}
	return s.checkRoom(tx, account, q, n)
}

// limit returns the quota of the account. It reads the account's record only if wanted is
// more than the server's quota.
func (s *Service) limit(tx persistence.Tx, account string, q *accountQuota, wanted int) (int, error) {
	limit := *q.field(&s.quotas)
	if wanted <= limit {
		return limit, nil
	}
	a, err := persistence.Accounts.Get(tx, account)
	if errors.Is(err, persistence.ErrNotFound) {
		return limit, nil
	}
	if err != nil {
		return 0, err
	}
	return max(limit, a.Quotas[q.name]), nil
}

// ofAccount returns the quotas, with the higher ones of the account.
func (q Quotas) ofAccount(tx persistence.Tx, account string) (Quotas, error) {
	a, err := persistence.Accounts.Get(tx, account)
	if errors.Is(err, persistence.ErrNotFound) {
		return q, nil
	}
	if err != nil {
		return q, err
	}
	for _, own := range accountQuotas() {
		field := own.field(&q)
		*field = max(*field, a.Quotas[own.name])
	}
	return q, nil
}

// trustLimit returns how long the trust policies of the caller's account may be, in characters.
func (s *Service) trustLimit(ctx context.Context, size int) (limit int, err error) {
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		limit, err = s.limit(tx, account(ctx), trustQuota, size)
		return err
	})
	return limit, err
}

// unbounded is more than any number that is compared with it.
const unbounded = 1 << 30

// WithoutAccountQuotas returns the quotas without limits where RaiseQuotas can raise
// them: a file may declare more, and the account then gets quotas that admit it.
func (q Quotas) WithoutAccountQuotas() Quotas {
	for _, own := range accountQuotas() {
		*own.field(&q) = unbounded
	}
	return q
}

// RaisedQuota is a quota that was raised because the account has more than the old one admits.
type RaisedQuota struct {
	Name     string // as in AWS's errors
	From, To int
}

// RaiseQuotas raises the quotas of an account so that they admit what it has. needed
// names further numbers by quota: how many policies its users, groups and roles have at
// most, and how long its trust policies are. It returns the quotas that were too low.
func (q Quotas) RaiseQuotas(tx persistence.Tx, account string, needed map[string]int) ([]RaisedQuota, error) {
	a, err := persistence.Accounts.Get(tx, account)
	if err != nil {
		return nil, err
	}
	q = q.withDefaults()
	var raised []RaisedQuota
	for _, own := range accountQuotas() {
		n := needed[own.name]
		if own.count != nil {
			if n, err = own.count(tx, account); err != nil {
				return nil, err
			}
		}
		limit := max(*own.field(&q), a.Quotas[own.name])
		if n <= limit {
			continue
		}
		if a.Quotas == nil {
			a.Quotas = map[string]int{}
		}
		a.Quotas[own.name] = n
		raised = append(raised, RaisedQuota{own.name, limit, n})
	}
	if raised == nil {
		return nil, nil
	}
	return raised, persistence.Accounts.Put(tx, account, a)
}
