package conformance_test

import (
	"encoding/base32"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

// onStore starts a server on a store that the test can look into.
func onStore(t *testing.T) (*partner, persistence.Store) {
	store := memstore.New()
	p := newPartner(t, iamtest.WithServer(func(o *server.Options) { o.Store, o.IdentityProvider = store, true }))
	return p, store
}

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

// pairsOf is everything in a store but what an export leaves out.
func pairsOf(t *testing.T, store persistence.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := store.View(t.Context(), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			table, _, _ := strings.Cut(strings.SplitN(string(item.Key), "\x00", 3)[1], "/")
			if _, out := seed.LeftOut[table]; !out {
				all[string(item.Key)] = string(item.Value)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func (p *partner) export(query string) string {
	p.t.Helper()
	return wantStatus(p.t, p.srv, "GET export?"+query, "", http.StatusOK)
}

func (p *partner) apply(text string) string {
	p.t.Helper()
	status, answer := askServer(p.t, p.srv, "POST seed", "application/yaml", text)
	if status != http.StatusOK {
		p.t.Fatalf("applying: %d %s", status, answer)
	}
	return answer
}

// A state of everything comes back from its export: the same pairs in the store,
// the same answers, and credentials and sessions that still work.
func TestExportAndImport(t *testing.T) {
	t.Parallel()
	for number := range testkit.Rounds(t, 2, 2*time.Second) {
		t.Run(fmt.Sprint("random state ", number), func(t *testing.T) { exportAndImport(t, uint64(number)) })
	}
}

func exportAndImport(t *testing.T, number uint64) {
	from, store := onStore(t)
	key, session := from.rich(rand.New(rand.NewPCG(number, 0)))
	text := from.export("secrets=true")
	into, again := emptyServer(t)
	if answer := into.apply(text); !strings.HasPrefix(answer, `{"warnings":[],`) {
		t.Errorf("answer %s", answer)
	}
	if diff := cmp.Diff(pairsOf(t, store), pairsOf(t, again)); diff != "" {
		t.Errorf("another state (-it was +it is):\n%s", diff)
	}
	if second := into.export("secrets=true"); second != text {
		t.Errorf("another export (-first +second):\n%s", cmp.Diff(text, second))
	}
	for _, table := range testkit.Tables(t, "../persistence") {
		if _, out := seed.LeftOut[table]; !out && !hasTable(t, again, table) {
			t.Errorf("nothing of table %s came back: let rich make a record of it, and the export write it, or add it to seed.LeftOut",
				table)
		}
	}
	sameAnswers(t, from.Client, into.Client)
	testkit.Must(into.with(key).GetUser(t.Context(), &iam.GetUserInput{}))(t)
	testkit.Must(sts.NewFromConfig(into.srv.ConfigFor(session)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(t)

	bare := from.export("")
	// The names of fields have their colons, which keys and certificates, random base64, never have.
	for _, secret := range []string{*key.SecretAccessKey, "PRIVATE KEY", "sealingKey:", "hash:", "hashes:", "exchangeToken:"} {
		if !strings.Contains(text, secret) {
			t.Errorf("an export with secrets lacks %q", secret)
		}
		if strings.Contains(bare, secret) {
			t.Errorf("an export without secrets has %q", secret)
		}
	}
	other, _ := emptyServer(t)
	other.apply(bare)
	if second := other.export(""); second != bare {
		t.Errorf("another export without secrets (-first +second):\n%s", cmp.Diff(bare, second))
	}
}

func emptyServer(t *testing.T) (*partner, persistence.Store) {
	store := memstore.New()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Store = store }))
	return &partner{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}}, store
}

func hasTable(t *testing.T, store persistence.Store, table string) bool {
	for key := range pairsOf(t, store) {
		if strings.Split(key, "\x00")[1] == table {
			return true
		}
	}
	return false
}

// sameAnswers asks two servers about everything in an account.
func sameAnswers(t *testing.T, a, b *iam.Client) {
	t.Helper()
	ask := func(c *iam.Client) []any {
		ctx := t.Context()
		return []any{
			testkit.Must(c.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000)}))(t),
			testkit.Must(c.GetAccountSummary(ctx, nil))(t).SummaryMap, testkit.Must(c.ListUsers(ctx, nil))(t).Users,
			testkit.Must(c.ListRoles(ctx, nil))(t).Roles,
			testkit.Must(c.ListGroups(ctx, nil))(t).Groups,
			testkit.Must(c.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}))(t).Policies,
			testkit.Must(c.ListInstanceProfiles(ctx, nil))(t).InstanceProfiles,
			testkit.Must(c.ListVirtualMFADevices(ctx, nil))(t).VirtualMFADevices,
			testkit.Must(c.ListServerCertificates(ctx, nil))(t).ServerCertificateMetadataList,
			testkit.Must(c.ListSAMLProviders(ctx, nil))(t).SAMLProviderList,
			testkit.Must(c.ListOpenIDConnectProviders(ctx, nil))(t).OpenIDConnectProviderList,
			testkit.Must(c.ListAccountAliases(ctx, nil))(t).AccountAliases,
			testkit.Must(c.GetAccountPasswordPolicy(ctx, nil))(t).PasswordPolicy,
			testkit.Must(c.GetAccountProperties(ctx, nil))(t).Properties,
			testkit.Must(c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: aws.String("ann")}))(t).AccessKeyMetadata,
			testkit.Must(c.ListSSHPublicKeys(ctx, &iam.ListSSHPublicKeysInput{UserName: aws.String("ann")}))(t).SSHPublicKeys,
			testkit.Must(c.ListSigningCertificates(ctx, &iam.ListSigningCertificatesInput{UserName: aws.String("ann")}))(t).Certificates,
			testkit.Must(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: aws.String("ann")}))(t).MFADevices,
			testkit.Must(c.ListDelegationRequests(ctx, nil))(t).DelegationRequests,
			testkit.Must(c.ListOrganizationsFeatures(ctx, nil))(t).EnabledFeatures,
		}
	}
	unexported := cmp.FilterPath(func(p cmp.Path) bool {
		return strings.Contains(p.String(), "noSmithyDocumentSerde") || strings.Contains(p.String(), "ResultMetadata")
	}, cmp.Ignore())
	if diff := cmp.Diff(ask(a), ask(b), unexported, cmp.Exporter(func(reflect.Type) bool {
		return true
	}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("other answers (-before +after):\n%s", diff)
	}
}

// What the API answers of a real account, and what the AWS CLI makes of it, are
// seeds too.
func TestImportOfAccountAuthorizationDetails(t *testing.T) {
	t.Parallel()
	from, _ := onStore(t)
	from.rich(rand.New(rand.NewPCG(1, 2)))
	details := testkit.Must(from.GetAccountAuthorizationDetails(t.Context(),
		&iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000), Filter: []types.EntityType{
			types.EntityTypeUser, types.EntityTypeRole, types.EntityTypeGroup, types.EntityTypeLocalManagedPolicy,
		}}))(t)
	for _, decoded := range []bool{false, true} {
		into, _ := emptyServer(t)
		status, answer := askServer(t, into.srv, "POST seed", "application/json", cliJSON(t, details, decoded))
		if status != http.StatusOK {
			t.Fatalf("decoded %v: %d %s", decoded, status, answer)
		}
		got := testkit.Must(into.GetAccountAuthorizationDetails(t.Context(),
			&iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000), Filter: []types.EntityType{
				types.EntityTypeUser, types.EntityTypeRole, types.EntityTypeGroup, types.EntityTypeLocalManagedPolicy,
			}}))(t)
		if diff := cmp.Diff(cliJSON(t, details, true), cliJSON(t, got, true)); diff != "" {
			t.Errorf("decoded %v: other details (-before +after):\n%s", decoded, diff)
		}
	}
}

// cliJSON is an answer as the AWS CLI prints it: with policy documents decoded,
// if they are to be.
func cliJSON(t *testing.T, out *iam.GetAccountAuthorizationDetailsOutput, decoded bool) string {
	t.Helper()
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	delete(tree.(map[string]any), "ResultMetadata")
	if decoded {
		tree = decodeDocuments(t, tree)
	}
	raw, err = json.MarshalIndent(tree, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func decodeDocuments(t *testing.T, tree any) any {
	switch x := tree.(type) {
	case map[string]any:
		for k, v := range x {
			x[k] = decodeDocuments(t, v)
		}
	case []any:
		for i, v := range x {
			x[i] = decodeDocuments(t, v)
		}
	case string:
		if !strings.HasPrefix(x, "%7B") {
			return x
		}
		text, err := url.PathUnescape(x)
		var document any
		if err == nil {
			err = json.Unmarshal([]byte(text), &document)
		}
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	return tree
}

// The roles of a real account may trust whom only AWS knows. What is exported of
// such an account can be imported, and exported again the same.
func TestExportOfAnAccountFromAWS(t *testing.T) {
	t.Parallel()
	trust := func(principals string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principals + `,"Action":"sts:AssumeRole"}]}`
	}
	role := func(name, document string) map[string]any {
		return map[string]any{"Path": "/", "RoleName": name, "RoleId": "AROAEXAMPLE" + strings.ToUpper(name),
			"Arn":        "arn:aws:iam::000000000000:role/" + name,
			"CreateDate": "2026-01-02 03:04:05+00:00", "AssumeRolePolicyDocument": json.RawMessage(document),
			"InstanceProfileList": []any{}, "RolePolicyList": []any{}, "AttachedManagedPolicies": []any{}, "Tags": []any{}}
	}
	raw, err := json.Marshal(map[string]any{"UserDetailList": []any{}, "GroupDetailList": []any{}, "Policies": []any{},
		"RoleDetailList": []any{
			role("abroad", trust(`{"AWS":"arn:aws:iam::444455556666:role/elsewhere"}`)),
			role("deleted", trust(`{"AWS":"AROAAAAAAAAAAAAAAAAAA"}`)),
			role("plain", trust(`{"Service":"ec2.amazonaws.com"}`)),
			role("strange", trust(`{"Service":"nobody-knows.amazonaws.com"}`)),
		}})
	if err != nil {
		t.Fatal(err)
	}
	first, _ := emptyServer(t)
	if status, answer := askServer(t, first.srv, "POST seed", "application/json", string(raw)); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	_, once := askServer(t, first.srv, "GET export", "", "")
	if n := strings.Count(once, "createDate: 2026-01-02T03:04:05Z"); n != 4 { // as boto3's users print it
		t.Errorf("%d roles have their date:\n%s", n, once)
	}
	if n := strings.Count(once, "unknownPrincipals: true"); n != 2 {
		t.Errorf("%d roles are marked, not 2:\n%s", n, once)
	}
	second, _ := emptyServer(t)
	if status, answer := askServer(t, second.srv, "POST seed", "application/yaml", once); status != http.StatusOK {
		t.Fatalf("%d %s\n%s", status, answer, once)
	}
	if _, again := askServer(t, second.srv, "GET export", "", ""); again != once {
		t.Errorf("exported again (-before +after):\n%s", cmp.Diff(once, again))
	}
}
