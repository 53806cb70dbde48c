package iam_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// Whichever access to the store fails, the calls on policies and roles return that error
// and leave everything as it was.
func TestFaultOfTheStoreChangesNoPolicyAndNoRole(t *testing.T) {
	t.Parallel()
	for name, call := range policyFaultCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := stage(t)
			f.entitiesUsing(f.policy("p"))
			f.policy("idle")
			store := testkit.NewFailingStore(f.store)
			s := iamsvc.New(iamsvc.Options{Store: store})
			store.AtEachAccess(t, func() error { return call(f, s) })
		})
	}
}

// policyFaultCalls are calls that succeed on what the test makes.
func policyFaultCalls() map[string]func(*fixture, *iamsvc.Service) error {
	idle, p, v1 := aws.String(policyARN("idle")), aws.String(policyARN("p")), aws.String("v1")
	bob, app, bounded, attached, x := aws.String("Bob"), aws.String("App"), aws.String("bounded"), aws.String("attached"), aws.String("x")
	named := trust(`{"AWS":["` + arnOf("user/anna") + `","` + arnOf("role/attached") + `"]}`)
	return map[string]func(*fixture, *iamsvc.Service) error{
		"CreatePolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.CreatePolicy(f.root, &iam.CreatePolicyInput{PolicyName: x, PolicyDocument: aws.String(listBuckets)}))
		},
		"GetPolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: p}))
		},
		"ListPolicies": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.ListPolicies(f.root, &iam.ListPoliciesInput{Scope: "Local"}))
		},
		"DeletePolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: idle}))
		},
		"CreatePolicyVersion": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.CreatePolicyVersion(f.root,
				&iam.CreatePolicyVersionInput{PolicyArn: p, PolicyDocument: aws.String(listBuckets)}))
		},
		"GetPolicyVersion": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GetPolicyVersion(f.root, &iam.GetPolicyVersionInput{PolicyArn: p, VersionId: v1}))
		},
		"ListPolicyVersions": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.ListPolicyVersions(f.root, &iam.ListPolicyVersionsInput{PolicyArn: p}))
		},
		"SetDefaultPolicyVersion": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.SetDefaultPolicyVersion(f.root, &iam.SetDefaultPolicyVersionInput{PolicyArn: p, VersionId: v1}))
		},
		"ListEntitiesForPolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.ListEntitiesForPolicy(f.root, &iam.ListEntitiesForPolicyInput{PolicyArn: p}))
		},
		"AttachUserPolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: p}))
		},
		"DetachRolePolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.DetachRolePolicy(f.root, &iam.DetachRolePolicyInput{RoleName: attached, PolicyArn: p}))
		},
		"ListAttachedRolePolicies": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.ListAttachedRolePolicies(f.root, &iam.ListAttachedRolePoliciesInput{RoleName: attached}))
		},
		"PutUserPermissionsBoundary": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.PutUserPermissionsBoundary(f.root,
				&iam.PutUserPermissionsBoundaryInput{UserName: bob, PermissionsBoundary: p}))
		},
		"DeleteRolePermissionsBoundary": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.DeleteRolePermissionsBoundary(f.root, &iam.DeleteRolePermissionsBoundaryInput{RoleName: bounded}))
		},
		"CreateRole": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.CreateRole(f.root,
				&iam.CreateRoleInput{RoleName: x, AssumeRolePolicyDocument: &named, PermissionsBoundary: p}))
		},
		"GetRole": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GetRole(f.root, &iam.GetRoleInput{RoleName: app}))
		},
		"ListRoles": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.ListRoles(f.root, &iam.ListRolesInput{}))
		},
		"UpdateRole": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.UpdateRole(f.root, &iam.UpdateRoleInput{RoleName: app, Description: x}))
		},
		"UpdateRoleDescription": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.UpdateRoleDescription(f.root, &iam.UpdateRoleDescriptionInput{RoleName: app, Description: x}))
		},
		"UpdateAssumeRolePolicy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.UpdateAssumeRolePolicy(f.root,
				&iam.UpdateAssumeRolePolicyInput{RoleName: app, PolicyDocument: &named}))
		},
		"DeleteRole": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: bounded}))
		},
	}
}

// To show a trust policy, the store is asked for the owners of the unique IDs in it.
func TestFaultOfTheStoreWhileATrustPolicyIsShown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("ana")}))(t).User
	f.role("gone")
	if err := f.trusting("r", trust(`{"AWS":["`+*ana.UserId+`","`+arnOf("role/gone")+`"]}`)); err != nil {
		t.Fatal(err)
	}
	testkit.Must(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: aws.String("gone")}))(t)
	store := testkit.NewFailingStore(f.store)
	s := iamsvc.New(iamsvc.Options{Store: store})
	accesses := store.AtEachAccess(t, func() error {
		return testkit.Refused(s.GetRole(f.root, &iam.GetRoleInput{RoleName: aws.String("r")}))
	})
	if accesses < 4 {
		t.Errorf("the answer took %d accesses; want the role and both principals to be looked up", accesses)
	}
}
