package iam_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// listPolicies reads all pages and returns the names.
func (f *fixture) listPolicies(in iam.ListPoliciesInput) []string {
	f.t.Helper()
	names := []string{}
	for {
		out := testkit.Must(f.ListPolicies(f.root, &in))(f.t)
		for _, p := range out.Policies {
			if p.Description != nil || p.Tags != nil {
				f.t.Errorf("row of %s has a description or tags", *p.PolicyName)
			}
			names = append(names, *p.PolicyName)
		}
		if !out.IsTruncated {
			return names
		}
		in.Marker = out.Marker
	}
}

func TestListPoliciesByScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{"b", "A", "c"} {
		f.policy(name)
	}
	for _, c := range []struct {
		name  string
		in    iam.ListPoliciesInput
		local []string
		aws   int
	}{
		{"everything", iam.ListPoliciesInput{}, []string{"A", "b", "c"}, managed.Len()},
		{"all, in pages that do not divide", iam.ListPoliciesInput{Scope: "All", MaxItems: aws.Int32(7)}, []string{"A", "b", "c"},
			managed.Len()},
		{"a page that ends with the account's policies", iam.ListPoliciesInput{MaxItems: aws.Int32(3)}, []string{"A", "b", "c"},
			managed.Len()},
		{"local", iam.ListPoliciesInput{Scope: "Local", MaxItems: aws.Int32(2)}, []string{"A", "b", "c"}, 0},
		{"AWS", iam.ListPoliciesInput{Scope: "AWS", MaxItems: aws.Int32(1000)}, nil, managed.Len()},
		{"attached", iam.ListPoliciesInput{OnlyAttached: true}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			names := f.listPolicies(c.in)
			if len(names) != len(c.local)+c.aws {
				t.Fatalf("%d policies; want %d and %d", len(names), len(c.local), c.aws)
			}
			if got := names[:len(c.local)]; !slices.Equal(got, c.local) {
				t.Errorf("first are %v; want %v", got, c.local)
			}
			if rest := slices.Sorted(slices.Values(names)); len(slices.Compact(rest)) != len(names) {
				t.Error("a policy is listed twice")
			}
		})
	}
}

func TestListPoliciesByUseAndPath(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	f.role("r")
	attached, boundary := f.policy("attached"), f.policy("boundary")
	f.policy("idle")
	testkit.Must(f.CreatePolicy(f.root, &iam.CreatePolicyInput{
		PolicyName: aws.String("deep"), Path: aws.String("/one/two/"), PolicyDocument: aws.String(listBuckets),
	}))(t)
	testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &attached}))(t)
	testkit.Must(f.AttachRolePolicy(f.root, &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: aws.String(administrator)}))(t)
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ana"), PermissionsBoundary: &boundary}))(t)
	testkit.Must(f.PutRolePermissionsBoundary(f.root,
		&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: aws.String(readOnly)}))(t)
	for _, c := range []struct {
		name string
		in   iam.ListPoliciesInput
		want []string
	}{
		{"attached only", iam.ListPoliciesInput{OnlyAttached: true}, []string{"attached", "AdministratorAccess"}},
		{"attached, the account's", iam.ListPoliciesInput{OnlyAttached: true, Scope: "Local"}, []string{"attached"}},
		{"as permissions policy", iam.ListPoliciesInput{PolicyUsageFilter: "PermissionsPolicy"},
			[]string{"attached", "AdministratorAccess"}},
		{"as boundary", iam.ListPoliciesInput{PolicyUsageFilter: "PermissionsBoundary"}, []string{"boundary", "ReadOnlyAccess"}},
		{"under a path", iam.ListPoliciesInput{PathPrefix: aws.String("/one/")}, []string{"deep"}},
		{"a prefix that ends inside a part of the path", iam.ListPoliciesInput{PathPrefix: aws.String("/one/t")}, []string{"deep"}},
		{"under no policy's path", iam.ListPoliciesInput{PathPrefix: aws.String("/none/")}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, f.listPolicies(c.in)); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
	if names := f.listPolicies(iam.ListPoliciesInput{
		PathPrefix: aws.String("/job-function/"), Scope: "AWS",
	}); !slices.Contains(names, "Billing") {
		t.Errorf("AWS's policies under /job-function/ = %v", names)
	}
}

func TestPolicyCounters(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	f.group("staff")
	f.role("r")
	for _, arn := range []string{f.policy("p"), administrator} {
		testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arn}))(t)
		testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ANA"), PolicyArn: &arn}))(t)
		testkit.Must(f.AttachGroupPolicy(f.root, &iam.AttachGroupPolicyInput{GroupName: aws.String("staff"), PolicyArn: &arn}))(t)
		testkit.Must(f.PutUserPermissionsBoundary(f.root,
			&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ana"), PermissionsBoundary: &arn}))(t)
		testkit.Must(f.PutRolePermissionsBoundary(f.root,
			&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: &arn}))(t)
		p := testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: &arn}))(t).Policy
		if *p.AttachmentCount != 2 || *p.PermissionsBoundaryUsageCount != 2 {
			t.Errorf("%s is attached %d times and a boundary %d times; want 2 and 2", arn, *p.AttachmentCount,
				*p.PermissionsBoundaryUsageCount)
		}
	}
	p := testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: aws.String(policyARN("p"))}))(t).Policy
	if *p.PermissionsBoundaryUsageCount != 0 {
		t.Error("a boundary that was replaced still counts")
	}
}

func TestListPoliciesRefusesForeignMarkers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	out := testkit.Must(f.ListPolicies(f.root, &iam.ListPoliciesInput{MaxItems: aws.Int32(1)}))(t)
	for name, marker := range map[string]string{
		"no base64": "!",
		"too short": "AAAA",
		"changed":   strings.Replace(*out.Marker, (*out.Marker)[:1], "_", 1),
		"of another operation": *testkit.Must(f.ListPolicyVersions(f.root,
			&iam.ListPolicyVersionsInput{PolicyArn: aws.String(readOnly), MaxItems: aws.Int32(1)}))(t).Marker,
	} {
		t.Run(name, func(t *testing.T) {
			err := testkit.Refused(f.ListPolicies(f.root, &iam.ListPoliciesInput{Marker: &marker}))
			testkit.WantError(t, err, "ValidationError", "Invalid Marker.")
		})
	}
}

func TestListEntitiesForPolicy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	f.entitiesUsing(arn)
	for _, c := range []struct {
		name string
		in   iam.ListEntitiesForPolicyInput
		want []string
	}{
		{"all", iam.ListEntitiesForPolicyInput{},
			[]string{"group g", "role attached", "role bounded", "user attached", "user both", "user bounded"}},
		{"all, one a page", iam.ListEntitiesForPolicyInput{MaxItems: aws.Int32(1)},
			[]string{"group g", "role attached", "role bounded", "user attached", "user both", "user bounded"}},
		{"users", iam.ListEntitiesForPolicyInput{EntityFilter: types.EntityTypeUser},
			[]string{"user attached", "user both", "user bounded"}},
		{"roles", iam.ListEntitiesForPolicyInput{EntityFilter: types.EntityTypeRole}, []string{"role attached", "role bounded"}},
		{"groups", iam.ListEntitiesForPolicyInput{EntityFilter: types.EntityTypeGroup}, []string{"group g"}},
		{"policies are no entities", iam.ListEntitiesForPolicyInput{EntityFilter: types.EntityTypeLocalManagedPolicy}, []string{}},
		{"attached", iam.ListEntitiesForPolicyInput{PolicyUsageFilter: "PermissionsPolicy"},
			[]string{"group g", "role attached", "user attached", "user both"}},
		{"bounded", iam.ListEntitiesForPolicyInput{PolicyUsageFilter: "PermissionsBoundary", MaxItems: aws.Int32(1)},
			[]string{"role bounded", "user both", "user bounded"}},
		{"under a path", iam.ListEntitiesForPolicyInput{PathPrefix: aws.String("/in/")}, []string{"user both"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.PolicyArn = &arn
			if diff := cmp.Diff(c.want, f.entities(c.in)); diff != "" {
				t.Errorf("entities (-want +got):\n%s", diff)
			}
		})
	}
	missing := policyARN("q")
	testkit.WantError(t, testkit.Refused(f.ListEntitiesForPolicy(f.root, &iam.ListEntitiesForPolicyInput{PolicyArn: &missing})),
		"NoSuchEntity", "Policy "+missing+" does not exist or is not attachable.")
}

// entitiesUsing makes users, a group and roles that use the policy in every way.
func (f *fixture) entitiesUsing(arn string) {
	f.t.Helper()
	f.user("attached")
	f.user("bounded")
	testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{
		UserName: aws.String("both"), Path: aws.String("/in/"), PermissionsBoundary: &arn,
	}))(f.t)
	f.group("g")
	f.role("attached")
	f.role("bounded")
	for _, name := range []string{"attached", "both"} {
		testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: &arn}))(f.t)
	}
	testkit.Must(f.AttachGroupPolicy(f.root, &iam.AttachGroupPolicyInput{GroupName: aws.String("g"), PolicyArn: &arn}))(f.t)
	testkit.Must(f.AttachRolePolicy(f.root, &iam.AttachRolePolicyInput{RoleName: aws.String("attached"), PolicyArn: &arn}))(f.t)
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("bounded"), PermissionsBoundary: &arn}))(f.t)
	testkit.Must(f.PutRolePermissionsBoundary(f.root,
		&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("bounded"), PermissionsBoundary: &arn}))(f.t)
}

// entities reads all pages and returns kinds and names, sorted.
func (f *fixture) entities(in iam.ListEntitiesForPolicyInput) []string {
	f.t.Helper()
	list := []string{}
	for {
		out := testkit.Must(f.ListEntitiesForPolicy(f.root, &in))(f.t)
		for _, u := range out.PolicyUsers {
			list = append(list, "user "+*u.UserName)
		}
		for _, g := range out.PolicyGroups {
			list = append(list, "group "+*g.GroupName)
		}
		for _, r := range out.PolicyRoles {
			list = append(list, "role "+*r.RoleName)
		}
		if out.PolicyUsers == nil || out.PolicyGroups == nil || out.PolicyRoles == nil {
			f.t.Error("a list is left out; want it empty")
		}
		if !out.IsTruncated {
			slices.Sort(list)
			return list
		}
		in.Marker = out.Marker
	}
}
