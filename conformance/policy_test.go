package conformance_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	readOnlyAccess      = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"
)

func versionIDOf(v types.PolicyVersion) *string     { return v.VersionId }
func attachedNameOf(p types.AttachedPolicy) *string { return p.PolicyName }

// policy makes a managed policy and returns its ARN.
func (w *world) policy(name, document string) *string {
	w.t.Helper()
	return testkit.Must(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document}))(w.t).Policy.Arn
}

func TestLifeOfAManagedPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	name := aws.String("anna")
	begun := time.Now().Truncate(time.Second)
	created := testkit.Must(w.CreatePolicy(w.ctx, &iam.CreatePolicyInput{
		PolicyName: aws.String("Read"), Path: aws.String("/p/"), PolicyDocument: aws.String(spaced), Description: aws.String("é"),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("")}},
	}))(t).Policy
	arn := created.Arn
	if *arn != "arn:aws:iam::000000000000:policy/p/Read" || created.Description != nil || len(created.Tags) != 1 ||
		created.CreateDate.Before(begun) || created.CreateDate.After(time.Now()) {
		t.Errorf("created = %+v", created)
	}
	if got := decoded(t, testkit.Must(w.GetPolicyVersion(w.ctx, &iam.GetPolicyVersionInput{
		PolicyArn: arn, VersionId: aws.String("v1"),
	}))(t).PolicyVersion.Document); got != spaced {
		t.Errorf("document = %q", got)
	}
	v2 := testkit.Must(w.CreatePolicyVersion(w.ctx,
		&iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(allow("s3:*")), SetAsDefault: true}))(t).PolicyVersion
	if *v2.VersionId != "v2" || !v2.IsDefaultVersion || v2.Document != nil {
		t.Errorf("second version = %+v", v2)
	}
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: arn}))(t)
	got := testkit.Must(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: arn}))(t).Policy
	if *got.Description != "é" || *got.AttachmentCount != 1 || *got.DefaultVersionId != "v2" || !got.IsAttachable ||
		*got.PolicyId != *created.PolicyId {
		t.Errorf("policy = %+v", got)
	}
	if names := joined(testkit.Must(w.ListAttachedUserPolicies(w.ctx, &iam.ListAttachedUserPoliciesInput{
		UserName: name,
	}))(t).AttachedPolicies, attachedNameOf); names != "Read" {
		t.Errorf("attached = %q", names)
	}
	err := testkit.Refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: arn}))
	testkit.WantError(t, err, "DeleteConflict", "Cannot delete a policy attached to entities.")
	if typed := new(types.DeleteConflictException); !errors.As(err, &typed) {
		t.Errorf("error = %T; want the SDK's type", err)
	}
	testkit.Must(w.DetachUserPolicy(w.ctx, &iam.DetachUserPolicyInput{UserName: name, PolicyArn: arn}))(t)
	testkit.Must(w.DeletePolicyVersion(w.ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")}))(t)
	if names := joined(testkit.Must(w.ListPolicyVersions(w.ctx, &iam.ListPolicyVersionsInput{PolicyArn: arn}))(t).Versions,
		versionIDOf); names != "v2" {
		t.Errorf("versions = %q", names)
	}
	testkit.Must(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: arn}))(t)
	testkit.WantError(t, testkit.Refused(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: arn})), "NoSuchEntity",
		"Policy "+*arn+" does not exist or is not attachable.")
}

func TestPaginatorSeesEveryPolicyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policy("zeta", allow("s3:*"))
	w.policy("alpha", allow("s3:*"))
	seen := map[string]int{}
	for p := iam.NewListPoliciesPaginator(w, &iam.ListPoliciesInput{MaxItems: aws.Int32(300)}); p.HasMorePages(); {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Policies {
			seen[*x.Arn]++
		}
	}
	for arn, n := range seen {
		if n != 1 {
			t.Errorf("%s is listed %d times", arn, n)
		}
	}
	if len(seen) < 1500 || seen[readOnlyAccess] != 1 || seen["arn:aws:iam::000000000000:policy/zeta"] != 1 {
		t.Errorf("%d policies; want AWS's and the account's", len(seen))
	}
}

func TestAWSPolicyIsRealAndReadOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := testkit.Must(w.GetPolicy(w.ctx, &iam.GetPolicyInput{PolicyArn: aws.String(administratorAccess)}))(t).Policy
	v := testkit.Must(w.GetPolicyVersion(w.ctx,
		&iam.GetPolicyVersionInput{PolicyArn: p.Arn, VersionId: p.DefaultVersionId}))(t).PolicyVersion
	if got := strings.Join(strings.Fields(decoded(t, v.Document)),
		""); got != `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}` {
		t.Errorf("AdministratorAccess = %s", got)
	}
	testkit.WantError(t, testkit.Refused(w.DeletePolicy(w.ctx, &iam.DeletePolicyInput{PolicyArn: p.Arn})), "AccessDenied",
		"Cannot delete policies outside your own account.")
}

// A user is held to the default version of an attached policy from the next
// call on, and to the permissions boundary.
func TestPoliciesCountAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, name := w.user("anna", ""), aws.String("anna")
	arn := w.policy("p", allow("iam:ListUsers"))
	list := func() error { return testkit.Refused(anna.ListUsers(w.ctx, &iam.ListUsersInput{})) }
	denied := func(why string) string {
		return "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::000000000000:user/ " + why
	}
	allowed := func() {
		t.Helper()
		if err := list(); err != nil {
			t.Error(err)
		}
	}
	noPolicy, noBoundary := "because no identity-based policy allows the iam:ListUsers action", "because no permissions boundary allows the iam:ListUsers action"

	testkit.WantError(t, list(), "AccessDenied", denied(noPolicy))
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: arn}))(t)
	allowed()
	testkit.Must(w.CreatePolicyVersion(w.ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(allow("s3:*"))}))(t)
	allowed()
	testkit.Must(w.SetDefaultPolicyVersion(w.ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v2")}))(t)
	testkit.WantError(t, list(), "AccessDenied", denied(noPolicy))
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: aws.String(administratorAccess)}))(t)
	allowed()
	testkit.Must(w.PutUserPermissionsBoundary(w.ctx, &iam.PutUserPermissionsBoundaryInput{UserName: name, PermissionsBoundary: arn}))(t)
	testkit.WantError(t, list(), "AccessDenied", denied(noBoundary))
	testkit.Must(w.DeleteUserPermissionsBoundary(w.ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: name}))(t)
	allowed()
}

func TestInputsOfPolicyCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn, document := w.policy("p", allow("s3:*")), aws.String(allow("s3:*"))
	for _, c := range []struct {
		why  string
		err  error
		want string
	}{
		{"a name with a slash", testkit.Refused(w.CreatePolicy(w.ctx,
			&iam.CreatePolicyInput{PolicyName: aws.String("a/b"), PolicyDocument: document})),
			"The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"},
		{"a path without an end", testkit.Refused(w.CreatePolicy(w.ctx,
			&iam.CreatePolicyInput{PolicyName: aws.String("a"), Path: aws.String("/a"), PolicyDocument: document})),
			"The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."},
		{"a version without v", testkit.Refused(w.GetPolicyVersion(w.ctx,
			&iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("1")})),
			`1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`},
		{"a long description", testkit.Refused(w.CreatePolicy(w.ctx,
			&iam.CreatePolicyInput{
				PolicyName: aws.String("a"), PolicyDocument: document, Description: aws.String(strings.Repeat("x", 1001)),
			})),
			"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000"},
		{"an ARN that is none", testkit.Refused(w.AttachUserPolicy(w.ctx,
			&iam.AttachUserPolicyInput{UserName: aws.String("nobody"), PolicyArn: aws.String("longpolicynamebutnoarn")})),
			"ARN longpolicynamebutnoarn is not valid."},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			testkit.WantError(t, c.err, "ValidationError", c.want)
		})
	}
}

func TestEntitiesOfAPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user("anna", "")
	w.user("bo", "")
	arn := w.policy("p", allow("s3:*"))
	testkit.Must(w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: aws.String("g")}))(t)
	testkit.Must(w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("g"), PolicyArn: arn}))(t)
	testkit.Must(w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: aws.String("anna"), PolicyArn: arn}))(t)
	testkit.Must(w.PutUserPermissionsBoundary(w.ctx,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("bo"), PermissionsBoundary: arn}))(t)
	var users, groups, roles []string
	for p := iam.NewListEntitiesForPolicyPaginator(w, &iam.ListEntitiesForPolicyInput{
		PolicyArn: arn, MaxItems: aws.Int32(1),
	}); p.HasMorePages(); {
		page, err := p.NextPage(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.PolicyUsers {
			users = append(users, *u.UserName)
		}
		for _, g := range page.PolicyGroups {
			groups = append(groups, *g.GroupName)
		}
		for _, r := range page.PolicyRoles {
			roles = append(roles, *r.RoleName)
		}
	}
	if strings.Join(users, " ") != "anna bo" || strings.Join(groups, " ") != "g" || len(roles) != 0 {
		t.Errorf("users %v, groups %v, roles %v", users, groups, roles)
	}
}
