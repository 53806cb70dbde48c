package iam_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// Whichever access to the store fails, the operation returns that error and leaves
// everything as it was.
func TestFaultOfTheStoreChangesNoCredentials(t *testing.T) {
	t.Parallel()
	for name, call := range credentialCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newCredentials(t).withEveryFault(t, call)
		})
	}
	t.Run("CreateLoginProfile by the default policy", func(t *testing.T) {
		t.Parallel()
		c := newCredentials(t)
		testkit.Must(c.DeleteAccountPasswordPolicy(c.root, &iam.DeleteAccountPasswordPolicyInput{}))(t)
		c.withEveryFault(t, credentialCalls()["CreateLoginProfile"])
	})
	t.Run("CreateLoginProfile of root", func(t *testing.T) {
		t.Parallel()
		c := newCredentials(t)
		root := c.as(rootSession())
		testkit.Must(c.DeleteLoginProfile(root, &iam.DeleteLoginProfileInput{}))(t)
		c.withEveryFault(t, func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.CreateLoginProfile(root, &iam.CreateLoginProfileInput{}))
		})
	})
}

func (c *credentials) withEveryFault(t *testing.T, call func(*iamsvc.Service, *credentials) error) {
	t.Helper()
	store := testkit.NewFailingStore(c.store)
	s := iamsvc.New(iamsvc.Options{Store: store, Now: func() time.Time { return birth }})
	store.AtEachAccess(t, func() error { return call(s, c) })
}

// credentialCalls are calls that succeed.
func credentialCalls() map[string]func(*iamsvc.Service, *credentials) error {
	bob, anna, site, x := aws.String("Bob"), aws.String("anna"), aws.String("Site"), aws.String("x")
	return map[string]func(*iamsvc.Service, *credentials) error{
		"CreateLoginProfile": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.CreateLoginProfile(c.root,
				&iam.CreateLoginProfileInput{UserName: anna, Password: aws.String(strongPassword)}))
		},
		"GetLoginProfile": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.GetLoginProfile(c.root, &iam.GetLoginProfileInput{UserName: bob}))
		},
		"UpdateLoginProfile": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UpdateLoginProfile(c.root,
				&iam.UpdateLoginProfileInput{UserName: bob, Password: aws.String(strongPassword + "2")}))
		},
		"ChangePassword": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ChangePassword(c.as(userPrincipal(c.bobs())),
				&iam.ChangePasswordInput{OldPassword: aws.String(strongPassword), NewPassword: aws.String("another")}))
		},
		"DeleteLoginProfile": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteLoginProfile(c.root, &iam.DeleteLoginProfileInput{UserName: bob}))
		},
		"DeleteLoginProfile of root": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteLoginProfile(c.as(rootSession()), &iam.DeleteLoginProfileInput{}))
		},
		"GetLoginProfile of root": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.GetLoginProfile(c.as(rootSession()), &iam.GetLoginProfileInput{}))
		},
		"UpdateAccountPasswordPolicy": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UpdateAccountPasswordPolicy(c.root, &iam.UpdateAccountPasswordPolicyInput{RequireNumbers: true}))
		},
		"GetAccountPasswordPolicy": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.GetAccountPasswordPolicy(c.root, &iam.GetAccountPasswordPolicyInput{}))
		},
		"DeleteAccountPasswordPolicy": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteAccountPasswordPolicy(c.root, &iam.DeleteAccountPasswordPolicyInput{}))
		},
		"UploadSSHPublicKey": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UploadSSHPublicKey(c.root,
				&iam.UploadSSHPublicKeyInput{UserName: anna, SSHPublicKeyBody: aws.String(sshKey())}))
		},
		"GetSSHPublicKey": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.GetSSHPublicKey(c.root,
				&iam.GetSSHPublicKeyInput{UserName: bob, SSHPublicKeyId: c.ssh, Encoding: "SSH"}))
		},
		"ListSSHPublicKeys": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ListSSHPublicKeys(c.root, &iam.ListSSHPublicKeysInput{UserName: bob}))
		},
		"UpdateSSHPublicKey": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UpdateSSHPublicKey(c.root,
				&iam.UpdateSSHPublicKeyInput{UserName: bob, SSHPublicKeyId: c.ssh, Status: "Inactive"}))
		},
		"DeleteSSHPublicKey": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteSSHPublicKey(c.root, &iam.DeleteSSHPublicKeyInput{UserName: bob, SSHPublicKeyId: c.ssh}))
		},
		"UploadSigningCertificate": func(s *iamsvc.Service, c *credentials) error {
			body, _ := newPair(c.t)
			return testkit.Refused(s.UploadSigningCertificate(c.root,
				&iam.UploadSigningCertificateInput{UserName: anna, CertificateBody: &body}))
		},
		"ListSigningCertificates": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ListSigningCertificates(c.root, &iam.ListSigningCertificatesInput{UserName: bob}))
		},
		"UpdateSigningCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UpdateSigningCertificate(c.root,
				&iam.UpdateSigningCertificateInput{UserName: bob, CertificateId: c.signing, Status: "Inactive"}))
		},
		"DeleteSigningCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteSigningCertificate(c.root,
				&iam.DeleteSigningCertificateInput{UserName: bob, CertificateId: c.signing}))
		},
		"CreateServiceSpecificCredential": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.CreateServiceSpecificCredential(c.root,
				&iam.CreateServiceSpecificCredentialInput{UserName: bob, ServiceName: aws.String(bedrock)}))
		},
		"ListServiceSpecificCredentials": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ListServiceSpecificCredentials(c.root, &iam.ListServiceSpecificCredentialsInput{UserName: bob}))
		},
		"ListServiceSpecificCredentials of all": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ListServiceSpecificCredentials(c.root,
				&iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)}))
		},
		"UpdateServiceSpecificCredential": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UpdateServiceSpecificCredential(c.root,
				&iam.UpdateServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: c.service, Status: "Inactive"}))
		},
		"ResetServiceSpecificCredential": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ResetServiceSpecificCredential(c.root,
				&iam.ResetServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: c.service}))
		},
		"DeleteServiceSpecificCredential": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteServiceSpecificCredential(c.root,
				&iam.DeleteServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: c.service}))
		},
		"UploadServerCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UploadServerCertificate(c.root, c.upload("x")))
		},
		"GetServerCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.GetServerCertificate(c.root, &iam.GetServerCertificateInput{ServerCertificateName: site}))
		},
		"ListServerCertificates": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ListServerCertificates(c.root, &iam.ListServerCertificatesInput{}))
		},
		"UpdateServerCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UpdateServerCertificate(c.root,
				&iam.UpdateServerCertificateInput{ServerCertificateName: site, NewServerCertificateName: x}))
		},
		"DeleteServerCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.DeleteServerCertificate(c.root, &iam.DeleteServerCertificateInput{ServerCertificateName: site}))
		},
		"TagServerCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.TagServerCertificate(c.root,
				&iam.TagServerCertificateInput{ServerCertificateName: site, Tags: tags("a", "b")}))
		},
		"UntagServerCertificate": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.UntagServerCertificate(c.root,
				&iam.UntagServerCertificateInput{ServerCertificateName: site, TagKeys: []string{"team"}}))
		},
		"ListServerCertificateTags": func(s *iamsvc.Service, c *credentials) error {
			return testkit.Refused(s.ListServerCertificateTags(c.root, &iam.ListServerCertificateTagsInput{ServerCertificateName: site}))
		},
	}
}

// If a decision about a credential cannot be made, that is an error.
func TestFaultOfTheStoreWhileDecidingOnCredentials(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	good := c.authz
	for operation, in := range map[string]any{
		"ChangePassword": &iam.ChangePasswordInput{},
		"ResetServiceSpecificCredential": &iam.ResetServiceSpecificCredentialInput{
			UserName: aws.String("Bob"), ServiceSpecificCredentialId: c.service,
		},
		"ListServerCertificateTags": &iam.ListServerCertificateTagsInput{ServerCertificateName: aws.String("Site")},
		"UpdateServerCertificate": &iam.UpdateServerCertificateInput{ServerCertificateName: aws.String("Site"),
			NewPath: aws.String("/q/")},
		"CreateServiceSpecificCredential": &iam.CreateServiceSpecificCredentialInput{
			UserName: aws.String("Bob"), ServiceName: aws.String(bedrock),
		},
	} {
		t.Run(operation, func(t *testing.T) {
			c.authz = good
			if err := c.decide(statement("iam:*", "*"), operation, in); err != nil {
				t.Fatal(err)
			}
			store := testkit.NewFailingStore(c.store)
			c.authz = newAuthorizer(store)
			store.AtEachAccess(t, func() error { return c.decideAgain(operation, in) })
		})
	}
}
