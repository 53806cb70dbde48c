package iam_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

const (
	trustEC2 = `{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}}]}`

	// trustEC2Shown is trustEC2 as every answer except CreateRole's shows it.
	trustEC2Shown = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// role makes a role that EC2 may assume.
func (f *fixture) role(name string) *types.Role {
	f.t.Helper()
	out := testkit.Must(f.CreateRole(f.root, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trustEC2)}))(f.t)
	return out.Role
}

// protectedRole makes a role that only AWS can change.
func (f *fixture) protectedRole(path, name string) {
	f.t.Helper()
	f.update(func(tx persistence.Tx) error {
		return persistence.Roles.Put(tx, account, &persistence.Role{
			Name: name, Path: path, ID: "AROA" + strings.ToUpper(name), CreateDate: birth, TrustPolicy: trustEC2Shown,
			MaxSessionDuration: 3600,
		})
	})
}

func escaped(document string) *string {
	return aws.String(strings.ReplaceAll(url.QueryEscape(document), "+", "%20"))
}

func TestWhatEachAnswerShowsOfARole(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	in := &iam.CreateRoleInput{
		RoleName: aws.String("Build"), Path: aws.String("/ci/"), AssumeRolePolicyDocument: aws.String(trustEC2),
		Description: aws.String("builds"), PermissionsBoundary: aws.String(readOnly),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("x")}},
	}
	created := testkit.Must(f.CreateRole(f.root, in))(t).Role
	boundary := &types.AttachedPermissionsBoundary{PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: aws.String(readOnly)}
	base := types.Role{
		Path: in.Path, RoleName: in.RoleName, RoleId: created.RoleId, Arn: aws.String("arn:aws:iam::" + account + ":role/ci/Build"),
		CreateDate: &birth,
	}
	if !strings.HasPrefix(*created.RoleId, "AROA") || len(*created.RoleId) != 21 {
		t.Errorf("RoleId = %s", *created.RoleId)
	}
	want := base
	want.AssumeRolePolicyDocument, want.PermissionsBoundary, want.Tags = escaped(trustEC2), boundary, in.Tags
	check := func(operation string, got types.Role) {
		t.Helper()
		if diff := cmp.Diff(want, got, sdk); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation, diff)
		}
	}
	check("CreateRole", *created)
	want.AssumeRolePolicyDocument = escaped(trustEC2Shown)
	want.Description, want.MaxSessionDuration, want.RoleLastUsed = in.Description, aws.Int32(3600), &types.RoleLastUsed{}
	check("GetRole", *testkit.Must(f.GetRole(f.root, &iam.GetRoleInput{RoleName: aws.String("build")}))(t).Role)
	want.PermissionsBoundary, want.Tags, want.RoleLastUsed = nil, nil, nil
	check("ListRoles", testkit.Must(f.ListRoles(f.root, &iam.ListRolesInput{PathPrefix: aws.String("/c")}))(t).Roles[0])
	want.MaxSessionDuration, want.Description = nil, aws.String("changed")
	check("UpdateRoleDescription", *testkit.Must(f.UpdateRoleDescription(f.root,
		&iam.UpdateRoleDescriptionInput{RoleName: in.RoleName, Description: want.Description}))(t).Role)
}

func TestCreateRoleRefuses(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{RolesPerAccount: 2})
	f.role("one")
	tag := func(keys ...string) (tags []types.Tag) {
		for _, k := range keys {
			tags = append(tags, types.Tag{Key: aws.String(k), Value: aws.String("v")})
		}
		return tags
	}
	for _, c := range []struct {
		name       string
		in         iam.CreateRoleInput
		code, text string
	}{
		{"a name that is taken, in another case", iam.CreateRoleInput{RoleName: aws.String("ONE"), Path: aws.String("/p/")},
			"EntityAlreadyExists", "Role with name ONE already exists."},
		{"the path of service-linked roles", iam.CreateRoleInput{Path: aws.String("/aws-service-role/ecs.amazonaws.com/")}, "InvalidInput",
			"Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"},
		{"tag keys that differ by case only", iam.CreateRoleInput{Tags: tag("a", "A")}, "InvalidInput",
			"Duplicate tag keys found. Please note that Tag keys are case insensitive."},
		{"a malformed trust policy", iam.CreateRoleInput{AssumeRolePolicyDocument: aws.String("{")}, "MalformedPolicyDocument",
			"This policy contains invalid Json"},
		{"a trust policy that is too long", iam.CreateRoleInput{
			AssumeRolePolicyDocument: aws.String(strings.Replace(trustEC2, `{"Action`,
				`{"Sid":"`+strings.Repeat("a", 2048)+`","Action`, 1)),
		}, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.in.RoleName == nil {
				c.in.RoleName = aws.String("new")
			}
			if c.in.AssumeRolePolicyDocument == nil {
				c.in.AssumeRolePolicyDocument = aws.String(trustEC2)
			}
			testkit.WantError(t, testkit.Refused(f.CreateRole(f.root, &c.in)), c.code, c.text)
		})
	}
	f.role("two")
	err := testkit.Refused(f.CreateRole(f.root,
		&iam.CreateRoleInput{RoleName: aws.String("three"), AssumeRolePolicyDocument: aws.String(trustEC2)}))
	testkit.WantError(t, err, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 2")
}

func TestMissingRole(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	no := aws.String("no")
	for name, err := range map[string]error{
		"GetRole":    testkit.Refused(f.GetRole(f.root, &iam.GetRoleInput{RoleName: no})),
		"UpdateRole": testkit.Refused(f.UpdateRole(f.root, &iam.UpdateRoleInput{RoleName: no})),
		"UpdateRoleDescription": testkit.Refused(f.UpdateRoleDescription(f.root,
			&iam.UpdateRoleDescriptionInput{RoleName: no, Description: no})),
		"UpdateAssumeRolePolicy": testkit.Refused(f.UpdateAssumeRolePolicy(f.root,
			&iam.UpdateAssumeRolePolicyInput{RoleName: no, PolicyDocument: aws.String(trustEC2)})),
		"DeleteRole": testkit.Refused(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: no})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, err, "NoSuchEntity", "The role with name no cannot be found.")
		})
	}
}

func TestUpdateRoleKeepsWhatIsNotGiven(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	testkit.Must(f.CreateRole(f.root, &iam.CreateRoleInput{
		RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(trustEC2), Description: aws.String("x"),
		MaxSessionDuration: aws.Int32(7200),
	}))(t)
	for _, c := range []struct {
		name        string
		in          iam.UpdateRoleInput
		description string
		duration    int32
	}{
		{"description alone", iam.UpdateRoleInput{Description: aws.String("changed")}, "changed", 7200},
		{"nothing", iam.UpdateRoleInput{}, "changed", 7200},
		{"duration alone", iam.UpdateRoleInput{MaxSessionDuration: aws.Int32(43200)}, "changed", 43200},
		{"an empty description", iam.UpdateRoleInput{Description: aws.String("")}, "", 43200},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.RoleName = aws.String("r")
			testkit.Must(f.UpdateRole(f.root, &c.in))(t)
			r := testkit.Must(f.GetRole(f.root, &iam.GetRoleInput{RoleName: aws.String("r")}))(t).Role
			if aws.ToString(r.Description) != c.description || *r.MaxSessionDuration != c.duration {
				t.Errorf("description %q, duration %d; want %q and %d", aws.ToString(r.Description), *r.MaxSessionDuration,
					c.description, c.duration)
			}
		})
	}
}

func TestGetRoleShowsTheLastUse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.role("r")
	f.update(func(tx persistence.Tx) error {
		r, err := persistence.Roles.Get(tx, account, "r")
		if err != nil {
			return err
		}
		r.LastUsedDate, r.LastUsedRegion = birth, "eu-west-1"
		return persistence.Roles.Put(tx, account, r)
	})
	got := testkit.Must(f.GetRole(f.root, &iam.GetRoleInput{RoleName: aws.String("r")}))(t).Role.RoleLastUsed
	if diff := cmp.Diff(&types.RoleLastUsed{LastUsedDate: &birth, Region: aws.String("eu-west-1")}, got, sdk); diff != "" {
		t.Errorf("RoleLastUsed (-want +got):\n%s", diff)
	}
}

func TestUpdateAssumeRolePolicyReplacesTheTrustPolicy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.role("r")
	update := func(document string) error {
		return testkit.Refused(f.UpdateAssumeRolePolicy(f.root,
			&iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("R"), PolicyDocument: &document}))
	}
	want := trust(`{"AWS":"*"}`)
	if err := update(want); err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, update(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:*"}}`),
		"MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.")
	testkit.WantError(t, update(trust(`{"AWS":["111122223333"`+strings.Repeat(`,"111122223333"`, 150)+`]}`)),
		"LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")
	if got := f.shown("r"); got != want {
		t.Errorf("shown: %s\n want: %s", got, want)
	}
}

func TestListRolesInPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, name := range []string{"d", "B", "a", "C", "e"} {
		f.role(name)
	}
	var names []string
	in := &iam.ListRolesInput{MaxItems: aws.Int32(2)}
	for {
		out := testkit.Must(f.ListRoles(f.root, in))(t)
		for _, r := range out.Roles {
			names = append(names, *r.RoleName)
		}
		if !out.IsTruncated {
			break
		}
		in.Marker = out.Marker
	}
	if diff := cmp.Diff([]string{"a", "B", "C", "d", "e"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	testkit.WantError(t, testkit.Refused(f.ListRoles(f.root, &iam.ListRolesInput{Marker: aws.String("!")})), "ValidationError",
		"Invalid Marker.")
	if out := testkit.Must(f.ListRoles(f.root, &iam.ListRolesInput{PathPrefix: aws.String("/none/")}))(t); out.Roles == nil ||
		len(out.Roles) != 0 {
		t.Errorf("roles under no path = %v; want an empty list", out.Roles)
	}
}

func TestDeleteRoleConflicts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.role("r")
	r := aws.String("r")
	del := func() error { return testkit.Refused(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: r})) }
	testkit.Must(f.AttachRolePolicy(f.root, &iam.AttachRolePolicyInput{RoleName: r, PolicyArn: aws.String(readOnly)}))(t)
	testkit.Must(f.PutRolePolicy(f.root, &iam.PutRolePolicyInput{
		RoleName: r, PolicyName: aws.String("inline"), PolicyDocument: aws.String(listBuckets),
	}))(t)
	testkit.Must(f.PutRolePermissionsBoundary(f.root,
		&iam.PutRolePermissionsBoundaryInput{RoleName: r, PermissionsBoundary: aws.String(readOnly)}))(t)
	testkit.WantError(t, del(), "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	testkit.Must(f.DetachRolePolicy(f.root, &iam.DetachRolePolicyInput{RoleName: r, PolicyArn: aws.String(readOnly)}))(t)
	testkit.WantError(t, del(), "DeleteConflict", "Cannot delete entity, must delete policies first.")
	testkit.Must(f.DeleteRolePolicy(f.root, &iam.DeleteRolePolicyInput{RoleName: r, PolicyName: aws.String("inline")}))(t)
	if err := del(); err != nil {
		t.Errorf("a boundary keeps a role from being deleted: %v", err)
	}
	if p := testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{
		PolicyArn: aws.String(readOnly),
	}))(t).Policy; *p.PermissionsBoundaryUsageCount != 0 {
		t.Error("the boundary of a deleted role still counts")
	}
}

func TestProtectedRoles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.protectedRole("/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS")
	f.protectedRole("/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_Admin_0")
	for _, name := range []string{"AWSServiceRoleForECS", "AWSReservedSSO_Admin_0"} {
		r := &name
		for operation, err := range map[string]error{
			"UpdateAssumeRolePolicy": testkit.Refused(f.UpdateAssumeRolePolicy(f.root,
				&iam.UpdateAssumeRolePolicyInput{RoleName: r, PolicyDocument: aws.String(trustEC2)})),
			"DeleteRole": testkit.Refused(f.DeleteRole(f.root, &iam.DeleteRoleInput{RoleName: r})),
			"AttachRolePolicy": testkit.Refused(f.AttachRolePolicy(f.root,
				&iam.AttachRolePolicyInput{RoleName: r, PolicyArn: aws.String(readOnly)})),
			"DetachRolePolicy": testkit.Refused(f.DetachRolePolicy(f.root,
				&iam.DetachRolePolicyInput{RoleName: r, PolicyArn: aws.String(readOnly)})),
			"PutRolePermissionsBoundary": testkit.Refused(f.PutRolePermissionsBoundary(f.root,
				&iam.PutRolePermissionsBoundaryInput{RoleName: r, PermissionsBoundary: aws.String(readOnly)})),
			"DeleteRolePermissionsBoundary": testkit.Refused(f.DeleteRolePermissionsBoundary(f.root,
				&iam.DeleteRolePermissionsBoundaryInput{RoleName: r})),
		} {
			t.Run(name+" "+operation, func(t *testing.T) {
				t.Parallel()
				testkit.WantError(t, err, "UnmodifiableEntity",
					"Cannot perform the operation on the protected role '"+name+"' - this role is only modifiable by AWS")
			})
		}
	}
}

func TestServiceLinkedRoleKeepsItsDuration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.protectedRole("/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS")
	r := aws.String("AWSServiceRoleForECS")
	err := testkit.Refused(f.UpdateRole(f.root,
		&iam.UpdateRoleInput{RoleName: r, Description: aws.String("no"), MaxSessionDuration: aws.Int32(7200)}))
	testkit.WantError(t, err, "UnmodifiableEntity",
		"AWSServiceRoleForECS is an AWS service linked role, max session duration cannot be changed.")
	testkit.Must(f.UpdateRole(f.root, &iam.UpdateRoleInput{RoleName: r, Description: aws.String("one")}))(t)
	got := testkit.Must(f.UpdateRoleDescription(f.root,
		&iam.UpdateRoleDescriptionInput{RoleName: r, Description: aws.String("two")}))(t).Role
	if *got.Description != "two" {
		t.Errorf("description = %s; want two", *got.Description)
	}
}

func TestOneNameIsGivenOnceOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			name := []string{"role", "ROLE"}[i%2]
			errs[i] = testkit.Refused(f.CreateRole(f.root,
				&iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trustEC2)}))
		})
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d roles were made; want 1", made)
	}
}
