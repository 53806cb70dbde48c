package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	listBuckets   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}}`
	administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
	readOnly      = "arn:aws:iam::aws:policy/ReadOnlyAccess"
)

// policy makes a customer managed policy and returns its ARN.
func (f *fixture) policy(name string) string {
	f.t.Helper()
	out := testkit.Must(f.CreatePolicy(f.root, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: aws.String(listBuckets)}))(f.t)
	return *out.Policy.Arn
}

func policyARN(rest string) string { return "arn:aws:iam::" + account + ":policy/" + rest }

// The types of the AWS SDK have a marker that go-cmp must ignore.
var sdk = cmp.Options{
	cmpopts.IgnoreUnexported(types.Policy{}, types.PolicyVersion{}, types.AttachedPolicy{}, types.Tag{}, types.Role{},
		types.RoleLastUsed{}, types.AttachedPermissionsBoundary{}, types.PolicyUser{}, types.PolicyGroup{}, types.PolicyRole{}),
}

func TestCreatePolicyAnswersWithoutDescription(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	in := &iam.CreatePolicyInput{
		PolicyName: aws.String("Read"), Path: aws.String("/team/"), PolicyDocument: aws.String(listBuckets),
		Description: aws.String("what for"), Tags: []types.Tag{
			{Key: aws.String("b"), Value: aws.String("1")}, {Key: aws.String("B"), Value: aws.String("2")},
		},
	}
	created := testkit.Must(f.CreatePolicy(f.root, in))(t).Policy
	want := &types.Policy{
		PolicyName: aws.String("Read"), PolicyId: created.PolicyId, Arn: aws.String(policyARN("team/Read")), Path: aws.String("/team/"),
		DefaultVersionId: aws.String("v1"), AttachmentCount: aws.Int32(0), PermissionsBoundaryUsageCount: aws.Int32(0),
		IsAttachable: true, CreateDate: &birth, UpdateDate: &birth, Tags: in.Tags,
	}
	if diff := cmp.Diff(want, created, sdk); diff != "" {
		t.Errorf("CreatePolicy (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(*created.PolicyId, "ANPA") || len(*created.PolicyId) != 21 {
		t.Errorf("PolicyId = %s", *created.PolicyId)
	}
	want.Description = aws.String("what for")
	if diff := cmp.Diff(want, testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: created.Arn}))(t).Policy, sdk); diff != "" {
		t.Errorf("GetPolicy (-want +got):\n%s", diff)
	}
}

func TestGetPolicySendsEmptyTags(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	for _, arn := range []string{arn, administrator} {
		if p := testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: &arn}))(t).Policy; p.Tags == nil || len(p.Tags) != 0 {
			t.Errorf("GetPolicy(%s): Tags = %v; want an empty list", arn, p.Tags)
		}
	}
	if p := testkit.Must(f.CreatePolicy(f.root, &iam.CreatePolicyInput{
		PolicyName: aws.String("q"), PolicyDocument: aws.String(listBuckets),
	}))(t).Policy; p.Tags != nil {
		t.Errorf("CreatePolicy: Tags = %v; want none", p.Tags)
	}
}

func TestPolicyNamesDifferByMoreThanCase(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.policy("Read")
	err := testkit.Refused(f.CreatePolicy(f.root, &iam.CreatePolicyInput{
		PolicyName: aws.String("rEAD"), Path: aws.String("/other/"), PolicyDocument: aws.String(listBuckets),
	}))
	testkit.WantError(t, err, "EntityAlreadyExists", "A policy called rEAD already exists. Duplicate names are not allowed.")
}

// Only managed policies must have the newer version.
func TestManagedPolicyOfTheOlderVersion(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	for _, document := range []string{
		`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}`,
		`{"Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}`,
	} {
		const text = "Policy document must be version 2012-10-17 or greater."
		testkit.WantError(t, testkit.Refused(f.CreatePolicy(f.root,
			&iam.CreatePolicyInput{PolicyName: aws.String("q"), PolicyDocument: &document})), "MalformedPolicyDocument", text)
		testkit.WantError(t, testkit.Refused(f.CreatePolicyVersion(f.root,
			&iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: &document})), "MalformedPolicyDocument", text)
	}
}

func TestPolicySizeLeavesOutWhiteSpace(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	frame := len(strings.ReplaceAll(fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Sid":"%s","Effect":"Allow","Action":"s3:*","Resource":"*"}}`, ""), " ", ""))
	document := func(n int) *string {
		return aws.String(fmt.Sprintf("{ \"Version\":\"2012-10-17\",\n\t\"Statement\": {\"Sid\":\"%s\", \"Effect\":\"Allow\", \"Action\":\"s3:*\", \"Resource\":\"*\"}}", strings.Repeat("a", n-frame)))
	}
	testkit.Must(f.CreatePolicy(f.root, &iam.CreatePolicyInput{PolicyName: aws.String("full"), PolicyDocument: document(6144)}))(t)
	err := testkit.Refused(f.CreatePolicy(f.root, &iam.CreatePolicyInput{PolicyName: aws.String("over"), PolicyDocument: document(6145)}))
	testkit.WantError(t, err, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
	err = testkit.Refused(f.CreatePolicyVersion(f.root,
		&iam.CreatePolicyVersionInput{PolicyArn: aws.String(policyARN("full")), PolicyDocument: document(6145)}))
	testkit.WantError(t, err, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
}

func TestPoliciesPerAccount(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{PoliciesPerAccount: 2})
	f.policy("a")
	f.policy("b")
	in := &iam.CreatePolicyInput{PolicyName: aws.String("c"), PolicyDocument: aws.String(listBuckets)}
	testkit.WantError(t, testkit.Refused(f.CreatePolicy(f.root, in)), "LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 2")
	testkit.Must(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: aws.String(policyARN("a"))}))(t)
	testkit.Must(f.CreatePolicy(f.root, in))(t)
}

func TestPolicyARNs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.policy("p")
	for _, c := range []struct{ name, arn, code, text string }{
		{"no ARN", "longpolicynamebutnoarn", "ValidationError", "ARN longpolicynamebutnoarn is not valid."},
		{"another partition", "arn:aws-cn:iam::aws:policy/AdministratorAccess", "ValidationError", "Invalid ARN partition"},
		{"another service", "arn:aws:s3:::policy/x-of-a-bucket", "ValidationError", "Invalid service in ARN"},
		{"another resource", "arn:aws:iam::" + account + ":user/p", "InvalidInput",
			"ARN arn:aws:iam::" + account + ":user/p is not valid."},
		{"missing", policyARN("q"), "NoSuchEntity", "Policy " + policyARN("q") + " does not exist or is not attachable."},
		{"another path", policyARN("path/p"), "NoSuchEntity", "Policy " + policyARN("path/p") + " does not exist or is not attachable."},
		{"missing at AWS", "arn:aws:iam::aws:policy/NoSuch", "NoSuchEntity", "Policy arn:aws:iam::aws:policy/NoSuch was not found."},
		{"another account", "arn:aws:iam::999999999999:policy/p", "NoSuchEntity",
			"Policy arn:aws:iam::999999999999:policy/p does not exist or is not attachable."},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: &c.arn})), c.code, c.text)
		})
	}
}

func TestEveryCallWantsAPolicyARN(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	arn, v1, ana := aws.String("arn:aws:s3:::bucket/policy/p"), aws.String("v1"), aws.String("ana")
	for name, err := range map[string]error{
		"DeletePolicy": testkit.Refused(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: arn})),
		"CreatePolicyVersion": testkit.Refused(f.CreatePolicyVersion(f.root,
			&iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(listBuckets)})),
		"GetPolicyVersion": testkit.Refused(f.GetPolicyVersion(f.root,
			&iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: v1})),
		"ListPolicyVersions": testkit.Refused(f.ListPolicyVersions(f.root, &iam.ListPolicyVersionsInput{PolicyArn: arn})),
		"SetDefaultPolicyVersion": testkit.Refused(f.SetDefaultPolicyVersion(f.root,
			&iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: v1})),
		"DeletePolicyVersion": testkit.Refused(f.DeletePolicyVersion(f.root,
			&iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: v1})),
		"ListEntitiesForPolicy": testkit.Refused(f.ListEntitiesForPolicy(f.root, &iam.ListEntitiesForPolicyInput{PolicyArn: arn})),
		"AttachUserPolicy": testkit.Refused(f.AttachUserPolicy(f.root,
			&iam.AttachUserPolicyInput{UserName: ana, PolicyArn: arn})),
		"DetachUserPolicy": testkit.Refused(f.DetachUserPolicy(f.root,
			&iam.DetachUserPolicyInput{UserName: ana, PolicyArn: arn})),
		"PutUserPermissionsBoundary": testkit.Refused(f.PutUserPermissionsBoundary(f.root,
			&iam.PutUserPermissionsBoundaryInput{UserName: ana, PermissionsBoundary: arn})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, err, "ValidationError", "Invalid service in ARN")
		})
	}
}

func TestAWSPoliciesCannotBeChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	missing := "arn:aws:iam::aws:policy/NoSuch"
	for _, c := range []struct {
		name string
		call func(arn *string) error
		text string
	}{
		{"delete", func(arn *string) error {
			return testkit.Refused(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: arn}))
		}, "Cannot delete policies outside your own account."},
		{"add a version", func(arn *string) error {
			return testkit.Refused(f.CreatePolicyVersion(f.root,
				&iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(listBuckets)}))
		}, "Cannot create versions for policies outside your own account."},
		{"set the default version", func(arn *string) error {
			return testkit.Refused(f.SetDefaultPolicyVersion(f.root,
				&iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")}))
		}, "Cannot update policies outside your own account."},
		{"delete a version", func(arn *string) error {
			return testkit.Refused(f.DeletePolicyVersion(f.root,
				&iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")}))
		}, "Cannot delete policy versions for policies outside your own account."},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.WantError(t, c.call(aws.String(administrator)), "AccessDenied", c.text)
			testkit.WantError(t, c.call(&missing), "AccessDenied", c.text)
			testkit.WantError(t, c.call(aws.String("arn:aws:iam::999999999999:policy/p")), "AccessDenied", c.text)
		})
	}
}

func TestDeletePolicyConflicts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	f.role("r")
	arn := f.policy("p")
	del := func() error { return testkit.Refused(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: &arn})) }
	attached := "Cannot delete a policy attached to entities."

	testkit.Must(f.CreatePolicyVersion(f.root, &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: aws.String(listBuckets)}))(t)
	testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arn}))(t)
	testkit.WantError(t, del(), "DeleteConflict", attached)
	testkit.Must(f.DetachUserPolicy(f.root, &iam.DetachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arn}))(t)
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ana"), PermissionsBoundary: &arn}))(t)
	testkit.WantError(t, del(), "DeleteConflict", attached)
	testkit.Must(f.DeleteUserPermissionsBoundary(f.root, &iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String("ana")}))(t)
	testkit.Must(f.PutRolePermissionsBoundary(f.root,
		&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: &arn}))(t)
	testkit.WantError(t, del(), "DeleteConflict", attached)
	testkit.Must(f.DeleteRolePermissionsBoundary(f.root, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String("r")}))(t)
	testkit.WantError(t, del(), "DeleteConflict",
		"This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
	testkit.Must(f.SetDefaultPolicyVersion(f.root, &iam.SetDefaultPolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v2")}))(t)
	testkit.Must(f.DeletePolicyVersion(f.root, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v1")}))(t)
	if err := del(); err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, del(), "NoSuchEntity", "Policy "+arn+" was not found.")
}

func TestADeletedPolicyLeavesNothingForItsSuccessor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	testkit.Must(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: &arn}))(t)
	f.policy("p")
	versions := testkit.Must(f.ListPolicyVersions(f.root, &iam.ListPolicyVersionsInput{PolicyArn: &arn}))(t).Versions
	if len(versions) != 1 || *versions[0].VersionId != "v1" {
		t.Errorf("versions of the second policy = %v", versions)
	}
}

func TestMalformedPolicyDocument(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	in := &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(`{"Version":"2012-10-17"}`)}
	testkit.WantError(t, testkit.Refused(f.CreatePolicy(f.root, in)), "MalformedPolicyDocument", "Syntax errors in policy.")
	testkit.WantError(t, testkit.Refused(f.CreatePolicyVersion(f.root,
		&iam.CreatePolicyVersionInput{PolicyArn: aws.String(f.policy("q")), PolicyDocument: in.PolicyDocument})),
		"MalformedPolicyDocument", "Syntax errors in policy.")
}

// A denial of a call on a policy shows it in three ways.
func TestDenialsNamePolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := f.user("ana")
	arn := f.policy("p")
	for _, c := range []struct {
		operation string
		in        any
		shown     string
	}{
		{"GetPolicy", &iam.GetPolicyInput{PolicyArn: &arn}, "policy " + arn},
		{"CreatePolicy", &iam.CreatePolicyInput{PolicyName: aws.String("new"), Path: aws.String("/x/")}, "policy new"},
		{"ListPolicies", &iam.ListPoliciesInput{}, "policy path /"},
		{"DeletePolicyVersion", &iam.DeletePolicyVersionInput{PolicyArn: &arn}, "policy " + arn},
		{"AttachRolePolicy", &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: &arn}, "role r"},
		{"GetRole", &iam.GetRoleInput{RoleName: aws.String("r")}, "role r"},
		{"CreateRole", &iam.CreateRoleInput{RoleName: aws.String("r"), Path: aws.String("/x/")}, "arn:aws:iam::" + account + ":role/x/r"},
	} {
		t.Run(c.operation, func(t *testing.T) {
			testkit.WantError(t, f.authz.Authorize(ana, c.operation, c.in), "AccessDenied",
				"User: arn:aws:iam::"+account+":user/ana is not authorized to perform: iam:"+
					c.operation+" on resource: "+c.shown+" because no identity-based policy allows the iam:"+c.operation+" action")
		})
	}
}
