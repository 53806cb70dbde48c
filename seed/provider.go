package seed

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/persistence"
)

// instanceProfile makes an instance profile, and puts its role into it.
func (w *writer) instanceProfile(x *instanceProfile) error {
	name, tags := &x.Name.value, tagsOf(x.Tags)
	record, err := persistence.InstanceProfiles.Get(w.tx, w.account, *name)
	made := absent(err)
	switch {
	case made:
		w.on(x.CreateDate)
		_, err = w.CreateInstanceProfile(w.ctx,
			&iam.CreateInstanceProfileInput{InstanceProfileName: name, Path: x.Path.pointer(), Tags: tags})
	case err == nil && x.Path.given() && x.Path.value != record.Path:
		err = fault(x.Path.line, "instance profile %s exists with the path %s, and the path of an instance profile cannot change",
			record.Name, record.Path)
	case err == nil:
		err = tag(w.ctx, w.TagInstanceProfile, &iam.TagInstanceProfileInput{InstanceProfileName: name, Tags: tags}, tags)
	}
	if err != nil {
		return err
	}
	if err := w.profileRole(x); err != nil {
		return err
	}
	return persistence.InstanceProfiles.Change(w.tx, w.account, func(p *persistence.InstanceProfile) (err error) {
		x.CreateDate.into(&p.CreateDate)
		p.ID, err = w.entityID(x.ID, "instance profile", p.Name, p.ID, made)
		return err
	}, *name)
}

// entityID returns the ID that something should have: the declared one if it was just
// made, else its current one.
func (w *writer) entityID(id text, what, name, has string, made bool) (string, error) {
	if !id.given() || id.value == has {
		return has, nil
	}
	if !made {
		return has, otherID(id, what, name, has)
	}
	return id.value, w.claim(id, func() (bool, error) { return false, nil })
}

// profileRole puts the declared role into a profile.
func (w *writer) profileRole(x *instanceProfile) error {
	if !x.Role.given() {
		return nil
	}
	record, err := persistence.InstanceProfiles.Get(w.tx, w.account, x.Name.value)
	if err != nil {
		return err
	}
	if record.RoleID != "" {
		r, err := persistence.RolesByID.First(w.tx, w.account, record.RoleID)
		if err != nil || persistence.SameName(r.Name, x.Role.value) {
			return err
		}
		in := &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: &x.Name.value, RoleName: &r.Name}
		if _, err := w.RemoveRoleFromInstanceProfile(w.ctx, in); err != nil {
			return err
		}
	}
	_, err = w.AddRoleToInstanceProfile(w.ctx,
		&iam.AddRoleToInstanceProfileInput{InstanceProfileName: &x.Name.value, RoleName: &x.Role.value})
	return refused(x.Role.line, "role "+x.Role.value, err)
}

// oidcProvider makes an OpenID Connect provider, or gives the existing one the declared
// client IDs and thumbprints.
func (w *writer) oidcProvider(x *oidcProvider) error {
	url := strings.TrimPrefix(x.URL.value, "https://")
	arn := aws.String(w.own().IAM("oidc-provider/" + url))
	exists, err := persistence.OIDCProviders.Has(w.tx, w.account, url)
	switch {
	case err != nil:
		return err
	case exists:
		err = w.oidcMembers(arn, x)
	default:
		w.on(x.CreateDate)
		var out *iam.CreateOpenIDConnectProviderOutput
		out, err = w.CreateOpenIDConnectProvider(w.ctx, &next.CreateOpenIDConnectProviderInput{
			Url: &x.URL.value, ClientIDList: textValues(x.ClientIDs), ThumbprintList: textValues(x.Thumbprints), Tags: tagsOf(x.Tags),
		})
		if err == nil {
			arn = out.OpenIDConnectProviderArn // without the port 443
		}
	}
	if err != nil {
		return err
	}
	return w.oidcPropagation(arn, x)
}

// oidcMembers adds the client IDs and the tags to a provider that exists, and
// replaces its thumbprints.
func (w *writer) oidcMembers(arn *string, x *oidcProvider) error {
	tags := tagsOf(x.Tags)
	for _, id := range x.ClientIDs {
		_, err := w.AddClientIDToOpenIDConnectProvider(w.ctx,
			&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: &id.value})
		if err != nil {
			return err
		}
	}
	if len(x.Thumbprints) > 0 {
		_, err := w.UpdateOpenIDConnectProviderThumbprint(w.ctx, &iam.UpdateOpenIDConnectProviderThumbprintInput{
			OpenIDConnectProviderArn: arn, ThumbprintList: textValues(x.Thumbprints),
		})
		if err != nil {
			return err
		}
	}
	return tag(w.ctx, w.TagOpenIDConnectProvider, &iam.TagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, Tags: tags}, tags)
}

// samlProvider makes a SAML provider, or changes the existing one to what is declared.
func (w *writer) samlProvider(x *samlProvider) error {
	tags := tagsOf(x.Tags)
	arn := aws.String(w.own().IAM("saml-provider/" + x.Name.value))
	record, err := persistence.SAMLProviders.Get(w.tx, w.account, x.Name.value)
	made := absent(err)
	switch {
	case made:
		w.on(x.CreateDate)
		_, err = w.CreateSAMLProvider(w.ctx, &next.CreateSAMLProviderInput{
			Name: &x.Name.value, SAMLMetadataDocument: &x.Metadata.value, Tags: tags,
		})
	case err == nil && record.Metadata != x.Metadata.value:
		_, err = w.UpdateSAMLProvider(w.ctx, &next.UpdateSAMLProviderInput{SAMLProviderArn: arn, SAMLMetadataDocument: &x.Metadata.value})
	}
	if err != nil {
		return at(x.Metadata.text, err)
	}
	if !made {
		if err := tag(w.ctx, w.TagSAMLProvider, &iam.TagSAMLProviderInput{SAMLProviderArn: arn, Tags: tags}, tags); err != nil {
			return err
		}
	}
	for i := range x.PrivateKeys {
		if err := refused(x.PrivateKeys[i].Key.line, "private key", w.samlKey(arn, x.Name.value, &x.PrivateKeys[i])); err != nil {
			return err
		}
	}
	if x.Encryption.given() {
		_, err := w.UpdateSAMLProvider(w.ctx, &next.UpdateSAMLProviderInput{
			SAMLProviderArn: arn, AssertionEncryptionMode: types.AssertionEncryptionModeType(x.Encryption.value),
		})
		if err != nil {
			return err
		}
	}
	if err := w.samlPropagation(arn, x); err != nil {
		return err
	}
	return w.stampSAML(x, made)
}

// samlKey adds a private key, unless the provider has it already.
func (w *writer) samlKey(arn *string, name string, k *samlKey) error {
	record, err := persistence.SAMLProviders.Get(w.tx, w.account, name)
	if err != nil {
		return err
	}
	has := func(have persistence.SAMLPrivateKey) bool {
		return k.ID.given() && have.ID == k.ID.value || !k.ID.given() && have.PEM == k.Key.value
	}
	if !slices.ContainsFunc(record.PrivateKeys, has) {
		w.on(k.UploadDate)
		if _, err := w.UpdateSAMLProvider(w.ctx, &next.UpdateSAMLProviderInput{
			SAMLProviderArn: arn, AddPrivateKey: &k.Key.value,
		}); err != nil {
			return err
		}
		if record, err = persistence.SAMLProviders.Get(w.tx, w.account, name); err != nil {
			return err
		}
		last := &record.PrivateKeys[len(record.PrivateKeys)-1]
		k.ID.into(&last.ID)
		k.UploadDate.into(&last.UploadDate)
	}
	return persistence.SAMLProviders.Put(w.tx, w.account, record)
}

func (w *writer) stampSAML(x *samlProvider, made bool) error {
	return persistence.SAMLProviders.Change(w.tx, w.account, func(p *persistence.SAMLProvider) (err error) {
		x.CreateDate.into(&p.CreateDate)
		x.ValidUntil.into(&p.ValidUntil)
		p.UUID, err = w.entityID(x.ID, "SAML provider", p.Name, p.UUID, made)
		return err
	}, x.Name.value)
}

// serverCertificate uploads a server certificate, or finds the same one.
func (w *writer) serverCertificate(x *serverCertificate) error {
	tags := tagsOf(x.Tags)
	record, err := persistence.ServerCertificates.Get(w.tx, w.account, x.Name.value)
	made := absent(err)
	switch {
	case made:
		w.on(x.UploadDate)
		_, err = w.UploadServerCertificate(w.ctx, &iam.UploadServerCertificateInput{
			ServerCertificateName: &x.Name.value, Path: x.Path.pointer(), CertificateBody: &x.Body.value,
			CertificateChain: x.Chain.pointer(), PrivateKey: x.PrivateKey.pointer(), Tags: tags,
		})
	case err == nil && (record.Body != x.Body.value || record.Chain != x.Chain.value):
		err = fault(x.Body.line, "server certificate %s exists, and a certificate cannot change; give the new one another name",
			record.Name)
	case err == nil && x.Path.given() && record.Path != x.Path.value:
		_, err = w.UpdateServerCertificate(w.ctx,
			&iam.UpdateServerCertificateInput{ServerCertificateName: &x.Name.value, NewPath: &x.Path.value})
	}
	if err == nil && !made {
		err = tag(w.ctx, w.TagServerCertificate, &iam.TagServerCertificateInput{ServerCertificateName: &x.Name.value, Tags: tags}, tags)
	}
	if err != nil {
		return at(x.Body.text, err)
	}
	return persistence.ServerCertificates.Change(w.tx, w.account, func(c *persistence.ServerCertificate) (err error) {
		x.UploadDate.into(&c.UploadDate)
		x.Untaggable.into(&c.Untaggable)
		c.ID, err = w.entityID(x.ID, "server certificate", c.Name, c.ID, made)
		return err
	}, x.Name.value)
}
