package seed

import (
	"bytes"
	"crypto/x509"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
)

// settings sets the members that concern the account as a whole.
func (w *writer) settings() error {
	a := w.declared
	if err := w.alias(); err != nil {
		return err
	}
	if a.TokenVersion.given() {
		in := &iam.SetSecurityTokenServicePreferencesInput{
			GlobalEndpointTokenVersion: types.GlobalEndpointTokenVersion(a.TokenVersion.value),
		}
		if _, err := w.SetSecurityTokenServicePreferences(w.ctx, in); err != nil {
			return err
		}
	}
	if p := a.PasswordPolicy; p != nil {
		_, err := w.UpdateAccountPasswordPolicy(w.ctx, &iam.UpdateAccountPasswordPolicyInput{
			MinimumPasswordLength: p.MinimumLength.pointer(), RequireSymbols: p.RequireSymbols.value,
			RequireNumbers: p.RequireNumbers.value, RequireUppercaseCharacters: p.RequireUppercase.value,
			RequireLowercaseCharacters: p.RequireLowercase.value,
			AllowUsersToChangePassword: p.AllowChange.value, MaxPasswordAge: p.MaxAge.pointer(),
			PasswordReusePrevention: p.Reuse.pointer(), HardExpiry: boolean(p.HardExpiry),
		})
		if err != nil {
			return err
		}
	}
	if err := w.outboundFederation(a.OutboundFederation); err != nil {
		return err
	}
	if err := w.idpKeys(a.IDPKeys); err != nil {
		return err
	}
	return w.root(a.Root)
}

// idpKeys sets the keys of the local identity provider.
func (w *writer) idpKeys(keys []idpKey) error {
	for _, k := range keys {
		if _, err := x509.ParsePKCS8PrivateKey(k.Key.value); err != nil {
			return fault(k.Key.line, "key %s is not a private key in PKCS #8", k.ID.value)
		}
		err := persistence.IDPKeys.Put(w.tx, w.account, &persistence.IDPKey{
			Kind: k.Kind.value, KeyID: k.ID.value, DER: k.Key.value, Certificate: k.Certificate.value,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) alias() error {
	a := w.declared.Alias
	if !a.given() {
		return nil
	}
	record, err := persistence.Accounts.Get(w.tx, w.account)
	if err != nil || record.Alias == a.value {
		return err
	}
	_, err = w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: &a.value})
	return refused(a.line, "alias "+a.value, err)
}

// outboundFederation turns the tokens for other services on or off, and sets their issuer
// and keys, so that earlier tokens stay valid.
func (w *writer) outboundFederation(f *outboundFederation) error {
	if f == nil {
		return nil
	}
	record, err := persistence.Accounts.Get(w.tx, w.account)
	if err != nil {
		return err
	}
	switch {
	case f.Enabled.value && !record.OutboundFederation:
		_, err = w.EnableOutboundWebIdentityFederation(w.ctx, &iam.EnableOutboundWebIdentityFederationInput{})
	case f.Enabled.given() && !f.Enabled.value && record.OutboundFederation:
		_, err = w.DisableOutboundWebIdentityFederation(w.ctx, &iam.DisableOutboundWebIdentityFederationInput{})
	}
	if err != nil {
		return err
	}
	if f.Issuer.given() {
		if record, err = persistence.Accounts.Get(w.tx, w.account); err != nil {
			return err
		}
		record.OutboundIssuer = f.Issuer.value
		if err := persistence.Accounts.Put(w.tx, w.account, record); err != nil {
			return err
		}
	}
	for _, k := range f.Keys {
		if _, err := x509.ParsePKCS8PrivateKey(k.Key.value); err != nil {
			return fault(k.Key.line, "key %s is not a private key in PKCS #8", k.ID.value)
		}
		if err := persistence.TokenKeys.Put(w.tx, w.account, &persistence.TokenKey{ID: k.ID.value, DER: k.Key.value}); err != nil {
			return err
		}
	}
	return nil
}

// root sets what is known of the root user.
func (w *writer) root(r *root) error {
	if r == nil {
		return nil
	}
	if r.Password.given() || r.PasswordDate.given() {
		record := &persistence.RootPassword{Deleted: r.Password.given() && !r.Password.value, CreateDate: r.PasswordDate.value}
		if err := persistence.RootPasswords.Put(w.tx, w.account, record); err != nil {
			return err
		}
	}
	return w.signingCertificates(nil, r.SigningCertificates)
}

// finishSettings sets what must be set last.
func (w *writer) finishSettings() error {
	a := w.declared
	if a.RoleManager.given() && !a.CreateDate.given() {
		enabled := "false"
		if a.RoleManager.value {
			enabled = "true"
		}
		_, err := w.PutAccountProperties(w.ctx,
			&iam.PutAccountPropertiesInput{Properties: map[string]string{"RoleManager/Enabled": enabled}})
		if err := refused(a.RoleManager.line, "roleManager", err); err != nil {
			return err
		}
	}
	record, err := persistence.Accounts.Get(w.tx, w.account)
	if err != nil {
		return err
	}
	if a.CreateDate.given() { // an export, which has the role manager's role, if it exists, among the roles
		record.CreateDate = a.CreateDate.value
		record.RoleManager = record.RoleManager || a.RoleManager.value
	}
	if a.SealingKey.given() && !bytes.Equal(record.SealingKey, a.SealingKey.value) {
		record.SealingKey = a.SealingKey.value
	}
	w.declareQuotas(record)
	if err := persistence.Accounts.Put(w.tx, w.account, record); err != nil {
		return err
	}
	return w.spentAliases()
}

// spentAliases stores the names that service-specific credentials had in the past.
func (w *writer) spentAliases() error {
	for _, list := range w.declared.SpentAliases {
		for _, alias := range list.values {
			err := persistence.ServiceAliases.Put(w.tx, w.account, &persistence.ServiceAlias{Service: list.name.value, Alias: alias.value})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
