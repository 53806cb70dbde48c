package iam_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// An attacher holds the operations on the attachments of one identity of some kind, named "it".
type attacher struct {
	kind           string
	attach, detach func(ctx context.Context, arn string) error
	list           func(ctx context.Context, l listing) (listed, error)
	delete         func(ctx context.Context) error
}

type listing struct {
	prefix, marker *string
	maxItems       *int32
}

type listed struct {
	policies []types.AttachedPolicy
	more     bool
	marker   *string
}

// attachers makes a user, a group and a role, each called "it".
func (f *fixture) attachers() []attacher {
	it := aws.String("it")
	f.user("it")
	f.group("it")
	f.role("it")
	return []attacher{{
		"user",
		func(ctx context.Context, arn string) error {
			return testkit.Refused(f.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: it, PolicyArn: &arn}))
		},
		func(ctx context.Context, arn string) error {
			return testkit.Refused(f.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: it, PolicyArn: &arn}))
		},
		func(ctx context.Context, l listing) (listed, error) {
			out, err := f.ListAttachedUserPolicies(ctx,
				&iam.ListAttachedUserPoliciesInput{UserName: it, PathPrefix: l.prefix, Marker: l.marker, MaxItems: l.maxItems})
			if err != nil {
				return listed{}, err
			}
			return listed{out.AttachedPolicies, out.IsTruncated, out.Marker}, nil
		},
		func(ctx context.Context) error {
			return testkit.Refused(f.DeleteUser(ctx, &iam.DeleteUserInput{UserName: it}))
		},
	}, {
		"group",
		func(ctx context.Context, arn string) error {
			return testkit.Refused(f.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: it, PolicyArn: &arn}))
		},
		func(ctx context.Context, arn string) error {
			return testkit.Refused(f.DetachGroupPolicy(ctx, &iam.DetachGroupPolicyInput{GroupName: it, PolicyArn: &arn}))
		},
		func(ctx context.Context, l listing) (listed, error) {
			out, err := f.ListAttachedGroupPolicies(ctx,
				&iam.ListAttachedGroupPoliciesInput{GroupName: it, PathPrefix: l.prefix, Marker: l.marker, MaxItems: l.maxItems})
			if err != nil {
				return listed{}, err
			}
			return listed{out.AttachedPolicies, out.IsTruncated, out.Marker}, nil
		},
		func(ctx context.Context) error {
			return testkit.Refused(f.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: it}))
		},
	}, {
		"role",
		func(ctx context.Context, arn string) error {
			return testkit.Refused(f.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: it, PolicyArn: &arn}))
		},
		func(ctx context.Context, arn string) error {
			return testkit.Refused(f.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: it, PolicyArn: &arn}))
		},
		func(ctx context.Context, l listing) (listed, error) {
			out, err := f.ListAttachedRolePolicies(ctx,
				&iam.ListAttachedRolePoliciesInput{RoleName: it, PathPrefix: l.prefix, Marker: l.marker, MaxItems: l.maxItems})
			if err != nil {
				return listed{}, err
			}
			return listed{out.AttachedPolicies, out.IsTruncated, out.Marker}, nil
		},
		func(ctx context.Context) error {
			return testkit.Refused(f.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: it}))
		},
	}}
}

// all reads all pages, two policies each, and returns the names.
func (a attacher) all(t *testing.T, ctx context.Context, prefix *string) string {
	t.Helper()
	l := listing{prefix: prefix, maxItems: aws.Int32(2)}
	names := []string{}
	for {
		page, err := a.list(ctx, l)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.policies {
			if !strings.HasSuffix(*p.PolicyArn, "/"+*p.PolicyName) {
				t.Errorf("%s has the ARN %s", *p.PolicyName, *p.PolicyArn)
			}
			names = append(names, *p.PolicyName)
		}
		if !page.more {
			return strings.Join(names, " ")
		}
		l.marker = page.marker
	}
}

func TestAttachListDetach(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	own, deep := f.policy("own"), *testkit.Must(f.CreatePolicy(f.root, &iam.CreatePolicyInput{
		PolicyName: aws.String("deep"), Path: aws.String("/one/two/"), PolicyDocument: aws.String(listBuckets),
	}))(t).Policy.Arn
	for _, a := range f.attachers() {
		t.Run(a.kind, func(t *testing.T) {
			for _, arn := range []string{own, deep, administrator, own} {
				if err := a.attach(f.root, arn); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := a.all(t, f.root, nil), "AdministratorAccess deep own"; got != want {
				t.Errorf("attached = %s; want %s", got, want)
			}
			if got := a.all(t, f.root, aws.String("/one/")); got != "deep" {
				t.Errorf("attached under /one/ = %s; want deep", got)
			}
			testkit.WantError(t, a.delete(f.root), "DeleteConflict", "Cannot delete entity, must detach all policies first.")
			for _, arn := range []string{own, deep, administrator} {
				if err := a.detach(f.root, arn); err != nil {
					t.Fatal(err)
				}
				testkit.WantError(t, a.detach(f.root, arn), "NoSuchEntity", "Policy "+arn+" was not found.")
			}
			if got := a.all(t, f.root, nil); got != "" {
				t.Errorf("attached after all were detached = %s", got)
			}
			if err := a.delete(f.root); err != nil {
				t.Error(err)
			}
			testkit.WantError(t, a.attach(f.root, own), "NoSuchEntity", "The "+a.kind+" with name it cannot be found.")
			testkit.WantError(t, a.detach(f.root, own), "NoSuchEntity", "The "+a.kind+" with name it cannot be found.")
			testkit.WantError(t, testkit.Refused(a.list(f.root, listing{})), "NoSuchEntity", "The "+a.kind+" with name it cannot be found.")
		})
	}
}

func TestPoliciesThatCannotBeAttached(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	service := "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"
	task := "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
	for _, a := range f.attachers() {
		t.Run(a.kind, func(t *testing.T) {
			reserved := "Cannot attach AWS reserved policy to an IAM " + a.kind + "."
			testkit.WantError(t, a.attach(f.root, task), "PolicyNotAttachable", reserved)
			if a.kind == "role" {
				reserved = "Cannot attach a Service Role Policy to a Customer Role."
			}
			testkit.WantError(t, a.attach(f.root, service), "PolicyNotAttachable", reserved)
			missing := policyARN("missing")
			testkit.WantError(t, a.attach(f.root, missing), "NoSuchEntity", "Policy "+missing+" does not exist or is not attachable.")
			testkit.WantError(t, a.attach(f.root, "longpolicynamebutnoarn"), "ValidationError", "ARN longpolicynamebutnoarn is not valid.")
			if err := a.attach(f.root, "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"); err != nil {
				t.Errorf("a policy for service roles: %v", err)
			}
		})
	}
}

func TestAttachmentQuota(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, iamsvc.Quotas{PoliciesPerUser: 2, PoliciesPerGroup: 2, PoliciesPerRole: 2})
	arns := []string{f.policy("a"), f.policy("b"), f.policy("c")}
	quota := map[string]string{"user": "PoliciesPerUser", "group": "PoliciesPerGroup", "role": "PoliciesPerRole"}
	for _, a := range f.attachers() {
		t.Run(a.kind, func(t *testing.T) {
			for _, arn := range arns[:2] {
				if err := a.attach(f.root, arn); err != nil {
					t.Fatal(err)
				}
			}
			testkit.WantError(t, a.attach(f.root, arns[2]), "LimitExceeded", "Cannot exceed quota for "+quota[a.kind]+": 2")
			if err := a.attach(f.root, arns[1]); err != nil {
				t.Errorf("attaching again what is attached: %v", err)
			}
		})
	}
}

func TestAPageOfAttachmentsBelongsToItsEntity(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	list := f.attachers()
	for _, a := range list {
		for _, arn := range []string{administrator, readOnly} {
			if err := a.attach(f.root, arn); err != nil {
				t.Fatal(err)
			}
		}
	}
	page, err := list[0].list(f.root, listing{maxItems: aws.Int32(1)})
	if err != nil || !page.more || page.marker == nil {
		t.Fatalf("first page = %+v, %v", page, err)
	}
	testkit.WantError(t, testkit.Refused(list[1].list(f.root, listing{marker: page.marker})), "ValidationError", "Invalid Marker.")
}

// Either the policy is attached and cannot be deleted, or it is deleted and cannot be
// attached; never both.
func TestAttachAndDeleteAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	for range 50 {
		arn := f.policy("p")
		var attached, deleted error
		var wg sync.WaitGroup
		wg.Go(func() {
			attached = testkit.Refused(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arn}))
		})
		wg.Go(func() { deleted = testkit.Refused(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: &arn})) })
		wg.Wait()
		if (attached == nil) == (deleted == nil) {
			t.Fatalf("attach: %v, delete: %v; want exactly one to succeed", attached, deleted)
		}
		if attached == nil {
			testkit.Must(f.DetachUserPolicy(f.root, &iam.DetachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arn}))(t)
			testkit.Must(f.DeletePolicy(f.root, &iam.DeletePolicyInput{PolicyArn: &arn}))(t)
		}
	}
}

func TestAttachingAtOnceKeepsToTheQuota(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	var arns []string
	for i := range 14 {
		arns = append(arns, f.policy(*numbered("p", i)))
	}
	errs := make([]error, len(arns))
	var wg sync.WaitGroup
	for i := range arns {
		wg.Go(func() {
			errs[i] = testkit.Refused(f.AttachUserPolicy(f.root,
				&iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: &arns[i]}))
		})
	}
	wg.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) != 4 {
		t.Errorf("%d were refused; want 4", len(errs))
	}
	for _, err := range errs {
		testkit.WantError(t, err, "LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10")
	}
}

func TestAttachmentsFollowARenamedUser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("ana")
	testkit.Must(f.AttachUserPolicy(f.root,
		&iam.AttachUserPolicyInput{UserName: aws.String("ana"), PolicyArn: aws.String(administrator)}))(t)
	testkit.Must(f.UpdateUser(f.root, &iam.UpdateUserInput{UserName: aws.String("ana"), NewUserName: aws.String("eve")}))(t)
	out := testkit.Must(f.ListAttachedUserPolicies(f.root, &iam.ListAttachedUserPoliciesInput{UserName: aws.String("eve")}))(t)
	want := []types.AttachedPolicy{{PolicyName: aws.String("AdministratorAccess"), PolicyArn: aws.String(administrator)}}
	if diff := cmp.Diff(want, out.AttachedPolicies, sdk); diff != "" {
		t.Errorf("attached (-want +got):\n%s", diff)
	}
	if got := f.entities(iam.ListEntitiesForPolicyInput{PolicyArn: aws.String(administrator)}); !slices.Equal(got, []string{"user eve"}) {
		t.Errorf("entities = %v", got)
	}
}
