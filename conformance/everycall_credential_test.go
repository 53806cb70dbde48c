package conformance_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func tourOfCredentials(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	ann := aws.String("ann")
	r.user("ann", "")
	key := try(r, (*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: ann}, on("user ann")).AccessKey.AccessKeyId
	try(r, (*iam.Client).ListAccessKeys, &iam.ListAccessKeysInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).ListAccessKeys, &iam.ListAccessKeysInput{}, []need{{shown: "user nullCALLER", arn: iamHead + "user/CALLER"}})
	try(r, (*iam.Client).GetAccessKeyLastUsed, &iam.GetAccessKeyLastUsedInput{AccessKeyId: key},
		[]need{{shown: "access key " + *key, arn: iamHead + "user/ann"}})
	try(r, (*iam.Client).UpdateAccessKey, &iam.UpdateAccessKeyInput{UserName: ann, AccessKeyId: key, Status: types.StatusTypeInactive},
		on("user ann"))
	try(r, (*iam.Client).DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: ann, AccessKeyId: key}, on("user ann"))

	pub := sshKeys()[0]
	ssh := try(r, (*iam.Client).UploadSSHPublicKey, &iam.UploadSSHPublicKeyInput{UserName: ann, SSHPublicKeyBody: &pub.openSSH},
		on("user ann")).SSHPublicKey.SSHPublicKeyId
	try(r, (*iam.Client).GetSSHPublicKey, &iam.GetSSHPublicKeyInput{UserName: ann, SSHPublicKeyId: ssh, Encoding: types.EncodingTypePem},
		on("user ann"))
	try(r, (*iam.Client).ListSSHPublicKeys, &iam.ListSSHPublicKeysInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).UpdateSSHPublicKey,
		&iam.UpdateSSHPublicKeyInput{UserName: ann, SSHPublicKeyId: ssh, Status: types.StatusTypeInactive}, on("user ann"))
	try(r, (*iam.Client).DeleteSSHPublicKey, &iam.DeleteSSHPublicKeyInput{UserName: ann, SSHPublicKeyId: ssh}, on("user ann"))

	body := newCertificate(t, "ann", nil).pem
	signing := try(r, (*iam.Client).UploadSigningCertificate, &iam.UploadSigningCertificateInput{UserName: ann, CertificateBody: &body},
		on("user ann")).Certificate.CertificateId
	try(r, (*iam.Client).ListSigningCertificates, &iam.ListSigningCertificatesInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).UpdateSigningCertificate,
		&iam.UpdateSigningCertificateInput{UserName: ann, CertificateId: signing, Status: types.StatusTypeInactive}, on("user ann"))
	try(r, (*iam.Client).DeleteSigningCertificate, &iam.DeleteSigningCertificateInput{UserName: ann, CertificateId: signing},
		on("user ann"))

	service := try(r, (*iam.Client).CreateServiceSpecificCredential,
		&iam.CreateServiceSpecificCredentialInput{UserName: ann, ServiceName: aws.String("codecommit.amazonaws.com")}, on("user ann")).
		ServiceSpecificCredential.ServiceSpecificCredentialId
	try(r, (*iam.Client).ListServiceSpecificCredentials, &iam.ListServiceSpecificCredentialsInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).ListServiceSpecificCredentials, &iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)},
		on(iamHead+"user/*"))
	try(r, (*iam.Client).UpdateServiceSpecificCredential,
		&iam.UpdateServiceSpecificCredentialInput{UserName: ann, ServiceSpecificCredentialId: service, Status: types.StatusTypeInactive},
		on("user ann"))
	try(r, (*iam.Client).ResetServiceSpecificCredential,
		&iam.ResetServiceSpecificCredentialInput{UserName: ann, ServiceSpecificCredentialId: service}, on("user ann"))
	try(r, (*iam.Client).DeleteServiceSpecificCredential,
		&iam.DeleteServiceSpecificCredentialInput{UserName: ann, ServiceSpecificCredentialId: service}, on("user ann"))

	try(r, (*iam.Client).CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: ann, Password: aws.String("Old-password-1")},
		on("user ann"))
	try(r, (*iam.Client).GetLoginProfile, &iam.GetLoginProfileInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).UpdateLoginProfile, &iam.UpdateLoginProfileInput{UserName: ann, Password: aws.String("New-password-1")},
		on("user ann"))
	try(r, (*iam.Client).DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: ann}, on("user ann"))
	r.login(exact, "Old-password-1")
	try(r, (*iam.Client).ChangePassword, change("Old-password-1", "New-password-1"), on("user CALLER"))
}

func tourOfMFADevices(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	ann := aws.String("ann")
	r.user("ann", "")
	d := try(r, (*iam.Client).CreateVirtualMFADevice, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")},
		on(mfaHead+"phone")).VirtualMFADevice
	p := newPhone(t, *d.SerialNumber, string(d.Base32StringSeed))
	serial := &p.serial
	try(r, (*iam.Client).EnableMFADevice, p.enable("ann", -1, 0), on("user ann"))
	try(r, (*iam.Client).ListMFADevices, &iam.ListMFADevicesInput{UserName: ann}, on("user ann"))
	try(r, (*iam.Client).ListVirtualMFADevices, &iam.ListVirtualMFADevicesInput{}, on(mfaHead))
	try(r, (*iam.Client).TagMFADevice, &iam.TagMFADeviceInput{SerialNumber: serial, Tags: tags("a", "b")}, on(mfaHead+"phone"))
	try(r, (*iam.Client).ListMFADeviceTags, &iam.ListMFADeviceTagsInput{SerialNumber: serial}, on(mfaHead+"phone"))
	try(r, (*iam.Client).UntagMFADevice, &iam.UntagMFADeviceInput{SerialNumber: serial, TagKeys: []string{"a"}}, on(mfaHead+"phone"))
	try(r, (*iam.Client).ResyncMFADevice, p.resync("ann", 1, 2), on("user ann"))
	try(r, (*iam.Client).DeactivateMFADevice, &iam.DeactivateMFADeviceInput{UserName: ann, SerialNumber: serial}, on("user ann"))
	try(r, (*iam.Client).DeleteVirtualMFADevice, &iam.DeleteVirtualMFADeviceInput{SerialNumber: serial}, on(mfaHead+"phone"))

	status, key := r.register("application/json", `{"userName":"ann","name":"yubi"}`)
	if status != http.StatusCreated {
		t.Fatalf("registering a security key: %d %v", status, key)
	}
	try(r, (*iam.Client).GetMFADevice, &iam.GetMFADeviceInput{UserName: ann, SerialNumber: aws.String(key["serialNumber"])}, on("user ann"))
}

func tourOfServerCertificates(t *testing.T, seen *coverage) {
	r := newTour(t, seen)
	web := aws.String("web")
	onWeb := func(more ...need) []need { return on("server certificate web", more...) }
	try(r, (*iam.Client).UploadServerCertificate, uploadOf("web", newCertificate(t, "web", nil)), on(serverHead+"/web"))
	try(r, (*iam.Client).GetServerCertificate, &iam.GetServerCertificateInput{ServerCertificateName: web}, onWeb())
	try(r, (*iam.Client).ListServerCertificates, &iam.ListServerCertificatesInput{}, on(serverHead+"/"))
	try(r, (*iam.Client).TagServerCertificate, &iam.TagServerCertificateInput{ServerCertificateName: web, Tags: tags("a", "b")}, onWeb())
	try(r, (*iam.Client).ListServerCertificateTags, &iam.ListServerCertificateTagsInput{ServerCertificateName: web}, onWeb())
	try(r, (*iam.Client).UntagServerCertificate,
		&iam.UntagServerCertificateInput{ServerCertificateName: web, TagKeys: []string{"a"}}, onWeb())
	try(r, (*iam.Client).UpdateServerCertificate,
		&iam.UpdateServerCertificateInput{ServerCertificateName: web, NewServerCertificateName: aws.String("www")},
		onWeb(need{action: "iam:UpdateServerCertificate", shown: serverHead + "/www"}))
	try(r, (*iam.Client).DeleteServerCertificate, &iam.DeleteServerCertificateInput{ServerCertificateName: aws.String("www")},
		on("server certificate www"))
}
