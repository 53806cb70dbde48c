package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"golang.org/x/crypto/ssh"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Operations cannot make everything that a file may declare, such as a trust policy with
// a principal that has been deleted since.

// DeclareTrust gives a role a trust policy, with the checks of UpdateAssumeRolePolicy.
// With keep, a principal that does not exist stays as it is. Unlike the operation,
// DeclareTrust changes AWS's own roles too.
func (s *Service) DeclareTrust(ctx context.Context, role, document string, keep func(evaluator.PrincipalRef) bool) error {
	if err := s.checkTrustDocument(ctx, document); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := findRole(tx, account(ctx), role)
		if err != nil {
			return err
		}
		names := principals{tx, s.in(account(ctx))}
		document, err := evaluator.RewritePrincipals(document, names.storedOr(keep))
		if err != nil {
			return documentFault(err)
		}
		if r.TrustPolicy, err = evaluator.NormalizeTrust(document); err != nil {
			return err
		}
		return persistence.Roles.Put(tx, account(ctx), r)
	})
}

// TrustsUnknown reports whether a stored trust policy names a principal that does
// not exist, other than by the unique ID of one that was deleted.
func TrustsUnknown(tx persistence.Tx, account principal.Account, stored string) (bool, error) {
	shown, err := shownTrust(tx, account, stored)
	if err != nil {
		return false, err
	}
	names, unknown := principals{tx, account}, false
	_, err = evaluator.RewritePrincipals(shown, names.storedOr(func(ref evaluator.PrincipalRef) bool {
		unknown = unknown || ref.Type != "AWS" || !IsUniqueID(ref.Value)
		return true
	}))
	return unknown, err
}

// storedOr is stored, but with keep a principal that does not exist stays as it is.
func (p principals) storedOr(keep func(evaluator.PrincipalRef) bool) func(evaluator.PrincipalRef) (string, error) {
	return func(ref evaluator.PrincipalRef) (string, error) {
		stored, err := p.stored(ref)
		var unknown *evaluator.MalformedError
		if errors.As(err, &unknown) && keep(ref) {
			return ref.Value, nil
		}
		return stored, err
	}
}

// ShownTrust returns a role's stored trust policy as GetRole shows it.
func ShownTrust(tx persistence.Tx, account principal.Account, stored string) (string, error) {
	return shownTrust(tx, account, stored)
}

// IsUniqueID reports whether a principal of a trust policy is the unique ID of a user or
// role, which AWS leaves there when the user or role is deleted.
func IsUniqueID(value string) bool {
	return len(value) >= 16 && (value[:4] == principal.UserIDPrefix || value[:4] == principal.RoleIDPrefix)
}

// IsProtectedPath reports whether a role with the path is AWS's own.
func IsProtectedPath(path string) bool { return checkRoleModifiable("", path) != nil }

// ServiceLinkedRoleName returns the name of the role that CreateServiceLinkedRole makes
// for the service, or the operation's error.
func (s *Service) ServiceLinkedRoleName(service string, suffix *string) (string, error) {
	_, name, err := serviceLinkedRole(s.partition, &iam.CreateServiceLinkedRoleInput{AWSServiceName: &service, CustomSuffix: suffix})
	return name, err
}

// IsPassword reports whether a login profile has the password.
func IsPassword(p *persistence.LoginProfile, password string) bool {
	return len(p.Hashes) > 0 && sameHash(p.Hashes[0], hashPassword(password, p.Salt))
}

// SSHFingerprint returns the fingerprint of an SSH public key that
// UploadSSHPublicKey would take.
func SSHFingerprint(body string) (string, error) {
	key, err := parsePublicKey(body)
	if err != nil {
		return "", err
	}
	return ssh.FingerprintLegacyMD5(key), nil
}
