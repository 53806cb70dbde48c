package iam_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// bounds are the operations on the boundary of one identity of some kind, named "it".
type bounds struct {
	kind    string
	put     func(arn string) error
	delete  func() error
	current func() *types.AttachedPermissionsBoundary
	create  func(name, arn string) error
}

func (f *fixture) bounds() []bounds {
	it := aws.String("it")
	f.user("it")
	f.role("it")
	return []bounds{{
		"user",
		func(arn string) error {
			return testkit.Refused(f.PutUserPermissionsBoundary(f.root,
				&iam.PutUserPermissionsBoundaryInput{UserName: it, PermissionsBoundary: &arn}))
		},
		func() error {
			return testkit.Refused(f.DeleteUserPermissionsBoundary(f.root, &iam.DeleteUserPermissionsBoundaryInput{UserName: it}))
		},
		func() *types.AttachedPermissionsBoundary {
			return testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: it}))(f.t).User.PermissionsBoundary
		},
		func(name, arn string) error {
			return testkit.Refused(f.CreateUser(f.root, &iam.CreateUserInput{UserName: &name, PermissionsBoundary: &arn}))
		},
	}, {
		"role",
		func(arn string) error {
			return testkit.Refused(f.PutRolePermissionsBoundary(f.root,
				&iam.PutRolePermissionsBoundaryInput{RoleName: it, PermissionsBoundary: &arn}))
		},
		func() error {
			return testkit.Refused(f.DeleteRolePermissionsBoundary(f.root, &iam.DeleteRolePermissionsBoundaryInput{RoleName: it}))
		},
		func() *types.AttachedPermissionsBoundary {
			return testkit.Must(f.GetRole(f.root, &iam.GetRoleInput{RoleName: it}))(f.t).Role.PermissionsBoundary
		},
		func(name, arn string) error {
			return testkit.Refused(f.CreateRole(f.root,
				&iam.CreateRoleInput{RoleName: &name, PermissionsBoundary: &arn, AssumeRolePolicyDocument: aws.String(trustEC2)}))
		},
	}}
}

func TestPutAndDeleteBoundary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	own := f.policy("own")
	for _, b := range f.bounds() {
		t.Run(b.kind, func(t *testing.T) {
			if got := b.current(); got != nil {
				t.Fatalf("boundary of a new %s = %v", b.kind, got)
			}
			for _, arn := range []string{own, readOnly, "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"} {
				if err := b.put(arn); err != nil {
					t.Fatal(err)
				}
				want := &types.AttachedPermissionsBoundary{PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: &arn}
				if diff := cmp.Diff(want, b.current(), sdk); diff != "" {
					t.Errorf("boundary (-want +got):\n%s", diff)
				}
			}
			for range 2 {
				if err := b.delete(); err != nil {
					t.Fatal(err)
				}
				if got := b.current(); got != nil {
					t.Errorf("boundary after it was deleted = %v", got)
				}
			}
		})
	}
}

func TestWhatCannotBeABoundary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, b := range f.bounds() {
		for _, c := range []struct{ name, arn, code, text string }{
			{"no policy", "arn:aws:iam::" + account + ":not_a_policy/invalid", "InvalidInput",
				"ARN arn:aws:iam::" + account + ":not_a_policy/invalid is not valid."},
			{"missing", policyARN("no"), "NoSuchEntity", "Scope ARN: " + policyARN("no") + " does not exist or is not attachable."},
			{"missing at AWS", "arn:aws:iam::aws:policy/NoSuch", "NoSuchEntity",
				"Scope ARN: arn:aws:iam::aws:policy/NoSuch does not exist or is not attachable."},
			{"another partition", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess", "ValidationError", "Invalid ARN partition"},
			{"for service-linked roles", "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy", "PolicyNotAttachable",
				"Cannot attach AWS reserved policy to an IAM " + b.kind + "."},
			{"for root tasks", "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials", "PolicyNotAttachable",
				"Cannot attach AWS reserved policy to an IAM " + b.kind + "."},
		} {
			t.Run(b.kind+": "+c.name, func(t *testing.T) {
				t.Parallel()
				testkit.WantError(t, b.put(c.arn), c.code, c.text)
				testkit.WantError(t, b.create("new", c.arn), c.code, c.text)
			})
		}
	}
}

func TestBoundaryOfNobody(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	no := aws.String("no")
	testkit.WantError(t, testkit.Refused(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: no, PermissionsBoundary: aws.String(readOnly)})),
		"NoSuchEntity", "The user with name no cannot be found.")
	testkit.WantError(t, testkit.Refused(f.DeleteUserPermissionsBoundary(f.root, &iam.DeleteUserPermissionsBoundaryInput{UserName: no})),
		"NoSuchEntity", "The user with name no cannot be found.")
	testkit.WantError(t, testkit.Refused(f.PutRolePermissionsBoundary(f.root,
		&iam.PutRolePermissionsBoundaryInput{RoleName: no, PermissionsBoundary: aws.String(readOnly)})),
		"NoSuchEntity", "The role with name no cannot be found.")
	testkit.WantError(t, testkit.Refused(f.DeleteRolePermissionsBoundary(f.root, &iam.DeleteRolePermissionsBoundaryInput{RoleName: no})),
		"NoSuchEntity", "The role with name no cannot be found.")
}

// iam:PermissionsBoundary is the boundary that a call passes or, if it passes none, that
// the identity has; iam:PolicyARN is the policy that is attached.
func TestConditionKeysOfBoundariesAndAttachments(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := f.user("ana")
	own := f.policy("own")
	f.role("free")
	testkit.Must(f.CreateRole(f.root, &iam.CreateRoleInput{
		RoleName: aws.String("bound"), PermissionsBoundary: &own, AssumeRolePolicyDocument: aws.String(trustEC2),
	}))(t)
	document := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePermissionsBoundary","iam:DeleteRole"],"Resource":"*","Condition":{"ArnEquals":{"iam:PermissionsBoundary":"` + own + `"}}},
		{"Effect":"Allow","Action":["iam:AttachRolePolicy","iam:DetachRolePolicy"],"Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"` + readOnly + `"}}}]}`
	arn := *testkit.Must(f.CreatePolicy(f.root,
		&iam.CreatePolicyInput{PolicyName: aws.String("delegate"), PolicyDocument: &document}))(t).Policy.Arn
	testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arn}))(t)
	for _, c := range []struct {
		name      string
		operation string
		in        any
		allowed   bool
	}{
		{"create with the boundary", "CreateRole", &iam.CreateRoleInput{RoleName: aws.String("r"), PermissionsBoundary: &own}, true},
		{"create with another", "CreateRole", &iam.CreateRoleInput{
			RoleName: aws.String("r"), PermissionsBoundary: aws.String(readOnly),
		}, false},
		{"create without", "CreateRole", &iam.CreateRoleInput{RoleName: aws.String("r")}, false},
		{"put it on a role that has none", "PutRolePermissionsBoundary",
			&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("free"), PermissionsBoundary: &own}, true},
		{"put another on a role that has it", "PutRolePermissionsBoundary",
			&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("bound"), PermissionsBoundary: aws.String(readOnly)}, false},
		{"delete a role that has it", "DeleteRole", &iam.DeleteRoleInput{RoleName: aws.String("bound")}, true},
		{"delete a role that has none", "DeleteRole", &iam.DeleteRoleInput{RoleName: aws.String("free")}, false},
		{"attach the policy", "AttachRolePolicy",
			&iam.AttachRolePolicyInput{RoleName: aws.String("free"), PolicyArn: aws.String(readOnly)}, true},
		{"attach another policy", "AttachRolePolicy",
			&iam.AttachRolePolicyInput{RoleName: aws.String("free"), PolicyArn: aws.String(administrator)}, false},
		{"detach the policy", "DetachRolePolicy",
			&iam.DetachRolePolicyInput{RoleName: aws.String("bound"), PolicyArn: aws.String(readOnly)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := f.authz.Authorize(ana, c.operation, c.in); (err == nil) != c.allowed {
				t.Errorf("%s: %v; want allowed = %v", c.operation, err, c.allowed)
			}
		})
	}
}
