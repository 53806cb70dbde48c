package iam

import (
	"context"
	"errors"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// checkTrustDocument refuses a document that cannot be the trust policy of any role: by
// its content alone, and by its size.
func (s *Service) checkTrustDocument(ctx context.Context, document string) error {
	if err := s.checkPolicyDocument(document, evaluator.Trust); err != nil {
		return err
	}
	size := evaluator.Size(document)
	if size <= s.quotas.TrustPolicySize {
		return nil
	}
	limit, err := s.trustLimit(ctx, size)
	if err == nil && size > limit {
		err = overQuota(trustQuota.name, limit)
	}
	return err
}

// storedTrust returns a trust policy as AWS stores it: normalised, with the unique IDs of
// the users and roles that it names, all of which must exist.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func storedTrust(tx persistence.Tx, account principal.Account, document string) (string, error) {
	names := principals{persistence.Lagged(tx), account} // a principal that the caller cannot see yet is invalid
	document, err := evaluator.RewritePrincipals(document, names.stored)
	if err != nil {
		return "", documentFault(err)
	}
	return evaluator.NormalizeTrust(document)
}

// shownTrust returns a stored trust policy as answers show it: with the current ARNs of
// users and roles, and the unique IDs of those that were deleted.
func shownTrust(tx persistence.Tx, account principal.Account, stored string) (string, error) {
	if !strings.Contains(stored, `"`+principal.UserIDPrefix) && !strings.Contains(stored, `"`+principal.RoleIDPrefix) {
		return stored, nil
	}
	names := principals{tx, account}
	return evaluator.RewritePrincipals(stored, names.shown)
}

// principals translates between ARNs and unique IDs of the principals of a
// trust policy in an account.
type principals struct {
	tx      persistence.Tx
	account principal.Account
}

// stored returns the form in which a principal is stored, or AWS's error.
func (p principals) stored(ref evaluator.PrincipalRef) (string, error) {
	switch ref.Type {
	case "AWS":
		stored, err := p.storedAWS(ref.Value)
		if errors.Is(err, persistence.ErrNotFound) {
			return "", evaluator.ErrInvalidPrincipal(ref)
		}
		return stored, err
	case "Federated":
		return ref.Value, nil
	case "Service":
		if knownService(p.account.Partition, ref.Value) {
			return ref.Value, nil
		}
	}
	return "", evaluator.ErrInvalidPrincipal(ref)
}

// storedAWS returns the stored form of an AWS principal. An account ID becomes the ARN of
// its root. Every account counts as existing, since accounts are created at their first
// use.
func (p principals) storedAWS(value string) (string, error) {
	if value == "*" {
		return value, nil
	}
	if principal.ValidAccountID(value) {
		return p.account.Partition.In(value).Root(), nil
	}
	if strings.HasPrefix(value, principal.UserIDPrefix) || strings.HasPrefix(value, principal.RoleIDPrefix) {
		_, err := p.byID(value)
		return value, err
	}
	arn, ok := principal.ParseARN(value)
	if !ok || !p.account.Partition.Is(arn) || arn.Region != "" || !principal.ValidAccountID(arn.AccountID) {
		return "", persistence.ErrNotFound
	}
	kind, name, _ := strings.Cut(arn.Resource, "/")
	switch arn.Service + " " + kind {
	case "iam root":
		if name == "" {
			return value, nil
		}
	case "iam user":
		return p.named(userKind, value, arn.AccountID)
	case "iam role":
		return p.named(roleKind, value, arn.AccountID)
	case "sts assumed-role":
		return value, p.session(arn.AccountID, name)
	case "sts federated-user":
		if name != "" && !strings.ContainsAny(name, "*?/") {
			return value, nil
		}
	}
	return "", persistence.ErrNotFound
}

// named returns the unique ID of the user or role with the ARN, of which the case and the
// path count.
func (p principals) named(kind *identityKind, arn, account string) (string, error) {
	i, err := kind.find(p.tx, account, principal.Name(arn))
	if err != nil {
		return "", err
	}
	if i.ARN(p.account.Partition) != arn {
		return "", persistence.ErrNotFound
	}
	return i.ID, nil
}

// session checks a role session, ROLE/SESSION: the role must exist. The session is stored
// by name, so it also matches a session of a role that is created again.
func (p principals) session(account, name string) error {
	role, session, ok := strings.Cut(name, "/")
	if !ok || session == "" || strings.ContainsAny(session, "*?/") {
		return persistence.ErrNotFound
	}
	r, err := persistence.Roles.Get(p.tx, account, role)
	if err == nil && r.Name != role {
		return persistence.ErrNotFound
	}
	return err
}

// shown returns the form in which answers show a stored principal.
func (p principals) shown(ref evaluator.PrincipalRef) (string, error) {
	if ref.Type != "AWS" || !strings.HasPrefix(ref.Value, principal.UserIDPrefix) && !strings.HasPrefix(ref.Value, principal.RoleIDPrefix) {
		return ref.Value, nil
	}
	i, err := p.byID(ref.Value)
	if errors.Is(err, persistence.ErrNotFound) {
		return ref.Value, nil
	}
	if err != nil {
		return "", err
	}
	return i.ARN(p.account.Partition), nil
}

// byID finds a user or role by its unique ID, first in its own account and then in the
// others, since the ID does not name the account.
func (p principals) byID(id string) (identity, error) {
	i, err := identityByID(p.tx, p.account.ID, id)
	if !errors.Is(err, persistence.ErrNotFound) {
		return i, err
	}
	for other, err := range persistence.AllAccounts(p.tx) {
		if err != nil {
			return identity{}, err
		}
		i, err := identityByID(p.tx, other, id)
		if !errors.Is(err, persistence.ErrNotFound) {
			return i, err
		}
	}
	return identity{}, persistence.ErrNotFound
}
