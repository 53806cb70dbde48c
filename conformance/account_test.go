package conformance_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestLifeOfAnAccountAlias(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(alias string) error {
		return testkit.Refused(w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: &alias}))
	}
	aliases := func() string {
		return strings.Join(testkit.Must(w.ListAccountAliases(w.ctx, nil))(t).AccountAliases, " ")
	}
	if got := aliases(); got != "" {
		t.Errorf("at first: %q", got)
	}
	for _, alias := range []string{"acme", "acme-2"} {
		if err := create(alias); err != nil {
			t.Error(err)
		}
		if got := aliases(); got != alias {
			t.Errorf("after %s: %q", alias, got)
		}
	}
	testkit.WantError(t, create("acme-2"), "EntityAlreadyExists", "The account alias acme-2 already exists.")
	testkit.WantError(t, create("123456789012"), "ValidationError", "The account alias 123456789012 cannot be a 12-digit number.")
	other := iam.NewFromConfig(w.srv.ConfigFor(w.srv.AccountKey("111122223333")))
	testkit.WantError(t, testkit.Refused(other.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("acme-2")})),
		"EntityAlreadyExists", "The account alias acme-2 already exists.")
	testkit.Must(other.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("acme")}))(t)
	testkit.WantError(t, testkit.Refused(w.DeleteAccountAlias(w.ctx, &iam.DeleteAccountAliasInput{AccountAlias: aws.String("acme")})),
		"NoSuchEntity", "The account alias acme cannot be found.")
	testkit.Must(w.DeleteAccountAlias(w.ctx, &iam.DeleteAccountAliasInput{AccountAlias: aws.String("acme-2")}))(t)
	if got := aliases(); got != "" {
		t.Errorf("in the end: %q", got)
	}
}

// A caller who cannot show the secret leaves nothing behind, whichever way the
// secret is asked for.
func TestAWrongSecretMakesNoAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const id = "999988887777"
	exported := func() bool {
		r := testkit.Must(testkit.HTTP.Get(w.srv.URL + "/_understudy/export"))(t)
		defer r.Body.Close()
		return strings.Contains(string(testkit.Must(io.ReadAll(r.Body))(t)), id)
	}
	right := w.srv.AccountKey(id)
	wrong := right
	wrong.SecretAccessKey = "wrong"
	if code := testkit.Code(testkit.Refused(iam.NewFromConfig(w.srv.ConfigFor(wrong)).ListUsers(w.ctx,
		nil))); code != "SignatureDoesNotMatch" {
		t.Errorf("with a wrong secret: %s", code)
	}
	question := `{"credentials":{"accessKeyId":"` + id + `","secretAccessKey":"wrong"},"action":"s3:GetObject","resource":"*"}`
	r := testkit.Must(testkit.HTTP.Post(w.srv.URL+"/_understudy/authorize", "application/json", strings.NewReader(question)))(t)
	defer r.Body.Close()
	if r.StatusCode == http.StatusOK {
		t.Error("authorize takes a wrong secret")
	}
	if exported() {
		t.Error("a wrong secret has made an account")
	}
	testkit.Must(iam.NewFromConfig(w.srv.ConfigFor(right)).ListUsers(w.ctx, nil))(t)
	if !exported() {
		t.Error("the right secret has made no account")
	}
}

func TestFormsOfAccountAliases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, alias := range []string{"ab", "-abc", "abc-", "a--b", "Abc", "a_b", strings.Repeat("a", 64)} {
		err := testkit.Refused(w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: &alias}))
		if code := testkit.Code(err); code != "ValidationError" {
			t.Errorf("%q: %v", alias, err)
		}
	}
	for _, alias := range []string{"abc", "a-b", "1-2", strings.Repeat("a", 63)} {
		testkit.Must(w.CreateAccountAlias(w.ctx, &iam.CreateAccountAliasInput{AccountAlias: &alias}))(t)
	}
}

// The summary of an account to which things were added, as far as they count.
func TestAccountSummaryCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap
	w.user("anna", allow("s3:*"))
	w.user("bob", "")
	w.role("web", ec2Trust)
	w.profile("p", "web")
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("g")}))(t)
	w.linkedRole(batch) // brings a policy of AWS into use
	policy := func(name string) *string {
		return testkit.Must(w.CreatePolicy(w.ctx,
			&iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: aws.String(allow("s3:*"))}))(t).Policy.Arn
	}
	attached, boundary := policy("attached"), policy("boundary")
	policy("unused")
	for _, user := range []string{"anna", "bob"} {
		testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: attached}))(t)
		testkit.Must(w.PutUserPermissionsBoundary(w.ctx,
			&iam.PutUserPermissionsBoundaryInput{UserName: &user, PermissionsBoundary: boundary}))(t)
	}
	testkit.Must(w.PutRolePermissionsBoundary(w.ctx,
		&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("web"), PermissionsBoundary: attached}))(t)
	w.phone("free")
	w.enabled("anna", "phone")
	testkit.Must(w.CreateAccessKey(w.ctx, nil))(t)
	testkit.Must(w.CreateOpenIDConnectProvider(w.ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://idp.example.com"), ThumbprintList: []string{strings.Repeat("a", 40)},
	}))(t)
	testkit.Must(w.SetSecurityTokenServicePreferences(w.ctx,
		&iam.SetSecurityTokenServicePreferencesInput{GlobalEndpointTokenVersion: types.GlobalEndpointTokenVersionV2Token}))(t)
	more := map[string]int32{}
	for entry, n := range testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap {
		if n != before[entry] {
			more[entry] = n - before[entry]
		}
	}
	want := map[string]int32{
		"Users": 2, "Roles": 2, "Groups": 1, "InstanceProfiles": 1, "Policies": 3, "PolicyVersionsInUse": 3,
		"MFADevices": 2, "MFADevicesInUse": 1, "AccountAccessKeysPresent": 1, "Providers": 1, "GlobalEndpointTokenVersion": 1,
	}
	if diff := cmp.Diff(want, more); diff != "" {
		t.Error(diff)
	}
}

func TestQuotasInTheAccountSummary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap
	if len(got) != 34 {
		t.Errorf("%d entries", len(got))
	}
	for entry, want := range map[string]int32{
		"AccessKeysPerUserQuota": 2, "AssumeRolePolicySizeQuota": 2048, "AttachedPoliciesPerGroupQuota": 10,
		"AttachedPoliciesPerRoleQuota": 20,
		"AttachedPoliciesPerUserQuota": 10, "GroupPolicySizeQuota": 5120, "GroupsPerUserQuota": 10, "GroupsQuota": 300,
		"InstanceProfilesQuota": 1000,
		"PoliciesQuota":         2000, "PolicySizeQuota": 6144, "PolicyVersionsInUseQuota": 10000, "RolePolicySizeQuota": 10240,
		"RolesQuota":              1000,
		"ServerCertificatesQuota": 20, "SigningCertificatesPerUserQuota": 2, "UserPolicySizeQuota": 2048, "UsersQuota": 5000,
		"VersionsPerPolicyQuota": 5,
		"AccountPasswordPresent": 1, "AccountMFAEnabled": 0, "GlobalEndpointTokenVersion": 1,
	} {
		if n, ok := got[entry]; !ok || n != want {
			t.Errorf("%s = %d, %v; want %d", entry, n, ok, want)
		}
	}
}

// As recorded: the values differ by case, and the summary follows at once.
func TestTokenPreferences(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := func(version types.GlobalEndpointTokenVersion) error {
		return testkit.Refused(w.SetSecurityTokenServicePreferences(w.ctx,
			&iam.SetSecurityTokenServicePreferencesInput{GlobalEndpointTokenVersion: version}))
	}
	for version, want := range map[types.GlobalEndpointTokenVersion]int32{"v2Token": 2, "v1Token": 1} {
		if err := set(version); err != nil {
			t.Error(err)
		}
		if n := testkit.Must(w.GetAccountSummary(w.ctx, nil))(t).SummaryMap["GlobalEndpointTokenVersion"]; n != want {
			t.Errorf("after %s: %d", version, n)
		}
	}
	testkit.WantError(t, set("V2Token"), "ValidationError",
		"1 validation error detected: Value at 'globalEndpointTokenVersion' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [v2Token, v1Token]")
}
