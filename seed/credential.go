package seed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// credentials gives a user the declared credentials.
func (w *writer) credentials(x *user) error {
	u, err := persistence.Users.Get(w.tx, w.account, x.Name.value)
	if err != nil {
		return err
	}
	if err := w.loginProfile(u, x.LoginProfile); err != nil {
		return err
	}
	if err := w.accessKeys(u, x.AccessKeys); err != nil {
		return err
	}
	for i := range x.SSHPublicKeys {
		k := &x.SSHPublicKeys[i]
		if err := refused(k.Line, "SSH public key", w.sshPublicKey(u, k)); err != nil {
			return err
		}
	}
	if err := w.signingCertificates(&u.Name, x.SigningCertificates); err != nil {
		return err
	}
	positions := map[string]int{}
	for i := range x.ServiceCredentials {
		c := &x.ServiceCredentials[i]
		position := positions[c.Service.value]
		positions[c.Service.value]++
		if err := refused(c.Line, "credential for "+c.Service.value, w.serviceCredential(u, position, c)); err != nil {
			return err
		}
	}
	return nil
}

// unknown makes a random secret in place of one that an export left out.
func (w *writer) unknown() ([]byte, error) {
	secret := make([]byte, sha256.Size)
	if _, err := io.ReadFull(w.options.Random, secret); err != nil {
		return nil, fmt.Errorf("seed: secret: %w", err)
	}
	return secret, nil
}

// loginProfile gives a user a password: one that is declared in clear, one of which an
// export has the hashes, or a random one.
func (w *writer) loginProfile(u *persistence.User, x *loginProfile) error {
	if x == nil {
		return nil
	}
	record, err := persistence.LoginProfiles.Get(w.tx, w.account, u.ID)
	if err != nil && !absent(err) {
		return err
	}
	made := absent(err)
	w.on(x.CreateDate)
	switch {
	case x.Password.given() && made:
		_, err = w.CreateLoginProfile(w.ctx, &iam.CreateLoginProfileInput{UserName: &u.Name, Password: &x.Password.value})
	case x.Password.given() && !iamsvc.IsPassword(record, x.Password.value):
		_, err = w.UpdateLoginProfile(w.ctx, &iam.UpdateLoginProfileInput{UserName: &u.Name, Password: &x.Password.value})
	case !x.Password.given() && (made || x.Salt.given()):
		err = w.storedPassword(u, x, record)
	default:
		err = nil
	}
	if err := refused(x.Line, "login profile", err); err != nil {
		return err
	}
	return persistence.LoginProfiles.Change(w.tx, w.account, func(p *persistence.LoginProfile) error {
		x.ResetRequired.into(&p.ResetRequired)
		x.CreateDate.into(&p.CreateDate)
		x.ChangeDate.into(&p.ChangeDate)
		return nil
	}, u.ID)
}

// The sizes of the salt and the hashes of a login profile, in bytes, and its maximum number of hashes.
const (
	saltSize     = 16
	passwordHash = 32
	maxHashes    = 24
)

func (w *writer) storedPassword(u *persistence.User, x *loginProfile, record *persistence.LoginProfile) error {
	if record == nil {
		record = &persistence.LoginProfile{UserID: u.ID, CreateDate: w.now(), ChangeDate: w.now()}
	}
	if !x.Salt.given() {
		secret, err := w.unknown()
		if err != nil {
			return err
		}
		record.Salt, record.Hashes = secret[:saltSize], [][]byte{secret}
		return persistence.LoginProfiles.Put(w.tx, w.account, record)
	}
	if len(x.Salt.value) != saltSize || len(x.Hashes) > maxHashes {
		return fault(x.Salt.line, "the salt of a password must have %d bytes, and there may be at most %d hashes", saltSize, maxHashes)
	}
	record.Salt, record.Hashes = x.Salt.value, nil
	for _, h := range x.Hashes {
		if len(h.value) != passwordHash {
			return fault(h.line, "the hash of a password has %d bytes, not %d", passwordHash, len(h.value))
		}
		record.Hashes = append(record.Hashes, h.value)
	}
	return persistence.LoginProfiles.Put(w.tx, w.account, record)
}

// accessKeys gives a user access keys with declared secrets, which no operation of IAM
// can.
func (w *writer) accessKeys(u *persistence.User, keys []accessKey) error {
	if len(keys) == 0 {
		return nil
	}
	for i := range keys {
		if err := w.accessKey(u, i, &keys[i]); err != nil {
			return err
		}
	}
	n, err := persistence.AccessKeysByUser.Count(w.tx, w.account, u.ID)
	if limit := w.Quotas().AccessKeysPerUser; err == nil && n > limit {
		err = fault(keys[0].Line, "user %s would have %d access keys; a user may have at most %d", u.Name, n, limit)
	}
	return err
}

func (w *writer) accessKey(u *persistence.User, position int, k *accessKey) error {
	id, err := w.accessKeyID(u, position, k)
	if err != nil {
		return err
	}
	w.on(k.CreateDate)
	record, err := persistence.AccessKeys.Get(w.tx, w.account, id)
	if absent(err) {
		record, err = &persistence.AccessKey{ID: id, UserID: u.ID, CreateDate: w.now()}, nil
		if k.Secret.value == "" {
			var secret []byte
			secret, err = w.unknown()
			record.Secret = base64.StdEncoding.EncodeToString(secret)
		}
	}
	if err != nil {
		return err
	}
	if record.UserID != u.ID {
		return fault(k.Line, "access key %s is another user's", id)
	}
	if k.Secret.value != "" {
		record.Secret = k.Secret.value
	}
	k.Status.inactive(&record.Inactive)
	k.CreateDate.into(&record.CreateDate)
	if k.LastUsed != nil {
		record.LastUsedDate = k.LastUsed.Date.value
		record.LastUsedService, record.LastUsedRegion = k.LastUsed.Service.value, k.LastUsed.Region.value
	}
	return persistence.AccessKeys.Put(w.tx, w.account, record)
}

func (w *writer) accessKeyID(u *persistence.User, position int, k *accessKey) (string, error) {
	derived, err := derivedKeyID(w.account, u.Name, position)
	if err != nil || !k.ID.given() {
		return derived, err
	}
	id := k.ID.value
	if account, ok := principal.AccountOfAccessKey(id); !ok || account != w.account || id[:4] != principal.LongTermKeyPrefix {
		return "", fault(k.ID.line, "access key ID %q does not contain the account %s, as AWS's do; leave it out to get %s", id,
			w.account, derived)
	}
	return id, nil
}

// derivedKeyID returns the ID of an access key, which is always the same for an account, user and position.
func derivedKeyID(account, user string, position int) (string, error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "understudy seed\x00%s\x00%s\x00%d", account, persistence.Fold(user), position))
	return principal.NewAccessKeyID(bytes.NewReader(sum[:]), principal.LongTermKeyPrefix, account)
}

// sshPublicKey gives a user an SSH public key, or finds the same key if the user has it.
func (w *writer) sshPublicKey(u *persistence.User, k *sshPublicKey) error {
	fingerprint, err := iamsvc.SSHFingerprint(k.Body.value)
	if err != nil {
		return err
	}
	record, err := persistence.SSHPublicKeysByFingerprint.First(w.tx, w.account, u.ID, fingerprint)
	made := absent(err)
	if made {
		w.on(k.UploadDate)
		if _, err := w.UploadSSHPublicKey(w.ctx, &iam.UploadSSHPublicKeyInput{
			UserName: &u.Name, SSHPublicKeyBody: &k.Body.value,
		}); err != nil {
			return err
		}
		record, err = persistence.SSHPublicKeysByFingerprint.First(w.tx, w.account, u.ID, fingerprint)
	}
	if err != nil {
		return err
	}
	if k.ID.given() && k.ID.value != record.ID {
		if !made {
			return otherID(k.ID, "SSH public key", u.Name, record.ID)
		}
		if account, ok := principal.AccountOfAccessKey(k.ID.value); !ok || account != w.account ||
			k.ID.value[:4] != principal.PublicKeyIDPrefix {
			return fault(k.ID.line, "the ID of an SSH public key %q does not contain the account %s, as AWS's do; leave it out",
				k.ID.value, w.account)
		}
		err := w.claim(k.ID, func() (bool, error) { return persistence.SSHPublicKeys.Has(w.tx, w.account, k.ID.value) })
		if err != nil {
			return err
		}
		if err := persistence.SSHPublicKeys.Delete(w.tx, w.account, record.ID); err != nil {
			return err
		}
		record.ID = k.ID.value
	}
	k.Status.inactive(&record.Inactive)
	k.UploadDate.into(&record.UploadDate)
	return persistence.SSHPublicKeys.Put(w.tx, w.account, record)
}

// signingCertificates gives certificates to a user, or to the root user if user is nil.
func (w *writer) signingCertificates(user *string, list []signingCertificate) error {
	for i := range list {
		if err := refused(list[i].Line, "signing certificate", w.signingCertificate(user, &list[i])); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) signingCertificate(user *string, c *signingCertificate) error {
	w.on(c.UploadDate)
	out, err := w.UploadSigningCertificate(w.ctx, &iam.UploadSigningCertificateInput{UserName: user, CertificateBody: &c.Body.value})
	if err != nil {
		return err
	}
	return persistence.SigningCertificates.Change(w.tx, w.account, func(record *persistence.SigningCertificate) error {
		c.Status.inactive(&record.Inactive)
		c.UploadDate.into(&record.UploadDate)
		return nil
	}, *out.Certificate.CertificateId)
}

// serviceCredential makes a service-specific credential, or changes the one with the ID.
// An ID that is left out is derived from user, service and position.
func (w *writer) serviceCredential(u *persistence.User, position int, c *serviceCredential) error {
	id := c.ID.value
	if !c.ID.given() {
		sum := sha256.Sum256(fmt.Appendf(nil, "understudy seed\x00%s\x00%s\x00%s\x00%d", w.account, persistence.Fold(u.Name),
			c.Service.value, position))
		id = principal.CredentialIDPrefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
	}
	record, err := persistence.ServiceCredentials.Get(w.tx, w.account, id)
	if absent(err) {
		record, err = w.newServiceCredential(u, c, id)
	}
	if err != nil {
		return err
	}
	if record.UserID != u.ID || record.Service != c.Service.value {
		return fault(c.Line, "credential %s is another user's, or for another service", id)
	}
	switch {
	case c.Hash.given():
		record.SecretHash = c.Hash.value
	case c.Secret.given():
		sum := sha256.Sum256([]byte(c.Secret.value))
		record.SecretHash = sum[:]
	}
	c.Status.inactive(&record.Inactive)
	c.CreateDate.into(&record.CreateDate)
	c.ExpirationDate.into(&record.ExpirationDate)
	return persistence.ServiceCredentials.Put(w.tx, w.account, record)
}

func (w *writer) newServiceCredential(u *persistence.User, c *serviceCredential, id string) (*persistence.ServiceCredential, error) {
	w.on(c.CreateDate)
	out, err := w.CreateServiceSpecificCredential(w.ctx,
		&iam.CreateServiceSpecificCredentialInput{UserName: &u.Name, ServiceName: &c.Service.value})
	if err != nil {
		return nil, err
	}
	record, err := persistence.ServiceCredentials.Get(w.tx, w.account,
		aws.ToString(out.ServiceSpecificCredential.ServiceSpecificCredentialId))
	if err != nil {
		return nil, err
	}
	if err := persistence.ServiceCredentials.Delete(w.tx, w.account, record.ID); err != nil {
		return nil, err
	}
	record.ID = id
	if c.Alias.given() && c.Alias.value != record.Alias {
		if err := w.renameAlias(record, c.Alias); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// renameAlias gives a new credential its declared name, and frees the name that it got
// when it was made.
func (w *writer) renameAlias(record *persistence.ServiceCredential, alias text) error {
	taken, err := persistence.ServiceAliases.Has(w.tx, w.account, record.Service, alias.value)
	if err == nil && taken {
		err = fault(alias.line, "alias %s was already used", alias.value)
	}
	if err != nil {
		return err
	}
	if err := persistence.ServiceAliases.Delete(w.tx, w.account, record.Service, record.Alias); err != nil {
		return err
	}
	record.Alias = alias.value
	return persistence.ServiceAliases.Put(w.tx, w.account, &persistence.ServiceAlias{Service: record.Service, Alias: alias.value})
}
