package iam_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

// stage makes the resources for the calls of these tests: the users anna and /staff/Bob,
// the group /teams/Dev, the role /svc/App and the policy /p/Own.
func stage(t *testing.T) *fixture {
	f := newFixture(t)
	f.user("anna")
	testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{
		UserName: aws.String("Bob"), Path: aws.String("/staff/"), Tags: tags("team", "red"),
	}))(t)
	testkit.Must(f.CreateGroup(f.root, &iam.CreateGroupInput{GroupName: aws.String("Dev"), Path: aws.String("/teams/")}))(t)
	f.storedRole("App", "/svc/")
	f.taggedPolicy()
	return f
}

// decide returns nil if anna may make the call when she has one inline policy with the
// statement.
func (f *fixture) decide(statement string, operation string, in any) error {
	f.t.Helper()
	testkit.Must(f.PutUserPolicy(f.root, &iam.PutUserPolicyInput{
		UserName: aws.String("anna"), PolicyName: aws.String("p"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":` + statement + `}`),
	}))(f.t)
	return f.decideAgain(operation, in)
}

// decideAgain returns nil if anna may make the call with the policies that she has.
func (f *fixture) decideAgain(operation string, in any) error {
	f.t.Helper()
	anna := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("anna")}))(f.t).User
	return f.authz.Authorize(f.as(userPrincipal(anna)), operation, in)
}

// nothing is a statement that allows nothing of IAM.
const nothing = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`

func statement(action, resource string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q}`, action, resource)
}

// Each call names its resource in the denial, and is allowed by a policy for exactly the
// ARN in its row.
func TestResourceOfEachCall(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::123456789012:"
	key := "AKIAIOSFODNN7EXAMPLE"
	bob, dev, app, own, x := aws.String("bob"), aws.String("dev"), aws.String("app"), aws.String(ownPolicy), aws.String("x")
	for _, c := range []struct {
		operation, shown, arn string
		in                    any
	}{
		{"CreateUser", head + "user/q/x", "user/q/x", &iam.CreateUserInput{UserName: x, Path: aws.String("/q/")}},
		{"CreateUser", head + "user/x", "user/x", &iam.CreateUserInput{UserName: x}},
		{"GetUser", "user bob", "user/staff/Bob", &iam.GetUserInput{UserName: bob}},
		{"GetUser", head + "user/anna", "user/anna", &iam.GetUserInput{}},
		{"GetUser", "user x", "user/x", &iam.GetUserInput{UserName: x}},
		{"ListUsers", head + "user/", "user/", &iam.ListUsersInput{}},
		{"ListUsers", head + "user/staff/", "user/staff/", &iam.ListUsersInput{PathPrefix: aws.String("/staff/")}},
		{"UpdateUser", "user bob", "user/staff/Bob", &iam.UpdateUserInput{UserName: bob}},
		{"DeleteUser", "user bob", "user/staff/Bob", &iam.DeleteUserInput{UserName: bob}},
		{"CreateGroup", head + "group/q/x", "group/q/x", &iam.CreateGroupInput{GroupName: x, Path: aws.String("/q/")}},
		{"GetGroup", "group dev", "group/teams/Dev", &iam.GetGroupInput{GroupName: dev}},
		{"ListGroups", head + "group/", "group/", &iam.ListGroupsInput{}},
		{"UpdateGroup", "group dev", "group/teams/Dev", &iam.UpdateGroupInput{GroupName: dev}},
		{"DeleteGroup", "group dev", "group/teams/Dev", &iam.DeleteGroupInput{GroupName: dev}},
		{"AddUserToGroup", "group dev", "group/teams/Dev", &iam.AddUserToGroupInput{GroupName: dev, UserName: bob}},
		{"RemoveUserFromGroup", "group dev", "group/teams/Dev", &iam.RemoveUserFromGroupInput{GroupName: dev, UserName: bob}},
		{"ListGroupsForUser", "user bob", "user/staff/Bob", &iam.ListGroupsForUserInput{UserName: bob}},
		{"CreateAccessKey", "user bob", "user/staff/Bob", &iam.CreateAccessKeyInput{UserName: bob}},
		{"CreateAccessKey", "user nullanna", "user/anna", &iam.CreateAccessKeyInput{}},
		{"ListAccessKeys", "user nullanna", "user/anna", &iam.ListAccessKeysInput{}},
		{"UpdateAccessKey", "user bob", "user/staff/Bob", &iam.UpdateAccessKeyInput{UserName: bob, AccessKeyId: &key}},
		{"DeleteAccessKey", "user bob", "user/staff/Bob", &iam.DeleteAccessKeyInput{UserName: bob, AccessKeyId: &key}},
		{"GetAccessKeyLastUsed", "access key " + key, "*", &iam.GetAccessKeyLastUsedInput{AccessKeyId: &key}},
		{"PutUserPolicy", "user bob", "user/staff/Bob", &iam.PutUserPolicyInput{UserName: bob}},
		{"GetUserPolicy", "user bob", "user/staff/Bob", &iam.GetUserPolicyInput{UserName: bob}},
		{"DeleteUserPolicy", "user bob", "user/staff/Bob", &iam.DeleteUserPolicyInput{UserName: bob}},
		{"ListUserPolicies", "user bob", "user/staff/Bob", &iam.ListUserPoliciesInput{UserName: bob}},
		{"PutGroupPolicy", "group dev", "group/teams/Dev", &iam.PutGroupPolicyInput{GroupName: dev}},
		{"GetGroupPolicy", "group dev", "group/teams/Dev", &iam.GetGroupPolicyInput{GroupName: dev}},
		{"DeleteGroupPolicy", "group dev", "group/teams/Dev", &iam.DeleteGroupPolicyInput{GroupName: dev}},
		{"ListGroupPolicies", "group dev", "group/teams/Dev", &iam.ListGroupPoliciesInput{GroupName: dev}},
		{"PutRolePolicy", "role app", "role/svc/App", &iam.PutRolePolicyInput{RoleName: app}},
		{"GetRolePolicy", "role app", "role/svc/App", &iam.GetRolePolicyInput{RoleName: app}},
		{"DeleteRolePolicy", "role app", "role/svc/App", &iam.DeleteRolePolicyInput{RoleName: app}},
		{"ListRolePolicies", "role app", "role/svc/App", &iam.ListRolePoliciesInput{RoleName: app}},
		{"TagUser", "user bob", "user/staff/Bob", &iam.TagUserInput{UserName: bob}},
		{"UntagUser", "user bob", "user/staff/Bob", &iam.UntagUserInput{UserName: bob}},
		{"ListUserTags", "user bob", "user/staff/Bob", &iam.ListUserTagsInput{UserName: bob}},
		{"TagRole", "role app", "role/svc/App", &iam.TagRoleInput{RoleName: app}},
		{"UntagRole", "role app", "role/svc/App", &iam.UntagRoleInput{RoleName: app}},
		{"ListRoleTags", "role app", "role/svc/App", &iam.ListRoleTagsInput{RoleName: app}},
		{"TagPolicy", "policy " + ownPolicy, "policy/p/Own", &iam.TagPolicyInput{PolicyArn: own}},
		{"UntagPolicy", "policy " + ownPolicy, "policy/p/Own", &iam.UntagPolicyInput{PolicyArn: own}},
		{"ListPolicyTags", "policy " + ownPolicy, "policy/p/Own", &iam.ListPolicyTagsInput{PolicyArn: own}},
		{"GenerateServiceLastAccessedDetails", head + "user/staff/Bob", "user/staff/Bob",
			&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(head + "user/else/bob")}},
		{"GenerateServiceLastAccessedDetails", head + "role/svc/App", "role/svc/App",
			&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String("arn:aws:iam:x:123456789012:role/App")}},
		{"GenerateServiceLastAccessedDetails", head + "user/x", "user/x",
			&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(head + "user/x")}},
		{"ListPoliciesGrantingServiceAccess", head + "group/teams/Dev", "group/teams/Dev",
			&iam.ListPoliciesGrantingServiceAccessInput{Arn: aws.String(head + "group/dev")}},
		{"ListPoliciesGrantingServiceAccess", ownPolicy, "policy/p/Own",
			&iam.ListPoliciesGrantingServiceAccessInput{Arn: aws.String(head + "policy/own")}},
		{"GenerateOrganizationsAccessReport", head + "access-report/o-a/r-b", "access-report/o-a/r-b",
			&iam.GenerateOrganizationsAccessReportInput{EntityPath: aws.String("o-a/r-b/")}},
	} {
		t.Run(c.operation+" on "+c.shown, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			action := "iam:" + c.operation
			testkit.WantError(t, f.decide(nothing, c.operation, c.in), "AccessDenied",
				"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+action+
					" on resource: "+c.shown+" because no identity-based policy allows the "+action+" action")
			resource := head + c.arn
			if c.arn == "*" {
				resource = "*"
			}
			if err := f.decide(statement(action, resource), c.operation, c.in); err != nil {
				t.Errorf("with a policy for %s: %v", resource, err)
			}
			if c.arn == "*" {
				return
			}
			if err := f.decide(statement(action, resource+"-other"), c.operation, c.in); err == nil {
				t.Errorf("a policy for %s-other allows it", resource)
			}
		})
	}
}

// A rename needs permission on the entity by its old ARN and by its new one.
func TestRenamingNeedsBothARNs(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::123456789012:"
	user := &iam.UpdateUserInput{UserName: aws.String("Bob"), NewUserName: aws.String("Rob")}
	group := &iam.UpdateGroupInput{GroupName: aws.String("Dev"), NewPath: aws.String("/old/")}
	for _, c := range []struct {
		operation   string
		in          any
		first, both string
		shown       string
	}{
		{"UpdateUser", user, "user/staff/Bob", "user/staff/?ob", head + "user/staff/Rob"},
		{"UpdateGroup", group, "group/teams/Dev", "group/*/Dev", head + "group/old/Dev"},
	} {
		t.Run(c.operation, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			action := "iam:" + c.operation
			testkit.WantError(t, f.decide(statement(action, head+c.first), c.operation, c.in), "AccessDenied",
				"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+action+
					" on resource: "+c.shown+" because no identity-based policy allows the "+action+" action")
			if err := f.decide(statement(action, head+c.both), c.operation, c.in); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCreatingWithTagsNeedsTagging(t *testing.T) {
	t.Parallel()
	f := stage(t)
	in := &iam.CreateUserInput{UserName: aws.String("x"), Tags: tags("a", "b")}
	testkit.WantError(t, f.decide(statement("iam:CreateUser", "*"), "CreateUser", in), "AccessDenied",
		"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: iam:TagUser"+
			" on resource: arn:aws:iam::123456789012:user/x because no identity-based policy allows the iam:TagUser action")
	if err := f.decide(statement("iam:*User", "*"), "CreateUser", in); err != nil {
		t.Error(err)
	}
}

func TestConditionKeysOfCalls(t *testing.T) {
	t.Parallel()
	const boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	bob, x := aws.String("Bob"), aws.String("x")
	for _, c := range []struct {
		why, action, condition string
		allows, refuses        any
	}{
		{"tags of the user", "iam:DeleteUser", `"StringEquals":{"iam:ResourceTag/team":"red","aws:ResourceTag/TEAM":"red"}`,
			&iam.DeleteUserInput{UserName: bob}, &iam.DeleteUserInput{UserName: aws.String("anna")}},
		{"tags of the policy", "iam:ListPolicyTags", `"Null":{"aws:ResourceTag/none":"false"}`,
			nil, &iam.ListPolicyTagsInput{PolicyArn: aws.String(ownPolicy)}},
		{"tags that are passed", "iam:TagUser", `"StringEquals":{"aws:RequestTag/team":"blue"}`,
			&iam.TagUserInput{UserName: bob, Tags: tags("Team", "blue")}, &iam.TagUserInput{UserName: bob, Tags: tags("team", "red")}},
		{"a key that is passed twice has its last value", "iam:TagUser", `"StringEquals":{"aws:RequestTag/team":"blue"}`,
			&iam.TagUserInput{UserName: bob, Tags: tags("team", "red", "team", "blue")},
			&iam.TagUserInput{UserName: bob, Tags: tags("team", "blue", "team", "red")}},
		{"keys that are passed", "iam:TagUser", `"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}`,
			&iam.TagUserInput{UserName: bob, Tags: tags("team", "red")},
			&iam.TagUserInput{UserName: bob, Tags: tags("team", "red", "TEAM", "red")}},
		{"keys that are removed", "iam:UntagUser", `"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}`,
			&iam.UntagUserInput{UserName: bob, TagKeys: []string{"a", "team"}}, &iam.UntagUserInput{UserName: bob, TagKeys: []string{"a"}}},
		{"no keys are passed", "iam:UntagUser", `"Null":{"aws:TagKeys":"true"}`,
			&iam.UntagUserInput{UserName: bob}, &iam.UntagUserInput{UserName: bob, TagKeys: []string{"a"}}},
		{"the boundary that a new user gets", "iam:CreateUser", `"ArnEquals":{"iam:PermissionsBoundary":"` + boundary + `"}`,
			&iam.CreateUserInput{UserName: x, PermissionsBoundary: aws.String(boundary)}, &iam.CreateUserInput{UserName: x}},
		{"the boundary that a user has", "iam:PutUserPolicy", `"ArnEquals":{"iam:PermissionsBoundary":"` + boundary + `"}`,
			&iam.PutUserPolicyInput{UserName: aws.String("bound")}, &iam.PutUserPolicyInput{UserName: bob}},
		{"the boundary where AWS does not tell it", "iam:GetUserPolicy", `"Null":{"iam:PermissionsBoundary":"false"}`,
			nil, &iam.GetUserPolicyInput{UserName: aws.String("bound")}},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{
				UserName: aws.String("bound"), PermissionsBoundary: aws.String(boundary),
			}))(t)
			s := fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":"*","Condition":{%s}}`, c.action, c.condition)
			s = `[` + s + `,{"Effect":"Allow","Action":"iam:Tag*","Resource":"arn:aws:iam::123456789012:user/x"}]`
			operation := c.action[len("iam:"):]
			if c.allows != nil {
				if err := f.decide(s, operation, c.allows); err != nil {
					t.Errorf("refused: %v", err)
				}
			}
			if err := f.decide(s, operation, c.refuses); err == nil {
				t.Error("allowed against the condition")
			}
		})
	}
}

// Permission to ask about one user's keys does not cover the keys of others.
func TestLastUseBelongsToTheUserOfTheKey(t *testing.T) {
	t.Parallel()
	f := stage(t)
	bobs, annas, roots := f.key(f.root, aws.String("Bob")), f.key(f.root, aws.String("anna")), f.key(f.root, nil)
	s := statement("iam:GetAccessKeyLastUsed", "arn:aws:iam::123456789012:user/staff/*")
	ask := func(k *types.AccessKey) error {
		return f.decide(s, "GetAccessKeyLastUsed", &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId})
	}
	if err := ask(bobs); err != nil {
		t.Errorf("Bob's key: %v", err)
	}
	for _, k := range []*types.AccessKey{annas, roots} {
		testkit.WantError(t, ask(k), "AccessDenied", "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+
			"iam:GetAccessKeyLastUsed on resource: access key "+*k.AccessKeyId+
			" because no identity-based policy allows the iam:GetAccessKeyLastUsed action")
	}
}

// A session of a role has no user: the call is decided on the session's ARN, and then
// refused because it names no user.
func TestCallOnOneselfByARole(t *testing.T) {
	t.Parallel()
	f := stage(t)
	f.update(func(tx persistence.Tx) error {
		r := &persistence.Role{Name: "r", Path: "/", ID: "AROAR", TrustPolicy: "{}", MaxSessionDuration: 3600}
		return persistence.Roles.Put(tx, account, r)
	})
	testkit.Must(f.PutRolePolicy(f.root, &iam.PutRolePolicyInput{
		RoleName: aws.String("r"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allowAll),
	}))(t)
	if err := f.authz.Authorize(f.asRole(), "ListAccessKeys", &iam.ListAccessKeysInput{}); err != nil {
		t.Error(err)
	}
}
