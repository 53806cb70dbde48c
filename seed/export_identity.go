package seed

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func (e *accountExporter) policy(r *persistence.Policy) (policy, error) {
	p := policy{
		Name: given(r.Name), Path: givenPath(r.Path), ID: given(r.ID), CreateDate: givenTime(r.CreateDate),
		UpdateDate: givenTime(r.UpdateDate), Description: given(r.Description), Tags: givenTags(r.Tags),
	}
	last := 0
	for v, err := range persistence.PolicyVersions.Scan(e.tx, e.id, persistence.Key{r.ID}, nil) {
		if err != nil {
			return p, err
		}
		last = v.Number
		p.Versions = append(p.Versions, version{
			ID: text{*versionID(v.Number), 1}, Default: givenFlag(v.Number == r.DefaultVersion), CreateDate: givenTime(v.CreateDate),
			Document: givenContent(v.Document),
		})
	}
	if r.LastVersion != last {
		p.LastVersion = number{givenNumber(int64(r.LastVersion))}
	}
	if only := p.Versions; len(only) == 1 && last == 1 && r.LastVersion == 1 && r.CreateDate.Equal(only[0].CreateDate.value) {
		p.Document, p.Versions = only[0].Document, nil
		if r.UpdateDate.Equal(r.CreateDate) {
			p.UpdateDate = instant{}
		}
	}
	return p, nil
}

func exportIdentity(name, path string, id string, created instant) identity {
	return identity{Name: given(name), Path: givenPath(path), ID: given(id), CreateDate: created}
}

func (e *accountExporter) permissions(id string) (permissions, error) {
	var all permissions
	for p, err := range authz.OwnPolicies(e.tx, &authz.Holder{Account: e.id, ID: id}) {
		switch {
		case err != nil:
			return all, err
		case p.Inline != nil:
			all.Inline = append(all.Inline, named{text{p.Inline.Name, 1}, text{p.Inline.Document, 1}})
			continue
		}
		name, err := e.policyName(p.ARN)
		if err != nil {
			return all, err
		}
		all.Policies = append(all.Policies, name)
	}
	return all, nil
}

func (e *accountExporter) group(r *persistence.Group) (group, error) {
	p, err := e.permissions(r.ID)
	return group{exportIdentity(r.Name, r.Path, r.ID, givenTime(r.CreateDate)), p}, err
}

func (e *accountExporter) role(r *persistence.Role) (role, error) {
	x := role{
		identity: exportIdentity(r.Name, r.Path, r.ID, givenTime(r.CreateDate)), Description: given(r.Description), Tags: givenTags(r.Tags),
	}
	if r.MaxSessionDuration != 3600 {
		x.MaxSessionDuration = number{givenNumber(int64(r.MaxSessionDuration))}
	}
	if !r.LastUsedDate.IsZero() {
		x.LastUsed = &lastUse{Date: givenTime(r.LastUsedDate), Region: given(r.LastUsedRegion)}
	}
	if t := r.Template; t != nil {
		x.Template = &roleTemplate{ARN: given(t.ARN), Minor: number{givenNumber(int64(t.Minor))}, Parameters: givenLists(t.Values)}
	}
	return x, firstError(
		func() (err error) { x.Boundary, err = e.policyName(r.Boundary); return err },
		func() (err error) { x.Trust, err = e.shownTrust(r.TrustPolicy); return err },
		func() (err error) { x.UnknownPrincipals, err = e.trustsUnknown(r.TrustPolicy); return err },
		func() (err error) { x.permissions, err = e.permissions(r.ID); return err },
	)
}

func (e *accountExporter) user(r *persistence.User) (user, error) {
	x := user{
		identity: exportIdentity(r.Name, r.Path, r.ID, givenTime(r.CreateDate)), PasswordLastUsed: givenTime(r.PasswordLastUsed),
		Tags: givenTags(r.Tags),
	}
	return x, firstError(
		func() (err error) { x.Boundary, err = e.policyName(r.Boundary); return err },
		func() (err error) { x.Groups, err = e.groupsOf(r.ID); return err },
		func() (err error) { x.permissions, err = e.permissions(r.ID); return err },
		func() (err error) { x.LoginProfile, err = e.loginProfile(r.ID); return err },
		func() (err error) {
			x.AccessKeys, err = export(persistence.AccessKeysByUser.Scan(e.tx, e.id, persistence.Key{r.ID}, nil), e.accessKey)
			return err
		},
		func() (err error) { x.SSHPublicKeys, err = e.sshPublicKeys(r); return err },
		func() (err error) { x.SigningCertificates, err = e.signingCertificates(r.ID); return err },
		func() (err error) {
			x.ServiceCredentials, err = export(persistence.ServiceCredentialsByUser.Scan(e.tx, e.id, persistence.Key{r.ID}, nil),
				e.serviceCredential)
			return err
		},
	)
}

// groupsOf returns the names of a user's groups, in alphabetical order.
func (e *accountExporter) groupsOf(id string) ([]text, error) {
	list, err := export(persistence.MembershipsByUser.Scan(e.tx, e.id, persistence.Key{id}, nil),
		func(m *persistence.Membership) (text, error) {
			g, err := persistence.GroupsByID.First(e.tx, e.id, m.GroupID)
			if err != nil {
				return text{}, err
			}
			return text{g.Name, 1}, nil
		})
	slices.SortFunc(list, func(a, b text) int { return persistence.CompareNames(a.value, b.value) })
	return list, err
}

func (e *accountExporter) loginProfile(id string) (*loginProfile, error) {
	r, err := persistence.LoginProfiles.Get(e.tx, e.id, id)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x := &loginProfile{
		ResetRequired: givenFlag(r.ResetRequired), CreateDate: givenTime(r.CreateDate), ChangeDate: givenTime(r.ChangeDate),
		Salt: givenBlob(r.Salt),
	}
	for _, h := range r.Hashes {
		x.Hashes = append(x.Hashes, givenBlob(h))
	}
	return x, nil
}

func (e *accountExporter) accessKey(r *persistence.AccessKey) (accessKey, error) {
	x := accessKey{ID: given(r.ID), Secret: given(r.Secret), Status: givenStatus(r.Inactive), CreateDate: givenTime(r.CreateDate)}
	if !r.LastUsedDate.IsZero() {
		x.LastUsed = &lastUse{givenTime(r.LastUsedDate), given(r.LastUsedService), given(r.LastUsedRegion)}
	}
	return x, nil
}

// sshPublicKeys returns a user's keys in OpenSSH's form.
func (e *accountExporter) sshPublicKeys(u *persistence.User) ([]sshPublicKey, error) {
	service := iamsvc.New(iamsvc.Options{Store: inside{e.tx}})
	ctx := principal.NewContext(e.ctx, &principal.Caller{Principal: principal.Principal{AccountID: e.id}})
	return export(persistence.SSHPublicKeysByUser.Scan(e.tx, e.id, persistence.Key{u.ID}, nil),
		func(r *persistence.SSHPublicKey) (sshPublicKey, error) {
			x := sshPublicKey{ID: given(r.ID), Status: givenStatus(r.Inactive), UploadDate: givenTime(r.UploadDate)}
			out, err := service.GetSSHPublicKey(ctx,
				&iam.GetSSHPublicKeyInput{UserName: &u.Name, SSHPublicKeyId: &r.ID, Encoding: types.EncodingTypeSsh})
			if err == nil {
				x.Body = givenContent(aws.ToString(out.SSHPublicKey.SSHPublicKeyBody))
			}
			return x, err
		})
}

// signingCertificates returns those of a user, or of the root user, by ID.
func (e *accountExporter) signingCertificates(id string) ([]signingCertificate, error) {
	all := persistence.SigningCertificatesByUser.Scan(e.tx, e.id, persistence.Key{id}, nil)
	return export(all, func(r *persistence.SigningCertificate) (signingCertificate, error) {
		return signingCertificate{Body: givenContent(r.Body), Status: givenStatus(r.Inactive), UploadDate: givenTime(r.UploadDate)}, nil
	})
}

func (e *accountExporter) serviceCredential(r *persistence.ServiceCredential) (serviceCredential, error) {
	return serviceCredential{
		Service: given(r.Service), ID: given(r.ID), Alias: given(r.Alias), Hash: givenBlob(r.SecretHash), Status: givenStatus(r.Inactive),
		CreateDate: givenTime(r.CreateDate), ExpirationDate: givenTime(r.ExpirationDate),
	}, nil
}

func (e *accountExporter) instanceProfile(r *persistence.InstanceProfile) (instanceProfile, error) {
	x := instanceProfile{identity: exportIdentity(r.Name, r.Path, r.ID, givenTime(r.CreateDate)), Tags: givenTags(r.Tags)}
	if r.RoleID == "" {
		return x, nil
	}
	role, err := persistence.RolesByID.First(e.tx, e.id, r.RoleID)
	if err == nil {
		x.Role = given(role.Name)
	}
	return x, err
}

func (e *accountExporter) oidcProvider(r *persistence.OIDCProvider) (oidcProvider, error) {
	return oidcProvider{
		URL: text{"https://" + r.URL, 1}, CreateDate: givenTime(r.CreateDate), ClientIDs: givenTexts(r.ClientIDs),
		Thumbprints: givenTexts(r.Thumbprints), Context: exportContextProvider(r.Context), Instance: given(r.IdentityCenterInstance),
		Tags: givenTags(r.Tags),
	}, nil
}

func (e *accountExporter) samlProvider(r *persistence.SAMLProvider) (samlProvider, error) {
	x := samlProvider{
		Name: given(r.Name), ID: given(r.UUID), CreateDate: givenTime(r.CreateDate), ValidUntil: givenTime(r.ValidUntil),
		Metadata: givenContent(r.Metadata), Context: exportContextProvider(r.Context), Tags: givenTags(r.Tags),
	}
	if r.EncryptionRequired {
		x.Encryption = text{"Required", 1}
	}
	for _, k := range r.PrivateKeys {
		x.PrivateKeys = append(x.PrivateKeys, samlKey{given(k.ID), givenContent(k.PEM), givenTime(k.UploadDate)})
	}
	return x, nil
}

func (e *accountExporter) serverCertificate(r *persistence.ServerCertificate) (serverCertificate, error) {
	return serverCertificate{
		Name: given(r.Name), Path: givenPath(r.Path), ID: given(r.ID), UploadDate: givenTime(r.UploadDate), Body: givenContent(r.Body),
		Chain: givenContent(r.Chain), Tags: givenTags(r.Tags), Untaggable: givenFlag(r.Untaggable),
	}, nil
}

func (e *accountExporter) mfaDevice(r *persistence.MFADevice) (mfaDevice, error) {
	x := mfaDevice{
		Seed: given(r.Seed), EnableDate: givenTime(r.EnableDate), Tags: givenTags(r.Tags), LastSync: givenNumber(r.LastSync),
		Drift: givenNumber(r.Drift), TryWindow: givenNumber(r.TryWindow), Tries: number{givenNumber(int64(r.Tries))},
	}
	for _, n := range r.Spent {
		x.Spent = append(x.Spent, number64{n, 1})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Certifications)) {
		x.Certifications = append(x.Certifications, named{text{name, 1}, text{r.Certifications[name], 1}})
	}
	x.Serial = given(r.Serial)
	if prefix := e.own().IAM("mfa"); r.Kind == persistence.VirtualMFA && strings.HasPrefix(r.Serial, prefix) {
		arn, _ := principal.ParseARN(r.Serial)
		_, path, name := arn.Entity()
		x.Serial, x.Name, x.Path = text{}, given(name), givenPath(path)
	}
	switch r.UserID {
	case "":
	case e.id:
		x.Root = flag{true, 1}
	default:
		u, err := persistence.UsersByID.First(e.tx, e.id, r.UserID)
		if err != nil {
			return x, err
		}
		x.User = given(u.Name)
	}
	return x, nil
}
