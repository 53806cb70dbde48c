package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	expiredStatus   = types.StatusType("Expired")
	noExpiredStatus = "Operation does not support status Expired"
)

func failuresOfAccessKeys(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{AccessKeysPerUser: 1})
	w.user("ann", "")
	ann, nobody, none := aws.String("ann"), aws.String("nobody"), aws.String("AKIAIOSFODNN7EXAMPLE")
	const missing = "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found."
	return []failure{
		{"NoSuchEntity", noUser, testkit.Refused(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: nobody}))},
		{"LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 1",
			testkit.Refused(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: ann}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListAccessKeys(w.ctx, &iam.ListAccessKeysInput{UserName: nobody}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UpdateAccessKey(w.ctx,
			&iam.UpdateAccessKeyInput{UserName: ann, AccessKeyId: none, Status: types.StatusTypeInactive}))},
		{"InvalidInput", noExpiredStatus, testkit.Refused(w.UpdateAccessKey(w.ctx,
			&iam.UpdateAccessKeyInput{UserName: ann, AccessKeyId: w.keyOf("ann"), Status: expiredStatus}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{UserName: ann, AccessKeyId: none}))},
	}
}

func failuresOfSSHKeys(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{SSHPublicKeysPerUser: 1})
	w.user("ann", "")
	w.user("eve", "")
	ann, eve, nobody, none := aws.String("ann"), aws.String("eve"), aws.String("nobody"), aws.String("APKA22222222222222222")
	first, second, weak := sshKeys()[0], sshKeys()[1], newSSHKey(1024)
	id := w.sshKey("ann", first.openSSH).SSHPublicKeyId
	const missing = "The Public Key with id APKA22222222222222222 cannot be found."
	upload := func(user, body *string) error {
		return testkit.Refused(w.UploadSSHPublicKey(w.ctx, &iam.UploadSSHPublicKeyInput{UserName: user, SSHPublicKeyBody: body}))
	}
	return []failure{
		{"NoSuchEntity", noUser, upload(nobody, &first.openSSH)},
		{"LimitExceeded", "Cannot exceed quota for SSHPublicKeysPerUser: 1", upload(ann, &second.openSSH)},
		{"InvalidPublicKey", "Invalid body for public key", upload(eve, &weak.openSSH)},
		{"UnrecognizedPublicKeyEncoding", "Invalid public key uploaded.", upload(eve, aws.String("rubbish"))},
		{"DuplicateSSHPublicKey", "Duplicate SSH public key uploaded.", upload(ann, &first.pem)},
		{"NoSuchEntity", missing, testkit.Refused(w.GetSSHPublicKey(w.ctx,
			&iam.GetSSHPublicKeyInput{UserName: ann, SSHPublicKeyId: none, Encoding: types.EncodingTypeSsh}))},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListSSHPublicKeys(w.ctx, &iam.ListSSHPublicKeysInput{UserName: nobody}))},
		{"NoSuchEntity", "User has no Public Key with id " + *id + ".",
			testkit.Refused(w.UpdateSSHPublicKey(w.ctx,
				&iam.UpdateSSHPublicKeyInput{UserName: eve, SSHPublicKeyId: id, Status: types.StatusTypeInactive}))},
		{"InvalidInput", noExpiredStatus, testkit.Refused(w.UpdateSSHPublicKey(w.ctx,
			&iam.UpdateSSHPublicKeyInput{UserName: ann, SSHPublicKeyId: id, Status: expiredStatus}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteSSHPublicKey(w.ctx,
			&iam.DeleteSSHPublicKeyInput{UserName: ann, SSHPublicKeyId: none}))},
	}
}

func failuresOfSigningCertificates(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{CertificatesPerUser: 1})
	w.user("ann", "")
	w.user("eve", "")
	ann, eve, nobody, none := aws.String("ann"), aws.String("eve"), aws.String("nobody"), aws.String("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
	first, second := newCertificate(t, "one", nil).pem, newCertificate(t, "two", nil).pem
	id := w.signing(ann, first).CertificateId
	const missing = "The Certificate with id ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 cannot be found."
	upload := func(user, body *string) error {
		return testkit.Refused(w.UploadSigningCertificate(w.ctx, &iam.UploadSigningCertificateInput{UserName: user, CertificateBody: body}))
	}
	return []failure{
		{"NoSuchEntity", noUser, upload(nobody, &first)},
		{"LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 1", upload(ann, &second)},
		{"MalformedCertificate", "Certificate rubbish is malformed.", upload(eve, aws.String("rubbish"))},
		{"DuplicateCertificate", "Duplicate certificate uploaded.", upload(eve, &first)},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListSigningCertificates(w.ctx, &iam.ListSigningCertificatesInput{UserName: nobody}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UpdateSigningCertificate(w.ctx,
			&iam.UpdateSigningCertificateInput{UserName: ann, CertificateId: none, Status: types.StatusTypeInactive}))},
		{"InvalidInput", noExpiredStatus, testkit.Refused(w.UpdateSigningCertificate(w.ctx,
			&iam.UpdateSigningCertificateInput{UserName: ann, CertificateId: id, Status: expiredStatus}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteSigningCertificate(w.ctx,
			&iam.DeleteSigningCertificateInput{UserName: ann, CertificateId: none}))},
	}
}

func failuresOfServerCertificates(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{ServerCertificatesPerAccount: 2})
	fifty, more := fiftyOne()
	web, www := newCertificate(t, "web", nil), newCertificate(t, "www", nil)
	full := uploadOf("full", web)
	full.Tags = fifty
	testkit.Must(w.UploadServerCertificate(w.ctx, full))(t)
	w.serverCertificate("web", web)
	mixed, unread, tagged, none := uploadOf("bad", web), uploadOf("bad", web), uploadOf("bad", web), aws.String("none")
	mixed.PrivateKey, unread.CertificateBody, tagged.Tags = &www.key, aws.String("rubbish"), tags("aws:x", "y")
	const missing = "The Server Certificate with name none cannot be found."
	upload := func(in *iam.UploadServerCertificateInput) error {
		return testkit.Refused(w.UploadServerCertificate(w.ctx, in))
	}
	return []failure{
		{"EntityAlreadyExists", "The Server Certificate with name WEB already exists.", upload(uploadOf("WEB", web))},
		{"LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount: 2", upload(uploadOf("third", web))},
		{"KeyPairMismatch", "The private key did not match the public key provided. Please verify the key material and try again.",
			upload(mixed)},
		{"MalformedCertificate", "Unable to parse certificate. Please ensure the certificate is in PEM format.", upload(unread)},
		{"InvalidInput", awsTag, upload(tagged)},
		{"NoSuchEntity", missing, testkit.Refused(w.GetServerCertificate(w.ctx,
			&iam.GetServerCertificateInput{ServerCertificateName: none}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UpdateServerCertificate(w.ctx,
			&iam.UpdateServerCertificateInput{ServerCertificateName: none, NewPath: aws.String("/")}))},
		{"EntityAlreadyExists", "The Server Certificate with name full already exists.",
			testkit.Refused(w.UpdateServerCertificate(w.ctx,
				&iam.UpdateServerCertificateInput{
					ServerCertificateName: aws.String("web"), NewServerCertificateName: aws.String("full"),
				}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteServerCertificate(w.ctx,
			&iam.DeleteServerCertificateInput{ServerCertificateName: none}))},
		{"NoSuchEntity", missing, testkit.Refused(w.TagServerCertificate(w.ctx,
			&iam.TagServerCertificateInput{ServerCertificateName: none, Tags: more}))},
		{"LimitExceeded", tooManyTags, testkit.Refused(w.TagServerCertificate(w.ctx,
			&iam.TagServerCertificateInput{ServerCertificateName: aws.String("full"), Tags: more}))},
		{"InvalidInput", emptyTagMap, testkit.Refused(w.TagServerCertificate(w.ctx,
			&iam.TagServerCertificateInput{ServerCertificateName: aws.String("web"), Tags: []types.Tag{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.UntagServerCertificate(w.ctx,
			&iam.UntagServerCertificateInput{ServerCertificateName: none, TagKeys: []string{"a"}}))},
		{"InvalidInput", emptyTagKeys, testkit.Refused(w.UntagServerCertificate(w.ctx,
			&iam.UntagServerCertificateInput{ServerCertificateName: aws.String("web"), TagKeys: []string{}}))},
		{"NoSuchEntity", missing, testkit.Refused(w.ListServerCertificateTags(w.ctx,
			&iam.ListServerCertificateTagsInput{ServerCertificateName: none}))},
	}
}

func failuresOfServiceCredentials(t *testing.T) []failure {
	w := limited(t, iamsvc.Quotas{ServiceCredentialsPerUser: 1})
	w.user("ann", "")
	ann, nobody, none := aws.String("ann"), aws.String("nobody"), aws.String("ACCA22222222222222222")
	w.credential("ann", "codecommit.amazonaws.com")
	const missing = "No such credential ACCA22222222222222222 exists"
	create := func(user *string, service string) error {
		return testkit.Refused(w.CreateServiceSpecificCredential(w.ctx,
			&iam.CreateServiceSpecificCredentialInput{UserName: user, ServiceName: &service}))
	}
	return []failure{
		{"NoSuchEntity", noUser, create(nobody, "codecommit.amazonaws.com")},
		{"NoSuchEntity", "No such service sqs.amazonaws.com is supported for Service Specific Credentials",
			create(ann, "sqs.amazonaws.com")},
		{"LimitExceeded", "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 1",
			create(ann, "codecommit.amazonaws.com")},
		{"NoSuchEntity", noUser, testkit.Refused(w.ListServiceSpecificCredentials(w.ctx,
			&iam.ListServiceSpecificCredentialsInput{UserName: nobody}))},
		{"NoSuchEntity", missing, w.setCredential("ann", none, types.StatusTypeInactive)},
		{"NoSuchEntity", missing, testkit.Refused(w.ResetServiceSpecificCredential(w.ctx,
			&iam.ResetServiceSpecificCredentialInput{UserName: ann, ServiceSpecificCredentialId: none}))},
		{"NoSuchEntity", missing, testkit.Refused(w.DeleteServiceSpecificCredential(w.ctx,
			&iam.DeleteServiceSpecificCredentialInput{UserName: ann, ServiceSpecificCredentialId: none}))},
	}
}
