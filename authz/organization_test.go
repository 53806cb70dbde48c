package authz_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const management = "999900000000"

// An org is an organization with the root, a unit in it, and the test account
// in the unit. Each level has the policies of the documents, by level.
type org struct {
	root, unit, account []persistence.OrganizationPolicy
}

func scp(name, document string) persistence.OrganizationPolicy {
	return persistence.OrganizationPolicy{ID: "p-" + name, Name: name, Kind: persistence.ServiceControlPolicy, Document: document}
}

func rcp(name, document string) persistence.OrganizationPolicy {
	return persistence.OrganizationPolicy{ID: "p-" + name, Name: name, Kind: persistence.ResourceControlPolicy, Document: document}
}

// full represents FullAWSAccess, which has no record.
var full = persistence.OrganizationPolicy{ID: authz.FullAWSAccess}

func (s state) organization(o org) {
	s.Helper()
	s.update(func(tx persistence.Tx) error {
		ids := func(list []persistence.OrganizationPolicy) (ids []string, err error) {
			for _, p := range list {
				ids = append(ids, p.ID)
				if p.ID != authz.FullAWSAccess {
					err = errors.Join(err, persistence.OrganizationPolicies.Put(tx, management, &p))
				}
			}
			return ids, err
		}
		root, err1 := ids(o.root)
		unit, err2 := ids(o.unit)
		member, err3 := ids(o.account)
		record := &persistence.Organization{
			ID: "o-1", RootID: "r-1", Accounts: []string{management, account}, Policies: root,
			Units: []persistence.Unit{{ID: "ou-1", Name: "Work", ParentID: "r-1", Policies: unit}},
		}
		return errors.Join(err1, err2, err3,
			persistence.Organizations.Put(tx, management, record),
			persistence.Members.Put(tx, management, &persistence.Member{Management: management, ParentID: "r-1"}),
			persistence.Members.Put(tx, account, &persistence.Member{Management: management, ParentID: "ou-1", Policies: member}),
		)
	})
}

func TestServiceControlPolicies(t *testing.T) {
	t.Parallel()
	list := func(p ...persistence.OrganizationPolicy) []persistence.OrganizationPolicy { return p }
	const implicit = "AccessDenied: User: " + anaARN +
		" is not authorized to perform: iam:GetUser on resource: user bob because no service control policy allows the iam:GetUser action"
	const explicit = "AccessDenied: User: " + anaARN +
		" is not authorized to perform: iam:GetUser on resource: user bob with an explicit deny in a service control policy"
	for _, c := range []struct {
		name string
		org  org
		want string
	}{
		{"full access everywhere", org{list(full), list(full), list(full)}, ""},
		{"a level without policies", org{list(full), nil, list(full)}, implicit},
		{"a level allows something else", org{list(full), list(full), list(scp("s3", allow("s3:*")))}, implicit},
		{"policies of a level are a union", org{list(full), list(full), list(scp("s3", allow("s3:*")), scp("iam", allow("iam:*")))}, ""},
		{"the root denies", org{list(full, scp("no", deny("iam:Get*"))), list(full), list(full)}, explicit},
		{"the account denies", org{list(full), list(full), list(full, scp("no", deny("iam:Get*")))}, explicit},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "all", allow("*"))
			s.organization(c.org)
			got := testkit.Answer(s.authorizer().Authorize(as(ana()), "GetUser", getBob()))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An SCP never grants, and binds the root user of a member account.
func TestServiceControlPoliciesAndCallers(t *testing.T) {
	t.Parallel()
	s := newState(t)
	a := s.authorizer()
	s.organization(org{
		[]persistence.OrganizationPolicy{full}, []persistence.OrganizationPolicy{full}, []persistence.OrganizationPolicy{full},
	})
	if err := a.Authorize(as(ana()), "GetUser", getBob()); err == nil {
		t.Error("an SCP grants")
	}
	if err := a.Authorize(as(root()), "GetUser", getBob()); err != nil {
		t.Error(err)
	}
	s.organization(org{root: []persistence.OrganizationPolicy{full}}) // takes effect with the next call
	if err := a.Authorize(as(root()), "GetUser", getBob()); err == nil {
		t.Error("an SCP does not bind the root user")
	}
	manager := root()
	manager.AccountID, manager.ARN, manager.UserID = management, principal.AWS.IAM(management, "root"), management
	if err := a.Authorize(as(manager), "GetUser", getBob()); err != nil {
		t.Errorf("the management account is not exempt: %v", err)
	}
}

func TestServiceLinkedRolesAreExempt(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(auditID, "all", allow("*"))
	s.organization(org{})
	a := s.authorizer()
	if err := a.Authorize(as(audit()), "GetUser", getBob()); err == nil {
		t.Error("an ordinary role is exempt")
	}
	s.update(func(tx persistence.Tx) error {
		r, err := persistence.Roles.Get(tx, account, "audit")
		if err != nil {
			return err
		}
		r.Path = "/aws-service-role/x.amazonaws.com/"
		return persistence.Roles.Put(tx, account, r)
	})
	if err := a.Authorize(as(audit()), "GetUser", getBob()); err != nil {
		t.Error(err)
	}
}

// RCPs are about the resource: they bind callers of other accounts and root
// users, for the services that know them. IAM does not, STS does.
func TestResourceControlPolicies(t *testing.T) {
	t.Parallel()
	denyAll := rcp("closed",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}}]}`)
	all := []persistence.OrganizationPolicy{full}
	s := newState(t)
	s.inline(anaID, "all", allow("*"))
	s.organization(org{all, all, []persistence.OrganizationPolicy{full, denyAll}})
	a := s.authorizer()
	if err := a.Authorize(as(ana()), "GetUser", getBob()); err != nil {
		t.Errorf("IAM: %v", err)
	}
	stranger := root()
	stranger.AccountID, stranger.ARN, stranger.UserID = other, principal.AWS.IAM(other, "root"), other
	assume := &sts.AssumeRoleInput{RoleArn: aws.String(auditARN), Policy: aws.String(trust("Allow", other))}
	open := s.authorizer(func(o *authz.Options) { o.RootAssumeRole = true })
	want := "AccessDenied: User: arn:aws:iam::" + other + ":root is not authorized to perform: sts:AssumeRole on resource: " + auditARN +
		" with an explicit deny in a resource control policy"
	if got := testkit.Answer(open.Authorize(as(stranger), "AssumeRole", assume)); got != want {
		t.Errorf("a stranger: %s", got)
	}
	assume.Policy = aws.String(trust("Allow", account))
	if err := open.Authorize(as(ana()), "AssumeRole", assume); err != nil {
		t.Errorf("a member: %v", err)
	}
}

func TestOrganizationKeys(t *testing.T) {
	t.Parallel()
	s := newState(t)
	all := []persistence.OrganizationPolicy{full}
	s.organization(org{all, all, all})
	var r recorder
	a := s.authorizer(r.observe)
	_ = a.Authorize(as(ana()), "GetUser", getBob())
	stranger := root()
	stranger.AccountID = other
	_ = a.Authorize(as(stranger), "AssumeRole",
		&sts.AssumeRoleInput{RoleArn: aws.String(auditARN), Policy: aws.String(trust("Allow", other))})
	_ = a.Authorize(as(stranger), "CreateUser", &iam.CreateUserInput{UserName: aws.String("x")})
	show := func(i int) map[string][]string {
		got := map[string][]string{}
		for _, name := range []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths"} {
			if len(r[i].Checks) == 0 {
				continue
			}
			if values, _, ok := r[i].Checks[0].Request.Context.Lookup(name); ok {
				got[name] = values
			}
		}
		return got
	}
	member := map[string][]string{
		"aws:PrincipalOrgID": {"o-1"}, "aws:PrincipalOrgPaths": {"o-1/r-1/ou-1/"},
		"aws:ResourceOrgID": {"o-1"}, "aws:ResourceOrgPaths": {"o-1/r-1/ou-1/"},
	}
	if diff := cmp.Diff(member, show(0)); diff != "" {
		t.Errorf("a member (-want +got):\n%s", diff)
	}
	if got := show(len(r) - 1); len(got) != 0 {
		t.Errorf("an account without an organization: %v", got)
	}
}

// A managed SCP is named by its ARN where AWS names policies.
func TestDenialsCanNameTheServiceControlPolicy(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "all", allow("*"))
	s.organization(org{root: []persistence.OrganizationPolicy{scp("no", deny("iam:*"))}})
	a := s.authorizer(func(o *authz.Options) { o.NamePolicyARN = true })
	want := "AccessDenied: User: " + anaARN +
		" is not authorized to perform: iam:GetUser on resource: user bob with an explicit deny in a service control policy: " +
		"arn:aws:organizations::999900000000:policy/o-1/service_control_policy/p-no"
	if got := testkit.Answer(a.Authorize(as(ana()), "GetUser", getBob())); got != want {
		t.Error(got)
	}
}

// Simulations and enforcement take the levels from one function.
func TestLimitGivesTheLevelsFromTheRootDown(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.organization(org{
		[]persistence.OrganizationPolicy{full}, []persistence.OrganizationPolicy{scp("a", allow("a:*")), scp("b", allow("b:*"))},
		[]persistence.OrganizationPolicy{scp("c", allow("c:*"))},
	})
	var got [][]origin
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		var p evaluator.Policies
		err := s.authorizer().Limit(tx, &authz.Holder{Account: account}, &p)
		for _, level := range p.SCP {
			got = append(got, origins(level...))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	arn := func(id string) string {
		return "arn:aws:organizations::999900000000:policy/o-1/service_control_policy/" + id
	}
	const kind = "Service Control Policy"
	want := [][]origin{
		{{"scp", "FullAWSAccess", kind, "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"}},
		{{"scp", "a", kind, arn("p-a")}, {"scp", "b", kind, arn("p-b")}},
		{{"scp", "c", kind, arn("p-c")}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
