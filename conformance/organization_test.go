package conformance_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const company = `
accounts:
- id: "111122223333"
  users:
  - name: ana
    policies: [AdministratorAccess]
    accessKeys: [{secret: ana-secret}]
  roles:
  - name: open
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]}
- id: "999900001111"
  users:
  - {name: boss, policies: [AdministratorAccess], accessKeys: [{secret: boss-secret}]}
organization:
  id: o-company12345
  management: "999900001111"
  policies:
  - {name: NoGroups, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "iam:*Group", Resource: "*"}]}}
  - {name: OnlyIAM, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: ["iam:*", "sts:*"], Resource: "*"}]}}
  - name: OnlyUs
    type: RCP
    document: {Version: 2012-10-17, Statement: [{Effect: Deny, Principal: "*", Action: "sts:*", Resource: "*", Condition: {StringNotEqualsIfExists: {aws:PrincipalOrgID: o-company12345}}}]}
  root:
    policies: [NoGroups]
    units:
    - name: Work
      fullAWSAccess: false
      policies: [OnlyIAM, OnlyUs]
      accounts: ["111122223333"]
`

// newCompany is a server with the organization, and clients of the member's and
// the management account's administrators.
func newCompany(t *testing.T) (srv *iamtest.Server, ana, boss aws.Config) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "company.yaml")
	if err := os.WriteFile(file, []byte(company), 0o600); err != nil {
		t.Fatal(err)
	}
	srv = iamtest.Start(t, iamtest.WithSeed(file))
	config := func(account, user, secret string) aws.Config {
		root := iam.NewFromConfig(srv.ConfigFor(srv.AccountKey(account)))
		keys := testkit.Must(root.ListAccessKeys(context.Background(), &iam.ListAccessKeysInput{UserName: &user}))(t)
		return srv.ConfigFor(aws.Credentials{AccessKeyID: *keys.AccessKeyMetadata[0].AccessKeyId, SecretAccessKey: secret})
	}
	return srv, config("111122223333", "ana", "ana-secret"), config("999900001111", "boss", "boss-secret")
}

func TestServiceControlPoliciesLimitMembers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	srv, member, manager := newCompany(t)
	ana, boss := iam.NewFromConfig(member), iam.NewFromConfig(manager)
	in := &iam.CreateGroupInput{GroupName: aws.String("g")}
	denial := func(who string) string {
		return "User: arn:aws:iam::111122223333:" + who +
			" is not authorized to perform: iam:CreateGroup on resource: arn:aws:iam::111122223333:group/g with an explicit deny in a service control policy"
	}
	testkit.WantError(t, testkit.Refused(ana.CreateGroup(ctx, in)), "AccessDenied", denial("user/ana"))
	root := iam.NewFromConfig(srv.ConfigFor(srv.AccountKey("111122223333")))
	testkit.WantError(t, testkit.Refused(root.CreateGroup(ctx, in)), "AccessDenied", denial("root"))
	testkit.Must(ana.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")}))(t)
	testkit.Must(boss.CreateGroup(ctx, in))(t)

	r, err := srv.Why(testkit.Refused(ana.CreateGroup(ctx, in)))
	if err != nil {
		t.Fatal(err)
	}
	steps := r.Checks[0].Advice[0].Steps
	if len(steps) != 1 || steps[0].Layer != "scp" || steps[0].Level[:2] != "r-" || !strings.Contains(steps[0].Sentence, "NoGroups") {
		t.Errorf("advice %+v; want the point of the SCP at the root", steps)
	}
}

// A unit without FullAWSAccess allows what its own SCPs allow, and nothing else.
func TestAUnitWithoutFullAccess(t *testing.T) {
	t.Parallel()
	srv, _, _ := newCompany(t)
	question := func(account, user string) (allowed bool, body string) {
		var out struct{ Allowed bool }
		_, body = manage(t, srv, "POST", "authorize", map[string]any{
			"principal": "arn:aws:iam::" + account + ":user/" + user, "action": "s3:GetObject",
		}, &out)
		return out.Allowed, body
	}
	if allowed, body := question("111122223333", "ana"); allowed {
		t.Errorf("the member may read: %s", body)
	}
	if allowed, body := question("999900001111", "boss"); !allowed {
		t.Errorf("the management account may not read: %s", body)
	}
}

func TestResourceControlPoliciesLimitStrangers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	srv, member, manager := newCompany(t)
	in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/open"), RoleSessionName: aws.String("s1")}
	for name, config := range map[string]aws.Config{"a member": member, "the management account": manager} {
		if err := testkit.Refused(sts.NewFromConfig(config).AssumeRole(ctx, in)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	stranger := sts.NewFromConfig(srv.ConfigFor(srv.AccountKey("444455556666")))
	testkit.WantError(t, testkit.Refused(stranger.AssumeRole(ctx, in)), "AccessDenied",
		"User: arn:aws:iam::444455556666:root is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/open with an explicit deny in a resource control policy")
}

// The simulation takes the levels from where enforcement takes them.
func TestSimulationsKnowTheOrganization(t *testing.T) {
	t.Parallel()
	_, member, _ := newCompany(t)
	out := testkit.Must(iam.NewFromConfig(member).SimulatePrincipalPolicy(context.Background(), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::111122223333:user/ana"),
		ActionNames:     []string{"iam:CreateGroup", "s3:GetObject", "iam:CreateUser"},
	}))(t)
	want := []types.PolicyEvaluationDecisionType{"explicitDeny", "implicitDeny", "allowed"}
	for i, r := range out.EvaluationResults {
		if r.EvalDecision != want[i] || r.OrganizationsDecisionDetail == nil ||
			r.OrganizationsDecisionDetail.AllowedByOrganizations != (i == 2) {
			t.Errorf("%s: %s, %+v; want %s", *r.EvalActionName, r.EvalDecision, r.OrganizationsDecisionDetail, want[i])
		}
	}
}

// AWS has begun to name the policy in explicit denials; a switch follows it.
func TestDenialsNameThePolicy(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.NamePolicyARN = true }))
	w := &world{Client: srv.IAM(), t: t, srv: srv, ctx: context.Background()}
	ana := w.user("ana", allow("*"))
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{
		UserName: aws.String("ana"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AWSDenyAll"),
	}))(t)
	testkit.WantError(t, testkit.Refused(ana.ListUsers(w.ctx, &iam.ListUsersInput{})), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/ana is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::000000000000:user/ with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSDenyAll")
}
