package iam_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

// The number of jobs that callers can order is bounded: the oldest are dropped.
func TestWhatIsOrderedIsBounded(t *testing.T) {
	t.Parallel()
	const most, ordered = 3, 5
	for name, c := range map[string]struct {
		order func(t *testing.T, f *fixture, i int) *string
		ask   func(f *fixture, id *string) error
	}{
		"reports on access": {
			func(t *testing.T, f *fixture, _ int) *string {
				return testkit.Must(f.GenerateServiceLastAccessedDetails(f.root,
					&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}))(t).JobId
			},
			func(f *fixture, id *string) error {
				return testkit.Refused(f.GetServiceLastAccessedDetails(f.root, &iam.GetServiceLastAccessedDetailsInput{JobId: id}))
			},
		},
		"reports on an organization": {
			func(t *testing.T, f *fixture, _ int) *string {
				in := &iam.GenerateOrganizationsAccessReportInput{EntityPath: aws.String("o-1234567890/r-abcd")}
				id := testkit.Must(f.GenerateOrganizationsAccessReport(f.root, in))(t).JobId
				if again := testkit.Must(f.GenerateOrganizationsAccessReport(f.root, in))(t).JobId; *again != *id {
					t.Errorf("while %s runs, %s is ordered", *id, *again)
				}
				testkit.Must(f.GetOrganizationsAccessReport(f.root,
					&iam.GetOrganizationsAccessReportInput{JobId: id}))(t) // it is no longer running
				return id
			},
			func(f *fixture, id *string) error {
				return testkit.Refused(f.GetOrganizationsAccessReport(f.root, &iam.GetOrganizationsAccessReportInput{JobId: id}))
			},
		},
		"deletions of service-linked roles": {
			func(t *testing.T, f *fixture, i int) *string {
				return f.deletion(t, fmt.Sprint("n", i))
			},
			func(f *fixture, id *string) error {
				return testkit.Refused(f.GetServiceLinkedRoleDeletionStatus(f.root,
					&iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: id}))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, now := company(t)
			f.Keep(most)
			var all []*string
			for i := range ordered {
				*now = now.Add(-time.Hour) // the order does not depend on the clock
				all = append(all, c.order(t, f, i))
			}
			for i, id := range all {
				want := ""
				if i < ordered-most {
					want = "NoSuchEntity"
				}
				if got := testkit.Code(c.ask(f, id)); got != want {
					t.Errorf("number %d of %d is answered %q, want %q", i, ordered, got, want)
				}
			}
		})
	}
}

// deletion makes a service-linked role, and orders its deletion.
func (f *fixture) deletion(t *testing.T, suffix string) *string {
	t.Helper()
	r := testkit.Must(f.CreateServiceLinkedRole(f.root,
		&iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com"), CustomSuffix: &suffix}))(t).Role
	return testkit.Must(f.DeleteServiceLinkedRole(f.root, &iam.DeleteServiceLinkedRoleInput{RoleName: r.RoleName}))(t).DeletionTaskId
}

// A report can be read for a week. After that, ordering another report drops it.
func TestReportsAreKeptForAWeek(t *testing.T) {
	t.Parallel()
	f, now := company(t)
	in := &iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}
	first := testkit.Must(f.GenerateServiceLastAccessedDetails(f.root, in))(t).JobId
	for _, c := range []struct {
		later time.Duration
		want  string
	}{{7*24*time.Hour - time.Minute, ""}, {time.Minute, "NoSuchEntity"}} {
		*now = now.Add(c.later)
		testkit.Must(f.GenerateServiceLastAccessedDetails(f.root, in))(t)
		if got := testkit.Code(testkit.Refused(f.GetServiceLastAccessedDetails(f.root, &iam.GetServiceLastAccessedDetailsInput{
			JobId: first,
		}))); got != c.want {
			t.Errorf("at %v the first report is answered %q, want %q", now, got, c.want)
		}
	}
}

// The number of a provider's templates is bounded, but a template can replace one of the same name.
func TestDelegationTemplatesAreBounded(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	f.Keep(2)
	register := func(name string) error {
		template := delegationTemplate
		template.Name = name
		return testkit.Refused(f.RegisterDelegationTemplate(f.root, template))
	}
	for _, name := range []string{"first", "second", "second"} {
		if err := register(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := register("third"); testkit.Code(err) != "ValidationError" || !strings.Contains(err.Error(), "may have at most 2 templates, of") {
		t.Errorf("one too many is answered %v", err)
	}
	large := delegationTemplate
	large.Name, large.Policy = "second", `{"Id":"`+strings.Repeat("x", 1<<20)+`"}`
	if err := testkit.Refused(f.RegisterDelegationTemplate(f.root, large)); testkit.Code(err) != "ValidationError" {
		t.Errorf("one too large is answered %v", err)
	}
}

// Only delegation requests that are over make room for new ones.
func TestDelegationRequestsAreBounded(t *testing.T) {
	t.Parallel()
	f, now := company(t)
	f.Keep(2)
	ask := func(workflow string) (*string, error) {
		arn, err := f.RegisterDelegationTemplate(f.root, delegationTemplate)
		if err != nil {
			t.Fatal(err)
		}
		out, err := f.CreateDelegationRequest(f.root, delegationInput(arn, workflow))
		if err != nil {
			return nil, err
		}
		return out.DelegationRequestId, nil
	}
	must := func(id *string, err error) *string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first, second := must(ask("first")), must(ask("second"))
	if _, err := ask("third"); testkit.Code(err) != "LimitExceeded" {
		t.Errorf("one too many is answered %v", err)
	}
	testkit.Must(f.AssociateDelegationRequest(f.root, &iam.AssociateDelegationRequestInput{DelegationRequestId: second}))(t)
	testkit.Must(f.RejectDelegationRequest(f.root, &iam.RejectDelegationRequestInput{DelegationRequestId: second}))(t)
	third := must(ask("third"))
	f.wantRequests(t, map[*string]string{first: "UNASSIGNED", second: "", third: "UNASSIGNED"})
	if list := testkit.Must(f.ListDelegationRequests(f.root, &iam.ListDelegationRequestsInput{}))(t).DelegationRequests; len(list) != 0 {
		t.Errorf("the account owns %+v still", list)
	}

	for _, step := range []func(context.Context, *string) error{f.associate, f.accept, f.send} {
		if err := step(f.root, first); err != nil {
			t.Fatal(err)
		}
	}
	*now = now.Add(299 * time.Second) // the token can be exchanged for one more second
	if _, err := ask("fourth"); testkit.Code(err) != "LimitExceeded" {
		t.Errorf("while a token is good, one too many is answered %v", err)
	}
	*now = now.Add(time.Second)
	fourth := must(ask("fourth"))
	*now = now.Add(24 * time.Hour) // the others expire
	fifth := must(ask("fifth"))
	f.wantRequests(t, map[*string]string{first: "", third: "", fourth: "EXPIRED", fifth: "UNASSIGNED"})
}

func (f *fixture) associate(ctx context.Context, id *string) error {
	return testkit.Refused(f.AssociateDelegationRequest(ctx, &iam.AssociateDelegationRequestInput{DelegationRequestId: id}))
}

func (f *fixture) accept(ctx context.Context, id *string) error {
	return testkit.Refused(f.AcceptDelegationRequest(ctx, &iam.AcceptDelegationRequestInput{DelegationRequestId: id}))
}

func (f *fixture) send(ctx context.Context, id *string) error {
	return testkit.Refused(f.SendDelegationToken(ctx, &iam.SendDelegationTokenInput{DelegationRequestId: id}))
}

// wantRequests compares the states of requests; empty: there is none.
func (f *fixture) wantRequests(t *testing.T, want map[*string]string) {
	t.Helper()
	for id, state := range want {
		got := ""
		if out, err := f.GetDelegationRequest(f.root, &iam.GetDelegationRequestInput{DelegationRequestId: id}); err == nil {
			got = string(out.DelegationRequest.State)
		}
		if got != state {
			t.Errorf("request %s is in state %q, want %q", *id, got, state)
		}
	}
}

// Service-linked roles may exceed the quota of roles, but not without limit.
func TestServiceLinkedRolesAreBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Keep(2)
	f.update(func(tx persistence.Tx) error {
		for i := range 1000 { // as many as the quota allows
			r := &persistence.Role{Name: fmt.Sprint("r", i), Path: "/", ID: fmt.Sprint("AROA", i), CreateDate: birth}
			if err := persistence.Roles.Put(tx, account, r); err != nil {
				return err
			}
		}
		return nil
	})
	for i, want := range []string{"", "", "LimitExceeded"} {
		in := &iam.CreateServiceLinkedRoleInput{
			AWSServiceName: aws.String("autoscaling.amazonaws.com"), CustomSuffix: aws.String(fmt.Sprint("n", i)),
		}
		if got := testkit.Code(testkit.Refused(f.CreateServiceLinkedRole(f.root, in))); got != want {
			t.Errorf("number %d above the quota is answered %q, want %q", i+1, got, want)
		}
	}
}

// The names of service-specific credentials are never given again, and their number is bounded.
func TestNamesOfServiceCredentialsAreBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Keep(2)
	testkit.Must(f.CreateUser(f.root, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	for i, want := range []string{"", "", "LimitExceeded"} {
		out, err := f.CreateServiceSpecificCredential(f.root, &iam.CreateServiceSpecificCredentialInput{
			UserName: aws.String("ana"), ServiceName: aws.String("codecommit.amazonaws.com"),
		})
		if got := testkit.Code(err); got != want {
			t.Errorf("number %d is answered %q, want %q", i+1, got, want)
		}
		if err == nil {
			testkit.Must(f.DeleteServiceSpecificCredential(f.root, &iam.DeleteServiceSpecificCredentialInput{
				UserName: aws.String("ana"), ServiceSpecificCredentialId: out.ServiceSpecificCredential.ServiceSpecificCredentialId,
			}))(t)
		}
	}
}
