package conformance_test

import (
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// rich makes some of everything that can be made.
func (p *partner) rich(random *rand.Rand) (key *types.AccessKey, session aws.Credentials) {
	t, ctx, tags := p.t, p.ctx, []types.Tag{
		{Key: aws.String("team"), Value: aws.String("red")}, {Key: aws.String("Cost:x"), Value: aws.String("")},
	}
	p.srv.Seed("organization:\n  management: '000000000000'\n  administrators: ['222233334444']\n  rootFeatures: [RootSessions]\n" +
		"  policies: [{name: NoUsers, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: 'iam:CreateGroup', Resource: '*'}]}},\n" +
		"    {name: OnlyUs, type: RCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Principal: '*', Action: 'sqs:*', Resource: '*'}]}}]\n" +
		"  root: {policies: [NoUsers], accounts: ['333344445555'], units: [{name: Work, fullAWSAccess: false, accounts: [{id: '222233334444', policies: [NoUsers, OnlyUs]}]}]}")
	p.srv.Seed("accounts: [{id: '000000000000', quotas: {RolesPerAccount: 2000, ACLSizePerRole: 4096}}]")
	p.srv.Seed("accounts: [{id: '000000000000', resourcePolicies: [{resource: 'arn:aws:s3:::photos', document: {Version: 2012-10-17, Statement: [" +
		"{Effect: Allow, Principal: '*', Action: 's3:*', Resource: '*'}]}}]}]")
	p.richAccount()
	document := func() *string {
		text := allow(fmt.Sprintf("iam:Get%d*", random.IntN(1000)))
		if random.IntN(2) == 0 {
			text = strings.ReplaceAll(text, ",", ",\n\t ")
		}
		return &text
	}
	policy := testkit.Must(p.CreatePolicy(ctx,
		&iam.CreatePolicyInput{PolicyName: aws.String("Versions"), Path: aws.String("/a/"), Description: aws.String("Ä: #\t'\""),
			PolicyDocument: document(), Tags: tags}))(t).Policy.Arn
	for range 3 {
		testkit.Must(p.CreatePolicyVersion(ctx,
			&iam.CreatePolicyVersionInput{PolicyArn: policy, PolicyDocument: document(), SetAsDefault: true}))(t)
	}
	for _, v := range []string{"v2", "v3"} {
		testkit.Must(p.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: policy, VersionId: &v}))(t)
	}
	testkit.Must(p.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("devs"), Path: aws.String("/teams/")}))(t)
	testkit.Must(p.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("devs"), PolicyArn: policy}))(t)
	testkit.Must(p.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: aws.String("devs"), PolicyName: aws.String("own"),
		PolicyDocument: document()}))(t)
	for i := range 3 + random.IntN(5) {
		name := fmt.Sprintf("User-%d", i)
		testkit.Must(p.CreateUser(ctx, &iam.CreateUserInput{UserName: &name, Path: aws.String("/staff/"), Tags: tags[:random.IntN(3)],
			PermissionsBoundary: policy}))(t)
		testkit.Must(p.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: aws.String("Own"), PolicyDocument: document(),
		}))(t)
		testkit.Must(p.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &name, GroupName: aws.String("devs")}))(t)
	}
	key = p.userKey("ann", allow("iam:*"))
	p.richCredentials(tags)
	p.richRoles(tags, policy)
	p.richProviders(tags)
	p.richFederation()
	p.richDelegation()
	s := testkit.Must(sts.NewFromConfig(p.config(key)).GetSessionToken(ctx, &sts.GetSessionTokenInput{}))(t).Credentials
	return key, aws.Credentials{AccessKeyID: *s.AccessKeyId, SecretAccessKey: *s.SecretAccessKey, SessionToken: *s.SessionToken}
}

// richAccount sets what an account has once.
func (p *partner) richAccount() {
	t, ctx := p.t, p.ctx
	testkit.Must(p.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("rich")}))(t)
	testkit.Must(p.SetSecurityTokenServicePreferences(ctx,
		&iam.SetSecurityTokenServicePreferencesInput{GlobalEndpointTokenVersion: types.GlobalEndpointTokenVersionV2Token}))(t)
	testkit.Must(p.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(9), RequireSymbols: true, RequireNumbers: true, RequireLowercaseCharacters: true,
		RequireUppercaseCharacters: true,
		AllowUsersToChangePassword: true, MaxPasswordAge: aws.Int32(90), PasswordReusePrevention: aws.Int32(3), HardExpiry: aws.Bool(false),
	}))(t)
	testkit.Must(p.PutAccountProperties(ctx,
		&iam.PutAccountPropertiesInput{Properties: map[string]string{"RoleManager/Enabled": "true"}}))(t)
}

// richCredentials gives ann what a user can sign in with, of each kind.
func (p *partner) richCredentials(tags []types.Tag) {
	t, ctx := p.t, p.ctx
	ann := aws.String("ann")
	idle := testkit.Must(p.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: ann}))(t).AccessKey
	testkit.Must(p.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{
		UserName: ann, AccessKeyId: idle.AccessKeyId, Status: types.StatusTypeInactive,
	}))(t)
	testkit.Must(p.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: ann, Password: aws.String("First-pass1"),
		PasswordResetRequired: true}))(t)
	testkit.Must(p.UpdateLoginProfile(ctx, &iam.UpdateLoginProfileInput{UserName: ann, Password: aws.String("Second-pass2")}))(t)
	p.sshKey("ann", sshKeys()[0].openSSH)
	id := p.sshKey("ann", sshKeys()[1].pem).SSHPublicKeyId
	testkit.Must(p.UpdateSSHPublicKey(ctx, &iam.UpdateSSHPublicKeyInput{
		UserName: ann, SSHPublicKeyId: id, Status: types.StatusTypeInactive,
	}))(t)
	if err := p.setSigning(ann, p.signing(ann, newCertificate(t, "ann", nil).pem).CertificateId, types.StatusTypeInactive); err != nil {
		t.Fatal(err)
	}
	p.signing(nil, newCertificate(t, "root", nil).pem)
	gone := p.credential("ann", bedrock).ServiceSpecificCredentialId
	testkit.Must(p.DeleteServiceSpecificCredential(ctx,
		&iam.DeleteServiceSpecificCredentialInput{UserName: ann, ServiceSpecificCredentialId: gone}))(t)
	testkit.Must(p.CreateServiceSpecificCredential(ctx,
		&iam.CreateServiceSpecificCredentialInput{UserName: ann, ServiceName: aws.String(bedrock), CredentialAgeDays: aws.Int32(9)}))(t)
	if err := p.setCredential("ann", p.credential("ann", codecommit).ServiceSpecificCredentialId, types.StatusTypeInactive); err != nil {
		t.Fatal(err)
	}
	p.enabled("ann", "phone")
	p.phone("spare")
	testkit.Must(p.TagMFADevice(ctx, &iam.TagMFADeviceInput{SerialNumber: aws.String(mfaHead + "spare"), Tags: tags}))(t)
	p.manage("POST", "security-keys", `{"userName":"ann","name":"yubi","certifications":{"FIDO":"L1"}}`)
	p.manage("POST", "security-keys", `{"name":"roots"}`)
}

// richProviders makes server certificates and identity providers.
func (p *partner) richProviders(tags []types.Tag) {
	t, ctx := p.t, p.ctx
	root := newCertificate(t, "root", nil, authority)
	c := uploadOf("server", newCertificate(t, "server", &root))
	c.CertificateChain, c.Path, c.Tags = &root.pem, aws.String("/cloudfront/"), tags
	testkit.Must(p.UploadServerCertificate(ctx, c))(t)
	p.serverCertificate("dead", root)
	testkit.Must(p.UpdateServerCertificate(ctx, &iam.UpdateServerCertificateInput{ServerCertificateName: aws.String("dead")}))(t)
	testkit.Must(p.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://Token.example.com/x"), ClientIDList: []string{"b", "a"},
		ThumbprintList: []string{strings.Repeat("a1", 20)}, Tags: tags,
	}))(t)
	oidc := testkit.Must(createOIDC(p.Client, ctx, &next.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://people.example.com"), ThumbprintList: []string{strings.Repeat("b2", 20)}, ContextProvider: fullContext(),
	}))(t).OpenIDConnectProviderArn
	testkit.Must(updateOIDC(p.Client, ctx, &next.UpdateOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: oidc, IdentityCenterInstanceArn: aws.String(identityCenter),
	}))(t)
	arn, _, private := p.saml("Corp")
	testkit.Must(updateSAML(p.Client, ctx, &next.UpdateSAMLProviderInput{
		SAMLProviderArn: arn, ContextProvider: &next.ContextProvider{SubjectSourceKey: aws.String("Subject/NameID")},
	}))(t)
	testkit.Must(p.UpdateSAMLProvider(ctx, &iam.UpdateSAMLProviderInput{
		SAMLProviderArn: arn, AddPrivateKey: &private, AssertionEncryptionMode: types.AssertionEncryptionModeTypeRequired,
	}))(t)
	testkit.Must(p.TagSAMLProvider(ctx, &iam.TagSAMLProviderInput{SAMLProviderArn: arn, Tags: tags}))(t)
}

// richDelegation brings delegation requests into all states that last.
func (p *partner) richDelegation() {
	t := p.t
	request := p.request(p.input("first"))
	p.request(p.input("second"))
	for _, step := range []func(*iam.Client, *string) error{p.associate, p.accept, p.send} {
		if err := step(p.Client, request); err != nil {
			t.Fatal(err)
		}
	}
	rejected := p.request(p.input("third"))
	for _, step := range []func(*iam.Client, *string) error{p.associate, p.reject} {
		if err := step(p.Client, rejected); err != nil {
			t.Fatal(err)
		}
	}
}

// richFederation makes keys of both issuers, and a member whose root user has no
// password any more, and who has a token with a display.
func (p *partner) richFederation() {
	t, ctx := p.t, p.ctx
	testkit.Must(p.EnableOutboundWebIdentityFederation(ctx, nil))(t)
	for _, algorithm := range []string{"RS256", "ES384"} {
		testkit.Must(p.srv.STS().GetWebIdentityToken(ctx,
			&sts.GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: &algorithm}))(t)
	}
	if status, answer := p.manage("POST", "idp/token", `{"subject":"ann"}`); status != http.StatusOK {
		t.Fatal(answer)
	}
	display := newPhone(t, "GAHT12345678", base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("GAHT12345678")))
	testkit.Must(p.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("boss")}))(t)
	testkit.Must(p.EnableMFADevice(ctx, display.enable("boss", -1, 0)))(t)
	testkit.Must(p.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("boss"), PolicyName: aws.String("own"),
		PolicyDocument: aws.String(allow("sts:AssumeRoot"))}))(t)
	task := ststypes.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials")}
	root := testkit.Must(p.srv.As("boss").STS().AssumeRoot(ctx,
		&sts.AssumeRootInput{TargetPrincipal: aws.String("333344445555"), TaskPolicyArn: &task}))(t)
	testkit.Must(iam.NewFromConfig(p.session(root.Credentials)).DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{}))(t)
}

// richRoles makes roles of all kinds, one of which trusts a user who is gone.
func (p *partner) richRoles(tags []types.Tag, policy *string) {
	t, ctx := p.t, p.ctx
	testkit.Must(p.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("gone")}))(t)
	trust := func(principal string) *string {
		return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal +
			`,"Action":"sts:AssumeRole"}]}`)
	}
	testkit.Must(p.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String("Trusting"), Path: aws.String("/r/"), Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200),
		Tags: tags, PermissionsBoundary: policy,
		AssumeRolePolicyDocument: trust(`{"AWS":["arn:aws:iam::000000000000:user/gone","arn:aws:iam::000000000000:user/ann","arn:aws:iam::222233334444:root"]}`),
	}))(t)
	testkit.Must(p.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("gone")}))(t)
	testkit.Must(p.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
		RoleName: aws.String("Trusting"), PolicyArn: aws.String("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"),
	}))(t)
	testkit.Must(p.srv.STS().AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: testkit.Must(p.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String("used"), AssumeRolePolicyDocument: trust(`{"AWS":"000000000000"}`),
	}))(t).Role.Arn, RoleSessionName: aws.String("session")}))(t)
	testkit.Must(p.CreateServiceLinkedRole(ctx,
		&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com"), CustomSuffix: aws.String("x"),
			Description: aws.String("linked")}))(t)
	testkit.Must(p.AcquireRole(ctx, power("worker", "lambda.amazonaws.com")))(t)
	testkit.Must(p.CreateInstanceProfile(ctx,
		&iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("box"), Path: aws.String("/i/"), Tags: tags}))(t)
	testkit.Must(p.AddRoleToInstanceProfile(ctx,
		&iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("box"), RoleName: aws.String("used")}))(t)
	testkit.Must(p.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("empty")}))(t)
}
