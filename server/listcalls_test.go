package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/localclient"
)

// lists compares the answers to its calls with the table.
type lists struct {
	t      *testing.T
	client *iam.Client
	inner  aws.HTTPClient
	rows   []*listRow
}

func newLists(t *testing.T) *lists {
	_, url := listening(t, Options{RootAccessKeyID: testRoot.AccessKeyID, RootSecretAccessKey: testRoot.SecretAccessKey})
	config := localclient.Config(url, "us-east-1", testRoot)
	l := &lists{t: t, inner: config.HTTPClient, rows: listRows(t)}
	config.HTTPClient = l
	l.client = iam.NewFromConfig(config)
	return l
}

// Do sends a request and looks at the lists of the answer.
func (l *lists) Do(r *http.Request) (*http.Response, error) {
	answer, err := l.inner.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	var document element
	if err := xml.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	operation := strings.TrimSuffix(document.XMLName.Local, "Response")
	for _, result := range document.named(operation + "Result") {
		for _, row := range l.rows {
			if strings.HasPrefix(row.path, operation+".") {
				row.see(result)
			}
		}
	}
	return answer, nil
}

// answered is the answer to a call of an operation.
func answered[In, Out any](l *lists, op func(*iam.Client, context.Context, *In, ...func(*iam.Options)) (*Out, error), in *In) *Out {
	l.t.Helper()
	out, err := op(l.client, l.t.Context(), in)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// What has nothing in it is sent or left out as at AWS.
func TestEmptyListsOnTheWire(t *testing.T) {
	t.Parallel()
	l := newLists(t)
	answered(l, (*iam.Client).GetAccountAuthorizationDetails, nil)
	l.askUsers()
	l.askRoles()
	l.askProfiles()
	l.askPolicies()
	l.askProviders()
	l.askDevices()
	l.askCertificates()
	l.askSimulations()
	answered(l, (*iam.Client).GetAccountAuthorizationDetails, nil)
	answered(l, (*iam.Client).GetAccountSummary, nil)
	answered(l, (*iam.Client).ListAccountAliases, nil)
	answered(l, (*iam.Client).ListDelegationRequests, nil)
	for _, row := range l.rows {
		if fault := row.judge(); fault != "" {
			t.Errorf("%s is %s at AWS: %s (seen empty %v, left out %v, full %v)", row.path, row.verdict, fault, row.sawEmpty,
				row.sawNone, row.sawFull)
		}
	}
}

// Names of what the calls make. What is tagged shows which rows never have tags.
var (
	plain, tagged = aws.String("plain"), aws.String("tagged")
	nowhere       = aws.String("/nowhere/")
	someTags      = []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	serviceTrust  = aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
	readObjects   = aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`)
)

const listsHead = "arn:aws:iam::" + DefaultAccount + ":"

func (l *lists) askUsers() {
	answered(l, (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: plain})
	answered(l, (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: tagged, Tags: someTags})
	answered(l, (*iam.Client).GetUser, &iam.GetUserInput{UserName: plain})
	answered(l, (*iam.Client).ListUsers, nil)
	answered(l, (*iam.Client).ListUsers, &iam.ListUsersInput{PathPrefix: nowhere})
	answered(l, (*iam.Client).CreateGroup, &iam.CreateGroupInput{GroupName: plain})
	answered(l, (*iam.Client).GetGroup, &iam.GetGroupInput{GroupName: plain})
	answered(l, (*iam.Client).AddUserToGroup, &iam.AddUserToGroupInput{GroupName: plain, UserName: tagged})
	answered(l, (*iam.Client).GetGroup, &iam.GetGroupInput{GroupName: plain})
	answered(l, (*iam.Client).ListGroups, &iam.ListGroupsInput{PathPrefix: nowhere})
	answered(l, (*iam.Client).ListGroupPolicies, &iam.ListGroupPoliciesInput{GroupName: plain})
	answered(l, (*iam.Client).ListAttachedGroupPolicies, &iam.ListAttachedGroupPoliciesInput{GroupName: plain})
	answered(l, (*iam.Client).ListGroupsForUser, &iam.ListGroupsForUserInput{UserName: plain})
	answered(l, (*iam.Client).ListUserTags, &iam.ListUserTagsInput{UserName: plain})
	answered(l, (*iam.Client).ListUserPolicies, &iam.ListUserPoliciesInput{UserName: plain})
	answered(l, (*iam.Client).ListAttachedUserPolicies, &iam.ListAttachedUserPoliciesInput{UserName: plain})
	answered(l, (*iam.Client).ListAccessKeys, &iam.ListAccessKeysInput{UserName: plain})
	answered(l, (*iam.Client).ListSSHPublicKeys, &iam.ListSSHPublicKeysInput{UserName: plain})
	answered(l, (*iam.Client).ListServiceSpecificCredentials, &iam.ListServiceSpecificCredentialsInput{UserName: plain})
	answered(l, (*iam.Client).ListSigningCertificates, &iam.ListSigningCertificatesInput{UserName: plain})
}

func (l *lists) askRoles() {
	answered(l, (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: plain, AssumeRolePolicyDocument: serviceTrust})
	answered(l, (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: tagged, AssumeRolePolicyDocument: serviceTrust, Tags: someTags})
	answered(l, (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: plain})
	answered(l, (*iam.Client).ListRoles, nil)
	answered(l, (*iam.Client).ListRoles, &iam.ListRolesInput{PathPrefix: nowhere})
	answered(l, (*iam.Client).ListRoleTags, &iam.ListRoleTagsInput{RoleName: plain})
	answered(l, (*iam.Client).ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: plain})
	answered(l, (*iam.Client).ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: plain})
	answered(l, (*iam.Client).UpdateRoleDescription, &iam.UpdateRoleDescriptionInput{RoleName: tagged, Description: plain})
	answered(l, (*iam.Client).CreateServiceLinkedRole,
		&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com")})
}

func (l *lists) askProfiles() {
	answered(l, (*iam.Client).CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: plain})
	answered(l, (*iam.Client).CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: tagged, Tags: someTags})
	answered(l, (*iam.Client).GetInstanceProfile, &iam.GetInstanceProfileInput{InstanceProfileName: plain})
	answered(l, (*iam.Client).ListInstanceProfileTags, &iam.ListInstanceProfileTagsInput{InstanceProfileName: plain})
	answered(l, (*iam.Client).AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: tagged, RoleName: tagged})
	answered(l, (*iam.Client).GetInstanceProfile, &iam.GetInstanceProfileInput{InstanceProfileName: tagged})
	answered(l, (*iam.Client).ListInstanceProfiles, nil)
	answered(l, (*iam.Client).ListInstanceProfiles, &iam.ListInstanceProfilesInput{PathPrefix: nowhere})
	answered(l, (*iam.Client).ListInstanceProfilesForRole, &iam.ListInstanceProfilesForRoleInput{RoleName: plain})
	answered(l, (*iam.Client).ListInstanceProfilesForRole, &iam.ListInstanceProfilesForRoleInput{RoleName: tagged})
}

func (l *lists) askPolicies() {
	arn := answered(l, (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{PolicyName: plain, PolicyDocument: readObjects}).Policy.Arn
	answered(l, (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{PolicyName: tagged, PolicyDocument: readObjects, Tags: someTags})
	answered(l, (*iam.Client).GetPolicy, &iam.GetPolicyInput{PolicyArn: arn})
	answered(l, (*iam.Client).ListPolicies, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal})
	answered(l, (*iam.Client).ListPolicies, &iam.ListPoliciesInput{PathPrefix: nowhere})
	answered(l, (*iam.Client).ListPolicyTags, &iam.ListPolicyTagsInput{PolicyArn: arn})
	answered(l, (*iam.Client).ListPolicyVersions, &iam.ListPolicyVersionsInput{PolicyArn: arn})
	answered(l, (*iam.Client).ListEntitiesForPolicy, &iam.ListEntitiesForPolicyInput{PolicyArn: arn})
	answered(l, (*iam.Client).ListPoliciesGrantingServiceAccess, &iam.ListPoliciesGrantingServiceAccessInput{
		Arn: aws.String(listsHead + "user/plain"), ServiceNamespaces: []string{"s3"},
	})
}

func (l *lists) askProviders() {
	answered(l, (*iam.Client).ListOpenIDConnectProviders, nil)
	oidc := answered(l, (*iam.Client).CreateOpenIDConnectProvider,
		&iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://idp.example.com")}).OpenIDConnectProviderArn
	answered(l, (*iam.Client).GetOpenIDConnectProvider, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: oidc})
	answered(l, (*iam.Client).ListOpenIDConnectProviderTags, &iam.ListOpenIDConnectProviderTagsInput{OpenIDConnectProviderArn: oidc})
	answered(l, (*iam.Client).ListSAMLProviders, nil)
	der, _ := l.certificate()
	metadata := `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor><KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
		base64.StdEncoding.EncodeToString(der) +
		`</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor><!--` +
		strings.Repeat("x", 900) + `-->`
	saml := answered(l, (*iam.Client).CreateSAMLProvider,
		&iam.CreateSAMLProviderInput{Name: plain, SAMLMetadataDocument: &metadata}).SAMLProviderArn
	answered(l, (*iam.Client).GetSAMLProvider, &iam.GetSAMLProviderInput{SAMLProviderArn: saml})
	answered(l, (*iam.Client).ListSAMLProviderTags, &iam.ListSAMLProviderTagsInput{SAMLProviderArn: saml})
}

func (l *lists) askDevices() {
	answered(l, (*iam.Client).ListVirtualMFADevices, nil)
	serial := answered(l, (*iam.Client).CreateVirtualMFADevice,
		&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: plain}).VirtualMFADevice.SerialNumber
	answered(l, (*iam.Client).CreateVirtualMFADevice, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: tagged, Tags: someTags})
	answered(l, (*iam.Client).ListVirtualMFADevices, nil)
	answered(l, (*iam.Client).ListMFADeviceTags, &iam.ListMFADeviceTagsInput{SerialNumber: serial})
	answered(l, (*iam.Client).ListMFADevices, &iam.ListMFADevicesInput{UserName: plain})
}

// certificate is a certificate that signs itself, and its key.
func (l *lists) certificate() (der, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		l.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotAfter: time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private); err != nil {
		l.t.Fatal(err)
	}
	if key, err = x509.MarshalECPrivateKey(private); err != nil {
		l.t.Fatal(err)
	}
	return der, key
}

func (l *lists) askCertificates() {
	answered(l, (*iam.Client).ListServerCertificates, nil)
	der, key := l.certificate()
	answered(l, (*iam.Client).UploadServerCertificate, &iam.UploadServerCertificateInput{
		ServerCertificateName: plain,
		CertificateBody:       aws.String(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		PrivateKey:            aws.String(string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key}))),
	})
	answered(l, (*iam.Client).GetServerCertificate, &iam.GetServerCertificateInput{ServerCertificateName: plain})
	answered(l, (*iam.Client).ListServerCertificateTags, &iam.ListServerCertificateTagsInput{ServerCertificateName: plain})
}

// askSimulations simulates what no policy allows: an action and another, with a
// resource and without. A marker is a position, so that of two actions is past the
// end of one.
func (l *lists) askSimulations() {
	two, one := []string{"s3:GetObject", "s3:PutObject"}, []string{"s3:PutObject"}
	answered(l, (*iam.Client).GetContextKeysForCustomPolicy,
		&iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{*readObjects}})
	for _, arns := range [][]string{nil, {"arn:aws:s3:::bucket/a"}} {
		custom := &iam.SimulateCustomPolicyInput{ActionNames: two, PolicyInputList: []string{*readObjects}, ResourceArns: arns,
			MaxItems: aws.Int32(1)}
		custom.Marker = answered(l, (*iam.Client).SimulateCustomPolicy, custom).Marker
		answered(l, (*iam.Client).SimulateCustomPolicy, custom)
		custom.ActionNames = one
		answered(l, (*iam.Client).SimulateCustomPolicy, custom)
		own := &iam.SimulatePrincipalPolicyInput{ActionNames: two, PolicySourceArn: aws.String(listsHead + "user/plain"),
			ResourceArns: arns, MaxItems: aws.Int32(1)}
		own.Marker = answered(l, (*iam.Client).SimulatePrincipalPolicy, own).Marker
		own.ActionNames = one
		answered(l, (*iam.Client).SimulatePrincipalPolicy, own)
	}
}
