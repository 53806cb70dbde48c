package conformance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

// estate makes two users, a group, a role in an instance profile and a policy of
// three versions, and attaches an AWS managed policy.
func estate(t *testing.T) *world {
	w := newWorld(t)
	own := w.policy("Own", allow("s3:GetObject"))
	testkit.Must(w.CreatePolicyVersion(w.ctx,
		&iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: aws.String(allow("s3:PutObject")), SetAsDefault: true}))(t)
	testkit.Must(w.CreatePolicyVersion(w.ctx,
		&iam.CreatePolicyVersionInput{PolicyArn: own, PolicyDocument: aws.String(allow("s3:ListBucket"))}))(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{
		UserName: aws.String("ann"), Path: aws.String("/staff/"), PermissionsBoundary: own,
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))(t)
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("bob")}))(t)
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("Dev")}))(t)
	testkit.Must(w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Dev"), UserName: aws.String("ann")}))(t)
	testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("ann"), PolicyName: aws.String("in"),
		PolicyDocument: aws.String(allow("sqs:*"))}))(t)
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: aws.String(readOnly)}))(t)
	testkit.Must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("Dev"), PolicyArn: own}))(t)
	w.role("Web", ec2Trust)
	w.profile("Servers", "Web")
	return w
}

func TestDetailsOfEverything(t *testing.T) {
	t.Parallel()
	w := estate(t)
	out := testkit.Must(w.GetAccountAuthorizationDetails(w.ctx, nil))(t)
	if len(out.UserDetailList) != 2 || len(out.GroupDetailList) != 1 || len(out.RoleDetailList) != 1 || len(out.Policies) != 2 ||
		out.IsTruncated {
		t.Fatalf("details = %+v", out)
	}
	ann, bob := out.UserDetailList[0], out.UserDetailList[1]
	if diff := cmp.Diff([]string{"Dev"}, ann.GroupList); diff != "" {
		t.Error(diff)
	}
	if *ann.Arn != "arn:aws:iam::000000000000:user/staff/ann" || *ann.AttachedManagedPolicies[0].PolicyArn != readOnly ||
		len(ann.Tags) != 1 ||
		*ann.PermissionsBoundary.PermissionsBoundaryArn != "arn:aws:iam::000000000000:policy/Own" ||
		decoded(t, ann.UserPolicyList[0].PolicyDocument) != allow("sqs:*") {
		t.Errorf("ann = %+v", ann)
	}
	if bob.UserPolicyList != nil || bob.Tags == nil || bob.AttachedManagedPolicies == nil || bob.GroupList == nil {
		t.Errorf("bob = %+v", bob)
	}
	if g := out.GroupDetailList[0]; *g.GroupName != "Dev" || len(g.AttachedManagedPolicies) != 1 || g.GroupPolicyList == nil {
		t.Errorf("group = %+v", g)
	}
	r := out.RoleDetailList[0]
	if decoded(t, r.AssumeRolePolicyDocument) != ec2TrustShown || r.RoleLastUsed == nil || r.Tags == nil ||
		*r.InstanceProfileList[0].InstanceProfileName != "Servers" {
		t.Errorf("role = %+v", r)
	}
}

func TestDetailsOfPolicies(t *testing.T) {
	t.Parallel()
	w := estate(t)
	out := testkit.Must(w.GetAccountAuthorizationDetails(w.ctx, nil))(t)
	own, aws1 := out.Policies[0], out.Policies[1]
	var versions []string
	for _, v := range own.PolicyVersionList {
		versions = append(versions, fmt.Sprint(*v.VersionId, " ", v.IsDefaultVersion, " ", decoded(t, v.Document) != ""))
	}
	if diff := cmp.Diff([]string{"v3 false true", "v2 true true", "v1 false true"}, versions); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if *own.AttachmentCount != 1 || *own.PermissionsBoundaryUsageCount != 1 || own.Description != nil || *own.DefaultVersionId != "v2" {
		t.Errorf("own = %+v", own)
	}
	if *aws1.Arn != readOnly || *aws1.AttachmentCount != 1 || len(aws1.PolicyVersionList) < 2 {
		t.Errorf("AWS's = %s, %d times, %d versions", *aws1.Arn, *aws1.AttachmentCount, len(aws1.PolicyVersionList))
	}
}

func TestFilterOfDetails(t *testing.T) {
	t.Parallel()
	w := estate(t)
	for kind, want := range map[types.EntityType]string{
		types.EntityTypeUser: "2 0 0 0", types.EntityTypeGroup: "0 1 0 0", types.EntityTypeRole: "0 0 1 0",
		types.EntityTypeLocalManagedPolicy: "0 0 0 1", types.EntityTypeAWSManagedPolicy: "0 0 0 1",
	} {
		out := testkit.Must(w.GetAccountAuthorizationDetails(w.ctx,
			&iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{kind}}))(t)
		got := fmt.Sprint(len(out.UserDetailList), len(out.GroupDetailList), len(out.RoleDetailList), len(out.Policies))
		if got != want {
			t.Errorf("%s: %s; want %s", kind, got, want)
		}
		if out.UserDetailList == nil || out.GroupDetailList == nil || out.RoleDetailList == nil || out.Policies == nil {
			t.Errorf("%s: a list is missing", kind)
		}
	}
}

// One marker leads through all kinds, and serves with its own filter only.
func TestPagesOfDetails(t *testing.T) {
	t.Parallel()
	w := estate(t)
	var names []string
	in := &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1)}
	for {
		out := testkit.Must(w.GetAccountAuthorizationDetails(w.ctx, in))(t)
		for _, u := range out.UserDetailList {
			names = append(names, *u.UserName)
		}
		for _, g := range out.GroupDetailList {
			names = append(names, *g.GroupName)
		}
		for _, r := range out.RoleDetailList {
			names = append(names, *r.RoleName)
		}
		for _, p := range out.Policies {
			names = append(names, *p.PolicyName)
		}
		if !out.IsTruncated {
			break
		}
		in.Marker = out.Marker
	}
	if got := strings.Join(names, " "); got != "ann bob Dev Web Own ReadOnlyAccess" {
		t.Errorf("pages = %s", got)
	}
	in.Filter = []types.EntityType{types.EntityTypeUser}
	testkit.WantError(t, testkit.Refused(w.GetAccountAuthorizationDetails(w.ctx, in)), "ValidationError", "Marker and Filter do not match")
}

func TestWhoMayReadReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for action, call := range map[string]func(*iam.Client) error{
		"GetAccountAuthorizationDetails": func(c *iam.Client) error {
			return testkit.Refused(c.GetAccountAuthorizationDetails(w.ctx, nil))
		},
		"GenerateCredentialReport": func(c *iam.Client) error { return testkit.Refused(c.GenerateCredentialReport(w.ctx, nil)) },
		"GetCredentialReport":      func(c *iam.Client) error { return testkit.Refused(c.GetCredentialReport(w.ctx, nil)) },
		"GetServiceLastAccessedDetails": func(c *iam.Client) error {
			return testkit.Refused(c.GetServiceLastAccessedDetails(w.ctx,
				&iam.GetServiceLastAccessedDetailsInput{JobId: aws.String(nobodysJob)}))
		},
		"GetServiceLastAccessedDetailsWithEntities": func(c *iam.Client) error {
			return testkit.Refused(c.GetServiceLastAccessedDetailsWithEntities(w.ctx, &iam.GetServiceLastAccessedDetailsWithEntitiesInput{
				JobId: aws.String(nobodysJob), ServiceNamespace: aws.String("s3"),
			}))
		},
		"GetOrganizationsAccessReport": func(c *iam.Client) error {
			return testkit.Refused(c.GetOrganizationsAccessReport(w.ctx,
				&iam.GetOrganizationsAccessReportInput{JobId: aws.String(nobodysJob)}))
		},
	} {
		denied, allowed := w.user("no-"+action, ""), w.user("yes-"+action, allow("iam:"+action))
		testkit.WantError(t, call(denied), "AccessDenied",
			"User: arn:aws:iam::000000000000:user/no-"+action+" is not authorized to perform: iam:"+action+
				" on resource: * because no identity-based policy allows the iam:"+action+" action")
		if err := call(allowed); err != nil && slices.Contains([]string{"AccessDenied", "InternalFailure"}, testkit.Code(err)) {
			t.Errorf("%s, allowed: %v", action, err)
		}
	}
}
