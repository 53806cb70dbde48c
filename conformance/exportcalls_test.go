package conformance_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// did is a call of a history whose output nobody needs.
func did[In, Options, Out any](h *exportHistory, name, on string,
	call func(ctx context.Context, in *In, o ...func(*Options)) (*Out, error), in *In) historyCall {
	return historyCall{name, on, func() error { return testkit.Refused(call(h.ctx, in)) }}
}

func (h *exportHistory) status() types.StatusType {
	return types.StatusType(h.one("Active", "Inactive"))
}

// firstKey is an access key of a user, or one that nobody has.
func (h *exportHistory) firstKey(user *string) *string {
	out, err := h.ListAccessKeys(h.ctx, &iam.ListAccessKeysInput{UserName: user})
	if err != nil || len(out.AccessKeyMetadata) == 0 {
		return aws.String("AKIA0000000000000000")
	}
	return out.AccessKeyMetadata[h.IntN(len(out.AccessKeyMetadata))].AccessKeyId
}

func (h *exportHistory) ofKeys() []historyCall {
	u := h.name("u")
	key := h.firstKey(u)
	return []historyCall{
		did(h, "CreateAccessKey", *u, h.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: u}),
		did(h, "DeleteAccessKey", *u, h.DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: u, AccessKeyId: key}),
		did(h, "UpdateAccessKey", *u, h.UpdateAccessKey, &iam.UpdateAccessKeyInput{UserName: u, AccessKeyId: key, Status: h.status()}),
	}
}

func (h *exportHistory) ofPasswords() []historyCall {
	u, password := h.name("u"), aws.String("Pass-word"+h.one("1", "2", "3"))
	return []historyCall{
		did(h, "CreateLoginProfile", *u, h.CreateLoginProfile,
			&iam.CreateLoginProfileInput{UserName: u, Password: password, PasswordResetRequired: h.IntN(2) == 0}),
		did(h, "UpdateLoginProfile", *u, h.UpdateLoginProfile, &iam.UpdateLoginProfileInput{UserName: u, Password: password}),
		did(h, "DeleteLoginProfile", *u, h.DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: u}),
		did(h, "UpdateAccountPasswordPolicy", "", h.UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{
			MinimumPasswordLength: aws.Int32(int32(6 + h.IntN(3))), RequireSymbols: h.IntN(2) == 0,
			AllowUsersToChangePassword: h.IntN(2) == 0, PasswordReusePrevention: aws.Int32(int32(1 + h.IntN(3))),
		}),
		did(h, "DeleteAccountPasswordPolicy", "", h.DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{}),
	}
}

// firstOf is the first ID that a list has, or one that nobody has.
func firstOf[T any](list []T, err error, id func(*T) *string) *string {
	if err != nil || len(list) == 0 {
		return aws.String("NOBODYHASTHISID00000")
	}
	return id(&list[0])
}

func (h *exportHistory) ofCredentials() []historyCall {
	u, service := h.name("u"), aws.String(h.one(codecommit, bedrock))
	key := sshKeys()[h.IntN(2)].openSSH
	keys, err := h.ListSSHPublicKeys(h.ctx, &iam.ListSSHPublicKeysInput{UserName: u})
	if keys == nil {
		keys = &iam.ListSSHPublicKeysOutput{}
	}
	ssh := firstOf(keys.SSHPublicKeys, err, func(k *types.SSHPublicKeyMetadata) *string { return k.SSHPublicKeyId })
	certificates, err := h.ListSigningCertificates(h.ctx, &iam.ListSigningCertificatesInput{UserName: u})
	if certificates == nil {
		certificates = &iam.ListSigningCertificatesOutput{}
	}
	signing := firstOf(certificates.Certificates, err, func(c *types.SigningCertificate) *string { return c.CertificateId })
	specific, err := h.ListServiceSpecificCredentials(h.ctx, &iam.ListServiceSpecificCredentialsInput{UserName: u})
	if specific == nil {
		specific = &iam.ListServiceSpecificCredentialsOutput{}
	}
	credential := firstOf(specific.ServiceSpecificCredentials, err,
		func(c *types.ServiceSpecificCredentialMetadata) *string { return c.ServiceSpecificCredentialId })
	return []historyCall{
		did(h, "UploadSSHPublicKey", *u, h.UploadSSHPublicKey, &iam.UploadSSHPublicKeyInput{UserName: u, SSHPublicKeyBody: &key}),
		did(h, "UpdateSSHPublicKey", *u, h.UpdateSSHPublicKey,
			&iam.UpdateSSHPublicKeyInput{UserName: u, SSHPublicKeyId: ssh, Status: h.status()}),
		did(h, "DeleteSSHPublicKey", *u, h.DeleteSSHPublicKey, &iam.DeleteSSHPublicKeyInput{UserName: u, SSHPublicKeyId: ssh}),
		did(h, "UploadSigningCertificate", *u, h.UploadSigningCertificate,
			&iam.UploadSigningCertificateInput{UserName: u, CertificateBody: &h.leaf.pem}),
		did(h, "UpdateSigningCertificate", *u, h.UpdateSigningCertificate,
			&iam.UpdateSigningCertificateInput{UserName: u, CertificateId: signing, Status: h.status()}),
		did(h, "DeleteSigningCertificate", *u, h.DeleteSigningCertificate,
			&iam.DeleteSigningCertificateInput{UserName: u, CertificateId: signing}),
		did(h, "CreateServiceSpecificCredential", *u, h.CreateServiceSpecificCredential,
			&iam.CreateServiceSpecificCredentialInput{UserName: u, ServiceName: service}),
		did(h, "UpdateServiceSpecificCredential", *u, h.UpdateServiceSpecificCredential,
			&iam.UpdateServiceSpecificCredentialInput{UserName: u, ServiceSpecificCredentialId: credential, Status: h.status()}),
		did(h, "DeleteServiceSpecificCredential", *u, h.DeleteServiceSpecificCredential,
			&iam.DeleteServiceSpecificCredentialInput{UserName: u, ServiceSpecificCredentialId: credential}),
	}
}

func (h *exportHistory) ofDevices() []historyCall {
	name := h.name("d")
	serial := aws.String("arn:aws:iam::" + firm + ":mfa/" + *name)
	return []historyCall{
		did(h, "CreateVirtualMFADevice", *name, h.CreateVirtualMFADevice,
			&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: name, Tags: h.tags()}),
		did(h, "DeleteVirtualMFADevice", *name, h.DeleteVirtualMFADevice, &iam.DeleteVirtualMFADeviceInput{SerialNumber: serial}),
		did(h, "TagMFADevice", *name, h.TagMFADevice, &iam.TagMFADeviceInput{SerialNumber: serial, Tags: h.tags()}),
	}
}

func (h *exportHistory) ofProfiles() []historyCall {
	b, r, path := h.name("b"), h.name("r"), aws.String(h.path())
	return []historyCall{
		did(h, "CreateInstanceProfile", *b, h.CreateInstanceProfile,
			&iam.CreateInstanceProfileInput{InstanceProfileName: b, Path: path, Tags: h.tags()}),
		did(h, "DeleteInstanceProfile", *b, h.DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: b}),
		did(h, "AddRoleToInstanceProfile", *b+*r, h.AddRoleToInstanceProfile,
			&iam.AddRoleToInstanceProfileInput{InstanceProfileName: b, RoleName: r}),
		did(h, "RemoveRoleFromInstanceProfile", *b+*r, h.RemoveRoleFromInstanceProfile,
			&iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: b, RoleName: r}),
	}
}

// ofTrust lets roles trust users and roles that come and go, and be used.
func (h *exportHistory) ofTrust() []historyCall {
	r := h.name("r")
	of := h.one("user"+h.path()+*h.name("u"), "role"+h.path()+*h.name("r"), "root")
	trust := aws.String(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::%s:%s","222233334444"]},"Action":"sts:AssumeRole"}]}`, firm, of))
	suffix, service := aws.String(h.one("x", "y")), aws.String("autoscaling.amazonaws.com")
	linked := aws.String("AWSServiceRoleForAutoScaling_" + *suffix)
	arn := aws.String("arn:aws:iam::" + firm + ":role" + h.path() + *r)
	return []historyCall{
		did(h, "UpdateAssumeRolePolicy", *r+of, h.UpdateAssumeRolePolicy,
			&iam.UpdateAssumeRolePolicyInput{RoleName: r, PolicyDocument: trust}),
		did(h, "UpdateRole", *r, h.UpdateRole, &iam.UpdateRoleInput{RoleName: r, Description: aws.String(h.one("", "a: #b", "ä\n b")),
			MaxSessionDuration: aws.Int32(int32(3600 * (1 + h.IntN(3))))}),
		did(h, "CreateServiceLinkedRole", *suffix, h.CreateServiceLinkedRole,
			&iam.CreateServiceLinkedRoleInput{AWSServiceName: service, CustomSuffix: suffix}),
		did(h, "DeleteServiceLinkedRole", *suffix, h.DeleteServiceLinkedRole, &iam.DeleteServiceLinkedRoleInput{RoleName: linked}),
		did(h, "AssumeRole", *arn, h.srv.STS().AssumeRole, &sts.AssumeRoleInput{RoleArn: arn, RoleSessionName: aws.String("s1")}),
		did(h, "UpdateGroup", "", h.UpdateGroup,
			&iam.UpdateGroupInput{GroupName: h.name("g"), NewGroupName: h.name("g"), NewPath: aws.String(h.path())}),
	}
}

func (h *exportHistory) ofOIDC() []historyCall {
	host := h.one("a.example.com", "B.example.com/x")
	arn, client := aws.String("arn:aws:iam::"+firm+":oidc-provider/"+host), aws.String(h.one("one", "two"))
	thumbprints := []string{strings.Repeat(h.one("a1", "b2"), 20)}
	return []historyCall{
		did(h, "CreateOpenIDConnectProvider", host, h.CreateOpenIDConnectProvider,
			&iam.CreateOpenIDConnectProviderInput{
				Url: aws.String("https://" + host), ClientIDList: []string{*client}, ThumbprintList: thumbprints, Tags: h.tags(),
			}),
		did(h, "DeleteOpenIDConnectProvider", host, h.DeleteOpenIDConnectProvider,
			&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}),
		did(h, "AddClientIDToOpenIDConnectProvider", host, h.AddClientIDToOpenIDConnectProvider,
			&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: client}),
		did(h, "RemoveClientIDFromOpenIDConnectProvider", host, h.RemoveClientIDFromOpenIDConnectProvider,
			&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: client}),
		did(h, "CreateOpenIDConnectProvider", host, h.createOIDC,
			&next.CreateOpenIDConnectProviderInput{
				Url: aws.String("https://" + host), ThumbprintList: thumbprints, ContextProvider: fullContext(),
			}),
		did(h, "UpdateOpenIDConnectProvider", host, h.updateOIDC,
			&next.UpdateOpenIDConnectProviderInput{
				OpenIDConnectProviderArn: arn, ContextProvider: &next.ContextProvider{SubjectSourceKey: client},
			}),
		did(h, "UpdateOpenIDConnectProvider", host, h.updateOIDC,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, RemoveContextProvider: true}),
		did(h, "UpdateOpenIDConnectProvider", host, h.updateOIDC,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, IdentityCenterInstanceArn: aws.String(identityCenter)}),
		did(h, "UpdateOpenIDConnectProvider", host, h.updateOIDC,
			&next.UpdateOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, RemoveIdentityCenterInstance: true}),
		did(h, "UpdateOpenIDConnectProviderThumbprint", host, h.UpdateOpenIDConnectProviderThumbprint,
			&iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: thumbprints}),
	}
}

func (h *exportHistory) createOIDC(ctx context.Context, in *next.CreateOpenIDConnectProviderInput,
	o ...func(*iam.Options)) (*iam.CreateOpenIDConnectProviderOutput, error) {
	return createOIDC(h.Client, ctx, in, o...)
}

func (h *exportHistory) updateOIDC(ctx context.Context, in *next.UpdateOpenIDConnectProviderInput,
	o ...func(*iam.Options)) (*next.UpdateOpenIDConnectProviderOutput, error) {
	return updateOIDC(h.Client, ctx, in, o...)
}

func (h *exportHistory) updateSAML(ctx context.Context, in *next.UpdateSAMLProviderInput,
	o ...func(*iam.Options)) (*iam.UpdateSAMLProviderOutput, error) {
	return updateSAML(h.Client, ctx, in, o...)
}

func (h *exportHistory) ofSAML() []historyCall {
	name, document := h.name("S"), aws.String(metadata("https://"+h.one("a", "b")+".example.com", h.idp))
	arn := aws.String("arn:aws:iam::" + firm + ":saml-provider/" + *name)
	return []historyCall{
		did(h, "CreateSAMLProvider", *name, h.CreateSAMLProvider,
			&iam.CreateSAMLProviderInput{Name: name, SAMLMetadataDocument: document, Tags: h.tags()}),
		did(h, "UpdateSAMLProvider", *name, h.UpdateSAMLProvider,
			&iam.UpdateSAMLProviderInput{SAMLProviderArn: arn, SAMLMetadataDocument: document}),
		did(h, "UpdateSAMLProvider", *name, h.updateSAML,
			&next.UpdateSAMLProviderInput{SAMLProviderArn: arn, ContextProvider: fullContext()}),
		did(h, "DeleteSAMLProvider", *name, h.DeleteSAMLProvider, &iam.DeleteSAMLProviderInput{SAMLProviderArn: arn}),
	}
}

func (h *exportHistory) ofCertificates() []historyCall {
	name, as := h.name("c"), h.name("c")
	upload := uploadOf(*name, h.leaf)
	upload.Path = aws.String(h.path())
	return []historyCall{
		did(h, "UploadServerCertificate", *name, h.UploadServerCertificate, upload),
		did(h, "UpdateServerCertificate", *name+*as, h.UpdateServerCertificate,
			&iam.UpdateServerCertificateInput{ServerCertificateName: name, NewServerCertificateName: as, NewPath: aws.String(h.path())}),
		did(h, "DeleteServerCertificate", *name, h.DeleteServerCertificate, &iam.DeleteServerCertificateInput{ServerCertificateName: name}),
	}
}

func (h *exportHistory) ofAccount() []historyCall {
	alias := aws.String(h.one("a-b", "abc", "a0-1-z"))
	return []historyCall{
		did(h, "CreateAccountAlias", *alias, h.CreateAccountAlias, &iam.CreateAccountAliasInput{AccountAlias: alias}),
		did(h, "DeleteAccountAlias", *alias, h.DeleteAccountAlias, &iam.DeleteAccountAliasInput{AccountAlias: alias}),
		did(h, "PutAccountProperties", "", h.PutAccountProperties,
			&iam.PutAccountPropertiesInput{Properties: map[string]string{"RoleManager/Enabled": h.one("true", "false")}}),
		did(h, "SetSecurityTokenServicePreferences", "", h.SetSecurityTokenServicePreferences,
			&iam.SetSecurityTokenServicePreferencesInput{
				GlobalEndpointTokenVersion: types.GlobalEndpointTokenVersion(h.one("v1Token", "v2Token")),
			}),
		did(h, "EnableOutboundWebIdentityFederation", "", h.EnableOutboundWebIdentityFederation,
			&iam.EnableOutboundWebIdentityFederationInput{}),
		did(h, "DisableOutboundWebIdentityFederation", "", h.DisableOutboundWebIdentityFederation,
			&iam.DisableOutboundWebIdentityFederationInput{}),
	}
}

func (h *exportHistory) ofTags() []historyCall {
	arn, b := h.customARN(), h.name("b")
	return []historyCall{
		did(h, "TagPolicy", *arn, h.TagPolicy, &iam.TagPolicyInput{PolicyArn: arn, Tags: h.tags()}),
		did(h, "UntagPolicy", *arn, h.UntagPolicy, &iam.UntagPolicyInput{PolicyArn: arn, TagKeys: []string{"team"}}),
		did(h, "TagInstanceProfile", *b, h.TagInstanceProfile, &iam.TagInstanceProfileInput{InstanceProfileName: b, Tags: h.tags()}),
		did(h, "UntagInstanceProfile", *b, h.UntagInstanceProfile,
			&iam.UntagInstanceProfileInput{InstanceProfileName: b, TagKeys: []string{"team"}}),
	}
}
