package conformance_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

const anyTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`

// smallServer has quotas that are met soon.
func smallServer(t *testing.T) *partner {
	store := memstore.New()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Store = store }), iamtest.WithQuotas(iamsvc.Quotas{
		UsersPerAccount: 2, GroupsPerAccount: 1, RolesPerAccount: 2, PoliciesPerAccount: 1, InstanceProfilesPerAccount: 1,
		PoliciesPerUser: 1, PoliciesPerGroup: 1, PoliciesPerRole: 1, TrustPolicySize: 80, VersionsPerPolicy: 5,
	}))
	return &partner{world: &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}}
}

// many is a seed of more than a small server allows.
func many() string {
	var b strings.Builder
	b.WriteString("accounts:\n- id: '000000000000'\n")
	for _, list := range []string{"users", "groups", "instanceProfiles"} {
		fmt.Fprintf(&b, "  %s: [{name: a}, {name: b}, {name: c}]\n", list)
	}
	document := "{Version: 2012-10-17, Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
	fmt.Fprintf(&b, "  policies: [{name: p, document: %s}, {name: q, document: %[1]s}]\n", document)
	fmt.Fprintf(&b, "  roles:\n")
	for i := range 4 {
		fmt.Fprintf(&b, "  - {name: r%d, trust: '%s', policies: [p, q, ReadOnlyAccess]}\n", i, anyTrust)
	}
	return b.String()
}

// What a seed holds raises the quotas of its account: they are shown, hold for
// what is made then, and come back from an export.
func TestASeedRaisesTheQuotasOfItsAccount(t *testing.T) {
	t.Parallel()
	p := smallServer(t)
	var answer management.SeedOutcome
	if err := json.Unmarshal([]byte(p.apply(many())), &answer); err != nil {
		t.Fatal(err)
	}
	if want := "seed:2: account 000000000000 has more than its quota RolesPerAccount of 2 allows; the quota is now 4"; !strings.Contains(strings.Join(answer.Warnings, "\n"), want) {
		t.Errorf("warnings %q; want %s", answer.Warnings, want)
	}
	summary := testkit.Must(p.GetAccountSummary(t.Context(), nil))(t).SummaryMap
	for name, want := range map[string]int32{
		"UsersQuota": 3, "GroupsQuota": 3, "RolesQuota": 4, "PoliciesQuota": 2, "InstanceProfilesQuota": 3,
		"AttachedPoliciesPerRoleQuota": 3, "AttachedPoliciesPerUserQuota": 1, "AttachedPoliciesPerGroupQuota": 1,
	} {
		if summary[name] != want {
			t.Errorf("%s is %d; want %d", name, summary[name], want)
		}
	}
	makeRole := func() error {
		return testkit.Refused(p.CreateRole(p.ctx,
			&iam.CreateRoleInput{RoleName: aws.String("more"), AssumeRolePolicyDocument: aws.String(anyTrust)}))
	}
	if err := makeRole(); testkit.Code(err) != "LimitExceeded" ||
		!strings.Contains(err.Error(), "Cannot exceed quota for RolesPerAccount: 4") {
		t.Errorf("a role more: %v", err)
	}
	text := p.export("secrets=true")
	again := smallServer(t)
	if answer := again.apply(text); !strings.HasPrefix(answer, `{"warnings":[],`) {
		t.Errorf("an import of the export warns: %s", answer)
	}
	if diff := cmp.Diff(text, again.export("secrets=true")); diff != "" {
		t.Errorf("another export (-first +second):\n%s", diff)
	}
	testkit.Must(p.DetachRolePolicy(p.ctx, &iam.DetachRolePolicyInput{
		RoleName: aws.String("r0"), PolicyArn: aws.String("arn:aws:iam::000000000000:policy/p"),
	}))(t)
	testkit.Must(p.AttachRolePolicy(p.ctx, &iam.AttachRolePolicyInput{
		RoleName: aws.String("r0"), PolicyArn: aws.String("arn:aws:iam::000000000000:policy/p"),
	}))(t)
	err := testkit.Refused(p.AttachRolePolicy(p.ctx,
		&iam.AttachRolePolicyInput{RoleName: aws.String("r0"), PolicyArn: aws.String("arn:aws:iam::aws:policy/PowerUserAccess")}))
	if testkit.Code(err) != "LimitExceeded" || !strings.Contains(err.Error(), "Cannot exceed quota for PoliciesPerRole: 3") {
		t.Errorf("a policy more: %v", err)
	}
	longer := strings.Replace(anyTrust, `"*"`, `["*","*"]`, 1)
	err = testkit.Refused(p.UpdateAssumeRolePolicy(p.ctx,
		&iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r0"), PolicyDocument: &longer}))
	if testkit.Code(err) != "LimitExceeded" ||
		!strings.Contains(err.Error(), fmt.Sprint("Cannot exceed quota for ACLSizePerRole: ", len(anyTrust))) {
		t.Errorf("a longer trust policy: %v", err)
	}
	testkit.Must(p.UpdateAssumeRolePolicy(p.ctx,
		&iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r0"), PolicyDocument: aws.String(anyTrust)}))(t)
}

// Another account of the server has the server's quotas still.
func TestRaisedQuotasAreOfOneAccount(t *testing.T) {
	t.Parallel()
	p := smallServer(t)
	p.apply(many())
	other := iam.NewFromConfig(p.srv.ConfigFor(p.srv.AccountKey("111122223333")))
	for i, want := range []string{"", "", "LimitExceeded"} {
		err := testkit.Refused(other.CreateUser(p.ctx, &iam.CreateUserInput{UserName: aws.String(fmt.Sprint("u", i))}))
		if testkit.Code(err) != want {
			t.Errorf("user %d: %v", i, err)
		}
	}
}

// A real account with more roles than AWS's default comes in, and so does its export.
func TestImportOfALargeAccount(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"RoleDetailList":[`)
	for i := range 1200 {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"RoleName":"r%d","Arn":"arn:aws:iam::000000000000:role/r%[1]d","AssumeRolePolicyDocument":%s}`, i, anyTrust)
	}
	b.WriteString(`]}`)
	p, _ := emptyServer(t)
	if status, answer := askServer(t, p.srv, "POST seed", "application/json", b.String()); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	if n := testkit.Must(p.GetAccountSummary(t.Context(), nil))(t).SummaryMap["RolesQuota"]; n != 1200 {
		t.Errorf("the quota of roles is %d", n)
	}
	into, _ := emptyServer(t)
	text := p.export("secrets=true")
	into.apply(text)
	if into.export("secrets=true") != text {
		t.Error("the export of what was imported is another")
	}
}
