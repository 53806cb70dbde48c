package iam

import (
	"cmp"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/crypto/ssh"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// UploadSSHPublicKey gives a user an SSH public key: an RSA key of at least
// 2048 bits, as OpenSSH or PEM writes it. The answer has the body as it was sent.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html
//
// A user can have a key only once, whatever its encoding; another user may have it too
// (recorded).
func (s *Service) UploadSSHPublicKey(ctx context.Context, in *iam.UploadSSHPublicKeyInput) (*iam.UploadSSHPublicKeyOutput, error) {
	key, err := parsePublicKey(aws.ToString(in.SSHPublicKeyBody))
	if err != nil {
		return nil, err
	}
	return withFreeID(func() (*iam.UploadSSHPublicKeyOutput, error) { return s.uploadPublicKey(ctx, in, key) })
}

func (s *Service) uploadPublicKey(ctx context.Context, in *iam.UploadSSHPublicKeyInput,
	key ssh.PublicKey) (*iam.UploadSSHPublicKeyOutput, error) {
	id, err := principal.NewAccessKeyID(s.random, principal.PublicKeyIDPrefix, account(ctx))
	if err != nil {
		return nil, err
	}
	k := &persistence.SSHPublicKey{ID: id, Key: key.Marshal(), Fingerprint: ssh.FingerprintLegacyMD5(key), UploadDate: s.now()}
	out := &iam.UploadSSHPublicKeyOutput{}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		k.UserID = u.ID
		out.SSHPublicKey = publicKeyOut(u, k, aws.ToString(in.SSHPublicKeyBody))
		return s.insertPublicKey(tx, account(ctx), k)
	})
	return answer(out, err)
}

func (s *Service) insertPublicKey(tx persistence.Tx, account string, k *persistence.SSHPublicKey) error {
	has, err := persistence.SSHPublicKeysByFingerprint.Any(tx, account, k.UserID, k.Fingerprint)
	if err != nil {
		return err
	}
	if has {
		return duplicatePublicKey()
	}
	n, err := persistence.SSHPublicKeysByUser.Count(tx, account, k.UserID)
	if err != nil {
		return err
	}
	if n >= s.quotas.SSHPublicKeysPerUser {
		return overQuota("SSHPublicKeysPerUser", s.quotas.SSHPublicKeysPerUser) // the name is not confirmed
	}
	if err := persistence.SSHPublicKeys.Absent(tx, account, k.ID); err != nil {
		return err
	}
	return persistence.SSHPublicKeys.Put(tx, account, k)
}

// minimumRSABits is the length that AWS demands of an SSH key.
const minimumRSABits = 2048

// parsePublicKey reads a key in OpenSSH's form or in PEM. A certificate is refused
// (recorded).
func parsePublicKey(body string) (ssh.PublicKey, error) {
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(body))
	if err == nil && (len(options)+len(rest) > 0 || key.Type() != ssh.KeyAlgoRSA) {
		return nil, unreadablePublicKey()
	}
	if err != nil {
		if key, err = parsePEMKey(body); err != nil {
			return nil, err
		}
	}
	if k, ok := key.(ssh.CryptoPublicKey); ok {
		if rsaKey, ok := k.CryptoPublicKey().(*rsa.PublicKey); ok && rsaKey.N.BitLen() >= minimumRSABits {
			return key, nil
		}
	}
	return nil, weakPublicKey()
}

func parsePEMKey(body string) (ssh.PublicKey, error) {
	block, _ := pem.Decode([]byte(body))
	if block == nil {
		return nil, unreadablePublicKey()
	}
	var parsed any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return nil, unreadablePublicKey()
	}
	if err != nil {
		return nil, unreadablePublicKey()
	}
	key, err := ssh.NewPublicKey(parsed)
	if err != nil {
		return nil, weakPublicKey()
	}
	return key, nil
}

// GetSSHPublicKey describes a key of a user, in the encoding asked for. The answer lacks
// the comment that was uploaded with the key; PEM ends with a line feed, SSH does not
// (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSSHPublicKey.html
func (s *Service) GetSSHPublicKey(ctx context.Context, in *iam.GetSSHPublicKeyInput) (*iam.GetSSHPublicKeyOutput, error) {
	out := &iam.GetSSHPublicKeyOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		u, k, err := findPublicKey(tx, account(ctx), in.UserName, in.SSHPublicKeyId)
		if err != nil {
			return err
		}
		body, err := encodePublicKey(k.Key, in.Encoding)
		out.SSHPublicKey = publicKeyOut(u, k, body)
		return err
	})
	return answer(out, err)
}

func encodePublicKey(wire []byte, encoding types.EncodingType) (string, error) {
	key, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return "", err
	}
	if encoding == types.EncodingTypeSsh {
		return strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(key)), "\n"), nil
	}
	der, err := x509.MarshalPKIXPublicKey(key.(ssh.CryptoPublicKey).CryptoPublicKey())
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}

// ListSSHPublicKeys lists the keys of a user, by default the caller, the oldest
// first, without their bodies and fingerprints.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
func (s *Service) ListSSHPublicKeys(ctx context.Context, in *iam.ListSSHPublicKeysInput) (*iam.ListSSHPublicKeysOutput, error) {
	name, err := userNameOrCaller(ctx, in.UserName)
	if err != nil {
		return nil, err
	}
	out := &iam.ListSSHPublicKeysOutput{SSHPublicKeys: []types.SSHPublicKeyMetadata{}}
	asked := listing{"ListSSHPublicKeys/" + name, in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		u, err := findUser(tx, account(ctx), name)
		if err != nil {
			return err
		}
		keys, err := publicKeys(tx, account(ctx), u.ID)
		for _, k := range pick(p, keys, publicKeyPosition) {
			out.SSHPublicKeys = append(out.SSHPublicKeys, types.SSHPublicKeyMetadata{
				UserName: &u.Name, SSHPublicKeyId: &k.ID, Status: credentialStatus(k.Inactive), UploadDate: &k.UploadDate,
			})
		}
		return err
	}))
}

// publicKeys are the keys of a user, in the order of publicKeyPosition.
func publicKeys(tx persistence.Tx, account, userID string) ([]*persistence.SSHPublicKey, error) {
	var keys []*persistence.SSHPublicKey
	for k, err := range persistence.SSHPublicKeysByUser.Scan(tx, account, persistence.Key{userID}, nil) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b *persistence.SSHPublicKey) int {
		return cmp.Or(a.UploadDate.Compare(b.UploadDate), strings.Compare(a.ID, b.ID))
	})
	return keys, nil
}

func publicKeyPosition(k *persistence.SSHPublicKey) persistence.Key {
	return datePosition(k.UploadDate, k.ID)
}

// UpdateSSHPublicKey makes a key active or inactive.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSSHPublicKey.html
func (s *Service) UpdateSSHPublicKey(ctx context.Context, in *iam.UpdateSSHPublicKeyInput) (*iam.UpdateSSHPublicKeyOutput, error) {
	inactive, err := isInactive(in.Status)
	if err != nil {
		return nil, err
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		_, k, err := findPublicKey(tx, account(ctx), in.UserName, in.SSHPublicKeyId)
		if err != nil {
			return err
		}
		k.Inactive = inactive
		return persistence.SSHPublicKeys.Put(tx, account(ctx), k)
	})
	return answer(&iam.UpdateSSHPublicKeyOutput{}, err)
}

// DeleteSSHPublicKey removes a key of a user.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSSHPublicKey.html
func (s *Service) DeleteSSHPublicKey(ctx context.Context, in *iam.DeleteSSHPublicKeyInput) (*iam.DeleteSSHPublicKeyOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		_, k, err := findPublicKey(tx, account(ctx), in.UserName, in.SSHPublicKeyId)
		if err != nil {
			return err
		}
		return persistence.SSHPublicKeys.Delete(tx, account(ctx), k.ID)
	})
	return answer(&iam.DeleteSSHPublicKeyOutput{}, err)
}

func findPublicKey(tx persistence.Tx, account string, userName, id *string) (*persistence.User, *persistence.SSHPublicKey, error) {
	u, err := findUser(tx, account, aws.ToString(userName))
	if err != nil {
		return nil, nil, err
	}
	k, err := persistence.SSHPublicKeys.Get(tx, account, aws.ToString(id))
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil, nil, noSuchPublicKey(aws.ToString(id))
	case err == nil && k.UserID != u.ID:
		return nil, nil, foreignPublicKey(aws.ToString(id))
	}
	return u, k, err
}

func publicKeyOut(u *persistence.User, k *persistence.SSHPublicKey, body string) *types.SSHPublicKey {
	return &types.SSHPublicKey{
		UserName: &u.Name, SSHPublicKeyId: &k.ID, Fingerprint: &k.Fingerprint, SSHPublicKeyBody: &body,
		Status: credentialStatus(k.Inactive), UploadDate: &k.UploadDate,
	}
}

// sshKeyRules are the permissions of the operations above: a key belongs to its
// user.
func sshKeyRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.UploadSSHPublicKeyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:UploadSSHPublicKey", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.GetSSHPublicKeyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:GetSSHPublicKey", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListSSHPublicKeysInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:ListSSHPublicKeys", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateSSHPublicKeyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:UpdateSSHPublicKey", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteSSHPublicKeyInput) ([]authz.Need, error) {
			return identityNeeds(q, userKind, "iam:DeleteSSHPublicKey", in.UserName)
		}),
	}
}
