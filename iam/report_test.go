package iam_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	shopAccount = "111100000000"
	idleAccount = "222200000000"
)

// company makes the test account the management account of an organization with
// the accounts shop, in the units ou-work and ou-shop, and idle, under the root.
// SCPs allow s3 and sqs at ou-work, and deny sqs at shop.
func company(t *testing.T) (*fixture, *time.Time) {
	f := stage(t)
	now := birth
	f.Service = iamsvc.New(iamsvc.Options{Store: f.store, Now: func() time.Time { return now }})
	full := []string{authz.FullAWSAccess}
	member := func(parent string, policies ...string) *persistence.Member {
		return &persistence.Member{Management: account, ParentID: parent, Policies: policies}
	}
	scp := func(id, statement string) *persistence.OrganizationPolicy {
		return &persistence.OrganizationPolicy{ID: id, Name: id, Kind: persistence.ServiceControlPolicy, Document: oneStatement(statement)}
	}
	f.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.OrganizationPolicies.Put(tx, account,
				scp("p-two", `"Effect":"Allow","Action":["s3:*","sqs:*","iam:*"],"Resource":"*"`)),
			persistence.OrganizationPolicies.Put(tx, account, scp("p-nosqs", `"Effect":"Deny","Action":"sqs:*","Resource":"*"`)),
			persistence.Organizations.Put(tx, account, &persistence.Organization{
				ID: "o-1234567890", RootID: "r-abcd", Accounts: []string{account, shopAccount, idleAccount}, Policies: full,
				Units: []persistence.Unit{
					{ID: "ou-work", ParentID: "r-abcd", Policies: []string{"p-two"}}, {ID: "ou-shop", ParentID: "ou-work", Policies: full},
				},
			}),
			persistence.Members.Put(tx, account, member("r-abcd", full...)),
			persistence.Members.Put(tx, shopAccount, member("ou-shop", "p-nosqs", authz.FullAWSAccess)),
			persistence.Members.Put(tx, idleAccount, member("r-abcd", full...)),
			persistence.Accounts.Put(tx, shopAccount, &persistence.Account{ID: shopAccount, CreateDate: birth}),
		)
	})
	return f, &now
}

// call records that the root user of an account has called the operation.
func (f *fixture) call(account, service, operation string, at time.Time) {
	f.RecordUse(&principal.Caller{
		Principal: principal.Principal{Kind: principal.Root, AccountID: account, UserID: account, ARN: principal.AWS.IAM(account, "root")},
		Request:   principal.Request{Time: at, Service: service, Operation: operation, Region: "us-east-1"},
	})
}

// organizationReport orders a report and reads it.
func (f *fixture) organizationReport(path, policy string) *iam.GetOrganizationsAccessReportOutput {
	f.t.Helper()
	in := &iam.GenerateOrganizationsAccessReportInput{EntityPath: &path}
	if policy != "" {
		in.OrganizationsPolicyId = &policy
	}
	id := testkit.Must(f.GenerateOrganizationsAccessReport(f.root, in))(f.t).JobId
	first := testkit.Must(f.GetOrganizationsAccessReport(f.root, &iam.GetOrganizationsAccessReportInput{JobId: id}))(f.t)
	if first.JobStatus != types.JobStatusTypeInProgress || first.NumberOfServicesAccessible != nil {
		f.t.Errorf("the first answer = %+v", first)
	}
	return testkit.Must(f.GetOrganizationsAccessReport(f.root,
		&iam.GetOrganizationsAccessReportInput{JobId: id, MaxItems: aws.Int32(1000)}))(f.t)
}

func showAccess(list []types.AccessDetail) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s %d %s %s; ", *d.ServiceNamespace, *d.TotalAuthenticatedEntities, aws.ToString(d.EntityPath),
			aws.ToString(d.Region))
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestReportsOnAnOrganization(t *testing.T) {
	t.Parallel()
	const shop = "o-1234567890/r-abcd/ou-work/ou-shop/" + shopAccount
	f, _ := company(t)
	f.call(shopAccount, "iam", "ListUsers", birth)
	for path, want := range map[string]string{
		shop:                                  "iam 1 " + shop + " us-east-1; s3 0  ",
		"o-1234567890/r-abcd/ou-work/ou-shop": "iam 1 " + shop + " us-east-1; s3 0  ; sqs 0  ",
		"o-1234567890/r-abcd/ou-work":         "iam 1 " + shop + " us-east-1; s3 0  ; sqs 0  ",
	} {
		out := f.organizationReport(path, "")
		if got := showAccess(out.AccessDetails); got != want {
			t.Errorf("%s: %q\nwant %q", path, got, want)
		}
		if *out.NumberOfServicesAccessible != int32(len(out.AccessDetails)) ||
			*out.NumberOfServicesNotAccessed != int32(len(out.AccessDetails)-1) {
			t.Errorf("%s: %d accessible, %d not accessed", path, *out.NumberOfServicesAccessible, *out.NumberOfServicesNotAccessed)
		}
	}
	for path, used := range map[string]int32{
		"o-1234567890/r-abcd": 1, "o-1234567890/r-abcd/" + account: 0, "o-1234567890/r-abcd/" + idleAccount: 0,
	} {
		out := f.organizationReport(path, "")
		if all := *out.NumberOfServicesAccessible; all < 440 || all-*out.NumberOfServicesNotAccessed != used {
			t.Errorf("%s: %d services, %d not accessed", path, all, *out.NumberOfServicesNotAccessed)
		}
	}
}

// A report on a policy lists what the policy allows, and counts the accounts that it limits.
func TestReportOnAnOrganizationsPolicy(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	f.call(shopAccount, "iam", "ListUsers", birth)
	f.call(idleAccount, "iam", "ListUsers", birth.Add(time.Minute))
	out := f.organizationReport("o-1234567890/r-abcd", "p-two")
	if got := showAccess(out.AccessDetails); got != "iam 1 o-1234567890/r-abcd/ou-work/ou-shop/"+shopAccount+" us-east-1; s3 0  ; sqs 0  " {
		t.Errorf("p-two: %s", got)
	}
	out = f.organizationReport("o-1234567890/r-abcd", authz.FullAWSAccess)
	i := 0
	for ; *out.AccessDetails[i].ServiceNamespace != "iam"; i++ {
	}
	if got := showAccess(out.AccessDetails[i : i+1]); got != "iam 2 o-1234567890/r-abcd/"+idleAccount+" us-east-1" {
		t.Errorf("FullAWSAccess: %s", got)
	}
}

func TestOrdersAndPagesOfAnOrganizationsReport(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	f.call(shopAccount, "iam", "ListUsers", birth)
	id := testkit.Must(f.GenerateOrganizationsAccessReport(f.root,
		&iam.GenerateOrganizationsAccessReportInput{EntityPath: aws.String("o-1234567890/r-abcd/ou-work")}))(t).JobId
	testkit.Must(f.GetOrganizationsAccessReport(f.root, &iam.GetOrganizationsAccessReportInput{JobId: id}))(t)
	for key, want := range map[types.SortKeyType]string{
		"": "iam s3 sqs", types.SortKeyTypeServiceNamespaceAscending: "iam s3 sqs",
		types.SortKeyTypeServiceNamespaceDescending:     "sqs s3 iam",
		types.SortKeyTypeLastAuthenticatedTimeAscending: "s3 sqs iam", types.SortKeyTypeLastAuthenticatedTimeDescending: "iam s3 sqs",
	} {
		in := &iam.GetOrganizationsAccessReportInput{JobId: id, SortKey: key, MaxItems: aws.Int32(2)}
		first := testkit.Must(f.GetOrganizationsAccessReport(f.root, in))(t)
		in.Marker = first.Marker
		second := testkit.Must(f.GetOrganizationsAccessReport(f.root, in))(t)
		var got []string
		for _, d := range append(first.AccessDetails, second.AccessDetails...) {
			got = append(got, *d.ServiceNamespace)
		}
		if strings.Join(got, " ") != want || !first.IsTruncated || second.IsTruncated {
			t.Errorf("%q: %v; want %s", key, got, want)
		}
	}
}

func TestOneOrganizationsReportAtATime(t *testing.T) {
	t.Parallel()
	f, now := company(t)
	order := func(path string) (*iam.GenerateOrganizationsAccessReportOutput, error) {
		return f.GenerateOrganizationsAccessReport(f.root, &iam.GenerateOrganizationsAccessReportInput{EntityPath: &path})
	}
	first := testkit.Must(order("o-1234567890/r-abcd"))(t)
	if again := testkit.Must(order("o-1234567890/r-abcd"))(t); *again.JobId != *first.JobId {
		t.Errorf("the same order makes job %s besides %s", *again.JobId, *first.JobId)
	}
	var busy *types.ReportGenerationLimitExceededException
	if _, err := order("o-1234567890/r-abcd/ou-work"); !errors.As(err, &busy) {
		t.Errorf("another order meanwhile: %v", err)
	}
	*now = now.Add(time.Minute)
	if later := testkit.Must(order("o-1234567890/r-abcd/ou-work"))(t); *later.JobId == *first.JobId {
		t.Error("another order answers the first job")
	}
}

func TestRefusedReportsOnAnOrganization(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	shop := principal.NewContext(context.Background(), &principal.Caller{Principal: principal.Principal{
		Kind: principal.Root, AccountID: shopAccount, ARN: principal.AWS.IAM(shopAccount, "root"),
	}})
	for name, c := range map[string]struct {
		ctx          context.Context
		path, policy string
		code, text   string
	}{
		"a member": {shop, "o-1234567890/r-abcd", "", "AccessDenied",
			"User: arn:aws:iam::111100000000:root is not authorized to perform the operation on o-1234567890/r-abcd"},
		"another organization": {f.root, "o-9999999999/r-abcd", "", "InvalidInput", "Invalid entity path: o-9999999999/r-abcd"},
		"a unit elsewhere": {
			f.root, "o-1234567890/r-abcd/ou-shop", "", "InvalidInput", "Invalid entity path: o-1234567890/r-abcd/ou-shop",
		},
		"an account elsewhere": {
			f.root, "o-1234567890/r-abcd/" + shopAccount, "", "InvalidInput", "Invalid entity path: o-1234567890/r-abcd/" + shopAccount,
		},
		"an unknown account": {
			f.root, "o-1234567890/r-abcd/333300000000", "", "InvalidInput", "Invalid entity path: o-1234567890/r-abcd/333300000000",
		},
		"an unknown policy": {f.root, "o-1234567890/r-abcd", "p-none", "InvalidInput", "Invalid organizations policy id: p-none"},
	} {
		in := &iam.GenerateOrganizationsAccessReportInput{EntityPath: &c.path}
		if c.policy != "" {
			in.OrganizationsPolicyId = &c.policy
		}
		t.Run(name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(f.GenerateOrganizationsAccessReport(c.ctx, in)), c.code, c.text)
		})
	}
	testkit.WantError(t, testkit.Refused(f.GetOrganizationsAccessReport(f.root,
		&iam.GetOrganizationsAccessReportInput{JobId: aws.String("x")})), "NoSuchEntity", "Job x does not exist.")
}

// A credential report can be read for four hours, other reports for a week.
func TestReportsExpire(t *testing.T) {
	t.Parallel()
	f, now := company(t)
	testkit.Must(f.GenerateCredentialReport(f.root, nil))(t)
	job := testkit.Must(f.GenerateServiceLastAccessedDetails(f.root,
		&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(principal.AWS.IAM(account, "user/anna"))}))(t).JobId
	part := testkit.Must(f.GenerateOrganizationsAccessReport(f.root,
		&iam.GenerateOrganizationsAccessReportInput{EntityPath: aws.String("o-1234567890/r-abcd")}))(t).JobId
	*now = now.Add(4*time.Hour - time.Second)
	if out := testkit.Must(f.GenerateCredentialReport(f.root, nil))(t); out.State != types.ReportStateTypeComplete {
		t.Errorf("before four hours = %s", out.State)
	}
	*now = now.Add(time.Second)
	testkit.WantError(t, testkit.Refused(f.GetCredentialReport(f.root, nil)), "ReportExpired", "")
	if out := testkit.Must(f.GenerateCredentialReport(f.root, nil))(t); out.State != types.ReportStateTypeStarted {
		t.Errorf("after four hours = %s", out.State)
	}
	*now = now.Add(7 * 24 * time.Hour)
	testkit.Must(f.GenerateServiceLastAccessedDetails(f.root,
		&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(principal.AWS.IAM(account, "user/anna"))}))(t)
	testkit.Must(f.GenerateOrganizationsAccessReport(f.root,
		&iam.GenerateOrganizationsAccessReportInput{EntityPath: aws.String("o-1234567890/r-abcd")}))(t)
	testkit.WantError(t, testkit.Refused(f.GetServiceLastAccessedDetails(f.root, &iam.GetServiceLastAccessedDetailsInput{JobId: job})),
		"NoSuchEntity", "Job "+*job+" does not exist.")
	testkit.WantError(t, testkit.Refused(f.GetOrganizationsAccessReport(f.root, &iam.GetOrganizationsAccessReportInput{JobId: part})),
		"NoSuchEntity", "Job "+*part+" does not exist.")
}

// stored returns the accesses in the store, as "service:action time".
func (f *fixture) stored() []string {
	f.t.Helper()
	list := []string{}
	f.update(func(tx persistence.Tx) error {
		for a, err := range persistence.Accesses.Scan(tx, account, nil, nil) {
			if err != nil {
				return err
			}
			list = append(list, fmt.Sprintf("%s:%s %s", a.Service, a.Action, a.Time.UTC().Format("05")))
		}
		return nil
	})
	return list
}

// Uses are stored together: the last of each action, and none of entities that were
// deleted in the meantime. Uses that cannot be stored are kept.
func TestUsesAreStoredTogether(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	store := testkit.NewFailingStore(f.store)
	f.Service = iamsvc.New(iamsvc.Options{Store: store})
	for i, operation := range []string{"ListUsers", "ListRoles", "ListUsers"} {
		f.call(account, "iam", operation, birth.Add(time.Duration(i)*time.Second))
	}
	f.RecordUse(&principal.Caller{Principal: principal.Principal{Kind: principal.User, AccountID: account, EntityID: "AIDAGONE",
		AccessKeyID: "AKIAGONE"},
		Request: principal.Request{Time: birth, Service: "iam", Operation: "GetUser"}})
	f.RecordUse(&principal.Caller{Principal: principal.Principal{Kind: principal.Anonymous}})
	store.AtEachAccess(t, func() error { return f.FlushUses(t.Context()) })
	if diff := cmp.Diff([]string{"iam:ListRoles 08", "iam:ListUsers 09"}, f.stored()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	f.call(account, "iam", "ListUsers", birth)
	if err := f.CloseUses(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"iam:ListRoles 08", "iam:ListUsers 09"}, f.stored()); diff != "" {
		t.Errorf("after an older use (-want +got):\n%s", diff)
	}
}

// When an entity is deleted, its accesses are deleted too.
func TestDeletedEntityLeavesNoAccess(t *testing.T) {
	t.Parallel()
	f, _ := company(t)
	anna := testkit.Must(f.GetUser(f.root, &iam.GetUserInput{UserName: aws.String("anna")}))(t).User
	f.RecordUse(&principal.Caller{Principal: userOf(anna), Request: principal.Request{Time: birth, Service: "iam", Operation: "GetUser"}})
	if err := f.FlushUses(t.Context()); err != nil || len(f.stored()) != 1 {
		t.Fatalf("%v, stored %v", err, f.stored())
	}
	testkit.Must(f.DeleteUser(f.root, &iam.DeleteUserInput{UserName: aws.String("anna")}))(t)
	if left := f.stored(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func userOf(u *types.User) principal.Principal {
	p := userPrincipal(u)
	p.AccountID = account
	return p
}
