package iam_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// Calls on policies, attachments, boundaries and roles: the resource that a denial shows,
// and the ARN that a policy has to name.
func TestResourceOfEachCallOnPoliciesAndRoles(t *testing.T) {
	t.Parallel()
	const head = "arn:aws:iam::123456789012:"
	bob, dev, app, own, x := aws.String("bob"), aws.String("dev"), aws.String("app"), aws.String(ownPolicy), aws.String("x")
	aws1, version := aws.String(administrator), aws.String("v1")
	for _, c := range []struct {
		operation, shown, arn string
		in                    any
	}{
		{"CreatePolicy", "policy x", head + "policy/q/x", &iam.CreatePolicyInput{PolicyName: x, Path: aws.String("/q/")}},
		{"GetPolicy", "policy " + ownPolicy, ownPolicy, &iam.GetPolicyInput{PolicyArn: own}},
		{"GetPolicy", "policy " + administrator, administrator, &iam.GetPolicyInput{PolicyArn: aws1}},
		{"ListPolicies", "policy path /", head + "policy/", &iam.ListPoliciesInput{}},
		{"ListPolicies", "policy path /q/", head + "policy/q/", &iam.ListPoliciesInput{PathPrefix: aws.String("/q/")}},
		{"DeletePolicy", "policy " + ownPolicy, ownPolicy, &iam.DeletePolicyInput{PolicyArn: own}},
		{"CreatePolicyVersion", "policy " + ownPolicy, ownPolicy, &iam.CreatePolicyVersionInput{PolicyArn: own}},
		{"GetPolicyVersion", "policy " + ownPolicy + " version v1", ownPolicy,
			&iam.GetPolicyVersionInput{PolicyArn: own, VersionId: version}},
		{"ListPolicyVersions", "policy " + ownPolicy, ownPolicy, &iam.ListPolicyVersionsInput{PolicyArn: own}},
		{"SetDefaultPolicyVersion", "policy " + ownPolicy, ownPolicy,
			&iam.SetDefaultPolicyVersionInput{PolicyArn: own, VersionId: version}},
		{"DeletePolicyVersion", "policy " + ownPolicy, ownPolicy, &iam.DeletePolicyVersionInput{PolicyArn: own, VersionId: version}},
		{"ListEntitiesForPolicy", "policy " + ownPolicy, ownPolicy, &iam.ListEntitiesForPolicyInput{PolicyArn: own}},
		{"AttachUserPolicy", "user bob", head + "user/staff/Bob", &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: own}},
		{"AttachGroupPolicy", "group dev", head + "group/teams/Dev", &iam.AttachGroupPolicyInput{GroupName: dev, PolicyArn: own}},
		{"AttachRolePolicy", "role app", head + "role/svc/App", &iam.AttachRolePolicyInput{RoleName: app, PolicyArn: own}},
		{"DetachUserPolicy", "user bob", head + "user/staff/Bob", &iam.DetachUserPolicyInput{UserName: bob, PolicyArn: own}},
		{"DetachGroupPolicy", "group dev", head + "group/teams/Dev", &iam.DetachGroupPolicyInput{GroupName: dev, PolicyArn: own}},
		{"DetachRolePolicy", "role app", head + "role/svc/App", &iam.DetachRolePolicyInput{RoleName: app, PolicyArn: own}},
		{"ListAttachedUserPolicies", "user bob", head + "user/staff/Bob", &iam.ListAttachedUserPoliciesInput{UserName: bob}},
		{"ListAttachedGroupPolicies", "group dev", head + "group/teams/Dev", &iam.ListAttachedGroupPoliciesInput{GroupName: dev}},
		{"ListAttachedRolePolicies", "role app", head + "role/svc/App", &iam.ListAttachedRolePoliciesInput{RoleName: app}},
		{"PutUserPermissionsBoundary", "user bob", head + "user/staff/Bob",
			&iam.PutUserPermissionsBoundaryInput{UserName: bob, PermissionsBoundary: own}},
		{"PutRolePermissionsBoundary", "role app", head + "role/svc/App",
			&iam.PutRolePermissionsBoundaryInput{RoleName: app, PermissionsBoundary: own}},
		{"DeleteUserPermissionsBoundary", "user bob", head + "user/staff/Bob", &iam.DeleteUserPermissionsBoundaryInput{UserName: bob}},
		{"DeleteRolePermissionsBoundary", "role app", head + "role/svc/App", &iam.DeleteRolePermissionsBoundaryInput{RoleName: app}},
		{"CreateRole", head + "role/q/x", head + "role/q/x", &iam.CreateRoleInput{RoleName: x, Path: aws.String("/q/")}},
		{"GetRole", "role app", head + "role/svc/App", &iam.GetRoleInput{RoleName: app}},
		{"GetRole", "role x", head + "role/x", &iam.GetRoleInput{RoleName: x}},
		{"ListRoles", head + "role/", head + "role/", &iam.ListRolesInput{}},
		{"UpdateRole", "role app", head + "role/svc/App", &iam.UpdateRoleInput{RoleName: app}},
		{"UpdateRoleDescription", "role app", head + "role/svc/App", &iam.UpdateRoleDescriptionInput{RoleName: app}},
		{"UpdateAssumeRolePolicy", "role app", head + "role/svc/App", &iam.UpdateAssumeRolePolicyInput{RoleName: app}},
		{"DeleteRole", "role app", head + "role/svc/App", &iam.DeleteRoleInput{RoleName: app}},
	} {
		t.Run(c.operation+" on "+c.shown, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			action := "iam:" + c.operation
			testkit.WantError(t, f.decide(statement(action, "arn:aws:iam::123456789012:mfa/*"), c.operation, c.in), "AccessDenied",
				"User: arn:aws:iam::123456789012:user/anna is not authorized to perform: "+action+
					" on resource: "+c.shown+" because no identity-based policy allows the "+action+" action")
			if err := f.decide(statement(action, c.arn), c.operation, c.in); err != nil {
				t.Errorf("with a policy for %s: %v", c.arn, err)
			}
		})
	}
}

// Only the other account could share its policy, and IAM has no way to do so.
func TestPoliciesOfOtherAccountsAreDenied(t *testing.T) {
	t.Parallel()
	f := stage(t)
	other := "arn:aws:iam::999999999999:policy/p"
	if err := f.decide(statement("*", "*"), "GetPolicy", &iam.GetPolicyInput{PolicyArn: &other}); err == nil {
		t.Error("a user may read a policy of another account")
	}
}
