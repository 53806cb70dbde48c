package iam_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	strongPassword = "Str0ng-Passw0rd"
	bedrock        = "bedrock.amazonaws.com"
)

// newPair makes a certificate that is valid for an hour around birth, and its key.
func newPair(t *testing.T) (body, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: birth.Add(-time.Hour), NotAfter: birth.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", keyDER)
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// sshKey is an RSA key of 2048 bits in PEM.
var sshKey = sync.OnceValue(func() string {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		panic(err)
	}
	return inPEM("PUBLIC KEY", der)
})

// credentials is a stage in which Bob has one credential of each kind, with the server
// certificate /web/Site.
type credentials struct {
	*fixture
	signing, ssh, service *string // the IDs of Bob's
	body, key             string  // of the server certificate
}

func newCredentials(t *testing.T) *credentials {
	c := &credentials{fixture: stage(t)}
	bob := aws.String("Bob")
	c.body, c.key = newPair(t)
	testkit.Must(c.CreateLoginProfile(c.root, &iam.CreateLoginProfileInput{UserName: bob, Password: aws.String(strongPassword)}))(t)
	c.signing = testkit.Must(c.UploadSigningCertificate(c.root,
		&iam.UploadSigningCertificateInput{UserName: bob, CertificateBody: &c.body}))(t).Certificate.CertificateId
	c.ssh = testkit.Must(c.UploadSSHPublicKey(c.root,
		&iam.UploadSSHPublicKeyInput{UserName: bob, SSHPublicKeyBody: aws.String(sshKey())}))(t).SSHPublicKey.SSHPublicKeyId
	c.service = testkit.Must(c.CreateServiceSpecificCredential(c.root,
		&iam.CreateServiceSpecificCredentialInput{
			UserName: bob, ServiceName: aws.String(bedrock),
		}))(t).ServiceSpecificCredential.ServiceSpecificCredentialId
	testkit.Must(c.UploadServerCertificate(c.root, c.upload("Site")))(t)
	testkit.Must(c.UpdateAccountPasswordPolicy(c.root, &iam.UpdateAccountPasswordPolicyInput{}))(t)
	return c
}

// upload is a call that uploads the server certificate under a name.
func (c *credentials) upload(name string) *iam.UploadServerCertificateInput {
	return &iam.UploadServerCertificateInput{ServerCertificateName: &name, Path: aws.String("/web/"), CertificateBody: &c.body,
		PrivateKey: &c.key, Tags: tags("team", "red")}
}

// bobs returns Bob as a user.
func (c *credentials) bobs() *types.User {
	c.t.Helper()
	return testkit.Must(c.GetUser(c.root, &iam.GetUserInput{UserName: aws.String("Bob")}))(c.t).User
}

// Each call names its resource in the denial, and is allowed by a policy for exactly the
// ARN in its row.
func TestResourceOfEachCallOnCredentials(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::123456789012:"
	c := newCredentials(t)
	bob, site, x := aws.String("bob"), aws.String("site"), aws.String("x")
	for _, r := range []struct {
		operation, shown, arn string
		in                    any
	}{
		{"CreateLoginProfile", "user bob", "user/staff/Bob", &iam.CreateLoginProfileInput{UserName: bob}},
		{"CreateLoginProfile", "user nullanna", "user/anna", &iam.CreateLoginProfileInput{}},
		{"GetLoginProfile", "user bob", "user/staff/Bob", &iam.GetLoginProfileInput{UserName: bob}},
		{"UpdateLoginProfile", "user bob", "user/staff/Bob", &iam.UpdateLoginProfileInput{UserName: bob}},
		{"DeleteLoginProfile", "user bob", "user/staff/Bob", &iam.DeleteLoginProfileInput{UserName: bob}},
		{"ChangePassword", "user anna", "user/anna", &iam.ChangePasswordInput{}},
		{"UpdateAccountPasswordPolicy", "*", "*", &iam.UpdateAccountPasswordPolicyInput{}},
		{"GetAccountPasswordPolicy", "*", "*", &iam.GetAccountPasswordPolicyInput{}},
		{"DeleteAccountPasswordPolicy", "*", "*", &iam.DeleteAccountPasswordPolicyInput{}},
		{"UploadSSHPublicKey", "user bob", "user/staff/Bob", &iam.UploadSSHPublicKeyInput{UserName: bob}},
		{"GetSSHPublicKey", "user bob", "user/staff/Bob", &iam.GetSSHPublicKeyInput{UserName: bob, SSHPublicKeyId: c.ssh}},
		{"ListSSHPublicKeys", "user bob", "user/staff/Bob", &iam.ListSSHPublicKeysInput{UserName: bob}},
		{"ListSSHPublicKeys", "user nullanna", "user/anna", &iam.ListSSHPublicKeysInput{}},
		{"UpdateSSHPublicKey", "user bob", "user/staff/Bob", &iam.UpdateSSHPublicKeyInput{UserName: bob, SSHPublicKeyId: c.ssh}},
		{"DeleteSSHPublicKey", "user bob", "user/staff/Bob", &iam.DeleteSSHPublicKeyInput{UserName: bob, SSHPublicKeyId: c.ssh}},
		{"UploadSigningCertificate", "user bob", "user/staff/Bob", &iam.UploadSigningCertificateInput{UserName: bob}},
		{"ListSigningCertificates", "user nullanna", "user/anna", &iam.ListSigningCertificatesInput{}},
		{"UpdateSigningCertificate", "user bob", "user/staff/Bob",
			&iam.UpdateSigningCertificateInput{UserName: bob, CertificateId: c.signing}},
		{"DeleteSigningCertificate", "user bob", "user/staff/Bob",
			&iam.DeleteSigningCertificateInput{UserName: bob, CertificateId: c.signing}},
		{"CreateServiceSpecificCredential", "user bob", "user/staff/Bob", &iam.CreateServiceSpecificCredentialInput{UserName: bob}},
		{"ListServiceSpecificCredentials", "user bob", "user/staff/Bob", &iam.ListServiceSpecificCredentialsInput{UserName: bob}},
		{"ListServiceSpecificCredentials", "user nullanna", "user/anna", &iam.ListServiceSpecificCredentialsInput{}},
		{"ListServiceSpecificCredentials", head + "user/*", "user/*", &iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)}},
		{"UpdateServiceSpecificCredential", "user bob", "user/staff/Bob",
			&iam.UpdateServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: c.service}},
		{"ResetServiceSpecificCredential", "user nullanna", "user/anna",
			&iam.ResetServiceSpecificCredentialInput{ServiceSpecificCredentialId: x}},
		{"DeleteServiceSpecificCredential", "user bob", "user/staff/Bob",
			&iam.DeleteServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: c.service}},
		{"UploadServerCertificate", head + "server-certificate/q/x", "server-certificate/q/x",
			&iam.UploadServerCertificateInput{ServerCertificateName: x, Path: aws.String("/q/")}},
		{"GetServerCertificate", "server certificate site", "server-certificate/web/Site",
			&iam.GetServerCertificateInput{ServerCertificateName: site}},
		{"GetServerCertificate", "server certificate x", "server-certificate/x", &iam.GetServerCertificateInput{ServerCertificateName: x}},
		{"ListServerCertificates", head + "server-certificate/", "server-certificate/", &iam.ListServerCertificatesInput{}},
		{"ListServerCertificates", head + "server-certificate/web/", "server-certificate/web/",
			&iam.ListServerCertificatesInput{PathPrefix: aws.String("/web/")}},
		{"UpdateServerCertificate", "server certificate site", "server-certificate/web/Site",
			&iam.UpdateServerCertificateInput{ServerCertificateName: site}},
		{"DeleteServerCertificate", "server certificate site", "server-certificate/web/Site",
			&iam.DeleteServerCertificateInput{ServerCertificateName: site}},
		{"TagServerCertificate", "server certificate site", "server-certificate/web/Site",
			&iam.TagServerCertificateInput{ServerCertificateName: site}},
		{"UntagServerCertificate", "server certificate site", "server-certificate/web/Site",
			&iam.UntagServerCertificateInput{ServerCertificateName: site}},
		{"ListServerCertificateTags", "server certificate site", "server-certificate/web/Site",
			&iam.ListServerCertificateTagsInput{ServerCertificateName: site}},
	} {
		t.Run(r.operation+" on "+r.shown, func(t *testing.T) {
			action, resource := "iam:"+r.operation, "*"
			if r.arn != "*" {
				resource = head + r.arn
			}
			testkit.WantError(t, c.decide(nothing, r.operation, r.in), "AccessDenied",
				"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+action+
					" on resource: "+r.shown+" because no identity-based policy allows the "+action+" action")
			if err := c.decide(statement(action, resource), r.operation, r.in); err != nil {
				t.Errorf("with a policy for %s: %v", resource, err)
			}
			if err := c.decide(statement(action, head+r.arn+"-other"), r.operation, r.in); err == nil {
				t.Errorf("a policy for %s-other allows it", resource)
			}
		})
	}
}

// What a call says about the credential, and the tags of its resource, are condition
// keys.
func TestConditionKeysOfCallsOnCredentials(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	bob, site := aws.String("bob"), aws.String("site")
	const service, age = "iam:ServiceSpecificCredentialServiceName", "iam:ServiceSpecificCredentialAgeDays"
	create := func(name string, days *int32) any {
		return &iam.CreateServiceSpecificCredentialInput{UserName: bob, ServiceName: &name, CredentialAgeDays: days}
	}
	for _, k := range []struct {
		why, action, condition string
		allows, refuses        any
	}{
		{"the service, in any case", "CreateServiceSpecificCredential", `"StringEquals":{"` + service + `":"bedrock.amazonaws.com"}`,
			create("Bedrock.amazonaws.com", nil), create("logs.amazonaws.com", nil)},
		{"the age", "CreateServiceSpecificCredential", `"NumericLessThanEquals":{"` + age + `":"30"}`, create(bedrock, aws.Int32(30)),
			create(bedrock, aws.Int32(31))},
		{"the age, where none is given", "CreateServiceSpecificCredential", `"NumericLessThanEquals":{"` + age + `":"30"}`,
			create(bedrock, aws.Int32(1)), create(bedrock, nil)},
		{"the service of an old credential", "ResetServiceSpecificCredential", `"StringEquals":{"` + service + `":"bedrock.amazonaws.com"}`,
			&iam.ResetServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: c.service},
			&iam.ResetServiceSpecificCredentialInput{UserName: bob, ServiceSpecificCredentialId: aws.String("ACCAX")}},
		{"the tags of the user", "DeleteLoginProfile", `"StringEquals":{"aws:ResourceTag/team":"red"}`,
			&iam.DeleteLoginProfileInput{UserName: bob}, &iam.DeleteLoginProfileInput{}},
		{"the tags of a server certificate", "GetServerCertificate", `"StringEquals":{"aws:ResourceTag/team":"red"}`,
			&iam.GetServerCertificateInput{ServerCertificateName: site}, &iam.GetServerCertificateInput{ServerCertificateName: bob}},
		{"the tags that are passed", "TagServerCertificate", `"StringEquals":{"aws:RequestTag/a":"b"}`,
			&iam.TagServerCertificateInput{ServerCertificateName: site, Tags: tags("a", "b")},
			&iam.TagServerCertificateInput{ServerCertificateName: site, Tags: tags("a", "c")}},
		{"the keys to remove", "UntagServerCertificate", `"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}`,
			&iam.UntagServerCertificateInput{ServerCertificateName: site, TagKeys: []string{"team"}},
			&iam.UntagServerCertificateInput{ServerCertificateName: site, TagKeys: []string{"x"}}},
	} {
		t.Run(k.why, func(t *testing.T) {
			s := `{"Effect":"Allow","Action":"iam:` + k.action + `","Resource":"*","Condition":{` + k.condition + `}}`
			if err := c.decide(s, k.action, k.allows); err != nil {
				t.Error(err)
			}
			if err := c.decide(s, k.action, k.refuses); err == nil {
				t.Error("allowed against the condition")
			}
		})
	}
	// tags of a new certificate need the right to tag, and a rename both ARNs
	if err := c.decide(statement("iam:UploadServerCertificate", "*"), "UploadServerCertificate", c.upload("x")); err == nil {
		t.Error("a certificate with tags was uploaded without the right to tag")
	}
	rename := &iam.UpdateServerCertificateInput{ServerCertificateName: site, NewServerCertificateName: aws.String("new")}
	testkit.WantError(t, c.decide(statement("iam:UpdateServerCertificate", "arn:aws:iam::123456789012:server-certificate/web/Site"),
		"UpdateServerCertificate", rename), "AccessDenied",
		"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: iam:UpdateServerCertificate on resource: arn:aws:iam::123456789012:server-certificate/web/new "+
			"because no identity-based policy allows the iam:UpdateServerCertificate action")
}

// With too few random bytes, nothing is made.
func TestCredentialsNeedRandomness(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	before := testkit.Pairs(t, c.store)
	for name, need := range map[string]struct {
		tooFew []int
		call   func(*iamsvc.Service) error
	}{
		"a login profile": {[]int{0, 15}, func(s *iamsvc.Service) error {
			return testkit.Refused(s.CreateLoginProfile(c.root,
				&iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String(strongPassword)}))
		}},
		"a service credential": {[]int{0, 11, 55}, func(s *iamsvc.Service) error { // 11 are enough for the ID
			return testkit.Refused(s.CreateServiceSpecificCredential(c.root,
				&iam.CreateServiceSpecificCredentialInput{UserName: aws.String("anna"), ServiceName: aws.String(bedrock)}))
		}},
		"a new secret": {[]int{0, 44}, func(s *iamsvc.Service) error {
			return testkit.Refused(s.ResetServiceSpecificCredential(c.root,
				&iam.ResetServiceSpecificCredentialInput{UserName: aws.String("Bob"), ServiceSpecificCredentialId: c.service}))
		}},
		"an SSH key": {[]int{0, 9}, func(s *iamsvc.Service) error {
			return testkit.Refused(s.UploadSSHPublicKey(c.root,
				&iam.UploadSSHPublicKeyInput{UserName: aws.String("anna"), SSHPublicKeyBody: aws.String(sshKey())}))
		}},
		"a server certificate": {[]int{0, 10}, func(s *iamsvc.Service) error {
			return testkit.Refused(s.UploadServerCertificate(c.root, c.upload("x")))
		}},
	} {
		for _, left := range need.tooFew {
			s := iamsvc.New(iamsvc.Options{
				Store: c.store, Now: func() time.Time { return birth }, Random: bytes.NewReader(make([]byte, left)),
			})
			if err := need.call(s); err == nil {
				t.Errorf("%s was made with %d random bytes", name, left)
			}
		}
	}
	if diff := cmp.Diff(before, testkit.Pairs(t, c.store)); diff != "" {
		t.Error(diff)
	}
}

// Keys in the encodings that OpenSSL wrote before PKCS #8, and some that AWS does not
// accept.
func TestEncodingsOfRSAKeys(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	upload := func(body string) error {
		return testkit.Refused(c.UploadSSHPublicKey(c.root,
			&iam.UploadSSHPublicKeyInput{UserName: aws.String("anna"), SSHPublicKeyBody: &body}))
	}
	if err := upload(inPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&private.PublicKey))); err != nil {
		t.Error(err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&p224.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, upload(inPEM("PUBLIC KEY", der)), "InvalidPublicKey",
		"Invalid body for public key") // on a curve that SSH does not have

	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: birth, NotAfter: birth.Add(time.Hour)}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private); err != nil {
		t.Fatal(err)
	}
	testkit.Must(c.UploadServerCertificate(c.root, &iam.UploadServerCertificateInput{
		ServerCertificateName: aws.String("rsa"), CertificateBody: aws.String(inPEM("CERTIFICATE", der)),
		PrivateKey: aws.String(inPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private))),
	}))(t)
}

// A key that was damaged on disk causes an error and is not shown.
func TestDamagedSSHKeyIsNotShown(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	c.update(func(tx persistence.Tx) error {
		k, err := persistence.SSHPublicKeys.Get(tx, account, *c.ssh)
		if err != nil {
			return err
		}
		k.Key = k.Key[:9]
		return persistence.SSHPublicKeys.Put(tx, account, k)
	})
	for _, encoding := range []types.EncodingType{"SSH", "PEM"} {
		if err := testkit.Refused(c.GetSSHPublicKey(c.root, &iam.GetSSHPublicKeyInput{
			UserName: aws.String("Bob"), SSHPublicKeyId: c.ssh, Encoding: encoding,
		})); err == nil {
			t.Errorf("%s: half a key was shown", encoding)
		}
	}
}

// The ID of an SSH key is not given twice. After some attempts the call fails.
func TestSSHKeyIDIsNotGivenTwice(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	s := iamsvc.New(iamsvc.Options{Store: c.store, Random: zeros{}})
	upload := func(user string) error {
		return testkit.Refused(s.UploadSSHPublicKey(c.root,
			&iam.UploadSSHPublicKeyInput{UserName: &user, SSHPublicKeyBody: aws.String(sshKey())}))
	}
	c.user("eva")
	if err := upload("anna"); err != nil {
		t.Error(err)
	}
	if err := upload("eva"); err == nil {
		t.Error("two keys have one ID")
	}
}

// A credential with an age is shown as expired when its time has come.
func TestServiceCredentialsExpire(t *testing.T) {
	t.Parallel()
	c := newCredentials(t)
	now := birth
	s := iamsvc.New(iamsvc.Options{Store: c.store, Now: func() time.Time { return now }})
	made := testkit.Must(s.CreateServiceSpecificCredential(c.root,
		&iam.CreateServiceSpecificCredentialInput{
			UserName: aws.String("anna"), ServiceName: aws.String(bedrock), CredentialAgeDays: aws.Int32(36600),
		}))(t).ServiceSpecificCredential
	if want := birth.Add(36600 * 24 * time.Hour); !made.ExpirationDate.Equal(want) {
		t.Errorf("expires %v, want %v", made.ExpirationDate, want)
	}
	for _, step := range []struct {
		at     time.Time
		status types.StatusType
	}{{made.ExpirationDate.Add(-time.Second), "Active"}, {*made.ExpirationDate, "Expired"}} {
		now = step.at
		row := testkit.Must(s.ListServiceSpecificCredentials(c.root,
			&iam.ListServiceSpecificCredentialsInput{UserName: aws.String("anna")}))(t).ServiceSpecificCredentials[0]
		if row.Status != step.status {
			t.Errorf("at %v: %s, want %s", step.at, row.Status, step.status)
		}
	}
	reset := testkit.Must(s.ResetServiceSpecificCredential(c.root,
		&iam.ResetServiceSpecificCredentialInput{
			UserName: aws.String("anna"), ServiceSpecificCredentialId: made.ServiceSpecificCredentialId,
		}))(t).ServiceSpecificCredential
	if !reset.ExpirationDate.Equal(*made.ExpirationDate) || reset.Status != "Expired" {
		t.Errorf("reset = %+v", reset)
	}
}

// Of many calls at once, as many succeed as the limit allows.
func TestLimitsHoldWhenCredentialsAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]struct {
		calls, may int
		call       func(c *credentials, i int) error
	}{
		"one login profile": {4, 1, func(c *credentials, _ int) error {
			return testkit.Refused(c.CreateLoginProfile(c.root,
				&iam.CreateLoginProfileInput{UserName: aws.String("anna"), Password: aws.String(strongPassword)}))
		}},
		"two service credentials": {8, 2, func(c *credentials, _ int) error {
			return testkit.Refused(c.CreateServiceSpecificCredential(c.root,
				&iam.CreateServiceSpecificCredentialInput{UserName: aws.String("anna"), ServiceName: aws.String(bedrock)}))
		}},
		"one server certificate of a name": {8, 1, func(c *credentials, _ int) error {
			return testkit.Refused(c.UploadServerCertificate(c.root, c.upload("New")))
		}},
		"19 server certificates besides one": {24, 19, func(c *credentials, i int) error {
			return testkit.Refused(c.UploadServerCertificate(c.root, c.upload(*numbered("n", i))))
		}},
		"one SSH key that is the same": {8, 1, func(c *credentials, _ int) error {
			return testkit.Refused(c.UploadSSHPublicKey(c.root,
				&iam.UploadSSHPublicKeyInput{UserName: aws.String("anna"), SSHPublicKeyBody: aws.String(sshKey())}))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCredentials(t)
			results := make(chan error, limit.calls)
			for i := range limit.calls {
				go func() { results <- limit.call(c, i) }()
			}
			done := 0
			for range limit.calls {
				if err := <-results; err == nil {
					done++
				}
			}
			if done != limit.may {
				t.Errorf("%d succeeded, want %d", done, limit.may)
			}
		})
	}
}

// rootSession is a session of AssumeRoot.
func rootSession() principal.Principal {
	return principal.Principal{
		Kind: principal.Root, ARN: principal.AWS.IAM(account, "root"), UserID: account,
		Session: &principal.Session{Operation: "AssumeRoot", IssuedAt: birth},
	}
}
