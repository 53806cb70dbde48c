package iam_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// newVersion adds a version and returns it.
func (f *fixture) newVersion(arn string, asDefault bool) *types.PolicyVersion {
	f.t.Helper()
	return testkit.Must(f.CreatePolicyVersion(f.root, &iam.CreatePolicyVersionInput{
		PolicyArn: &arn, PolicyDocument: aws.String(listBuckets), SetAsDefault: asDefault,
	}))(f.t).PolicyVersion
}

func (f *fixture) versions(in iam.ListPolicyVersionsInput) string {
	f.t.Helper()
	var list []string
	for {
		out := testkit.Must(f.ListPolicyVersions(f.root, &in))(f.t)
		for _, v := range out.Versions {
			if v.Document != nil {
				f.t.Errorf("the list has the document of %s", *v.VersionId)
			}
			name := *v.VersionId
			if v.IsDefaultVersion {
				name += " default"
			}
			list = append(list, name)
		}
		if !out.IsTruncated {
			return strings.Join(list, ", ")
		}
		in.Marker = out.Marker
	}
}

func TestVersionNumbersAreNeverUsedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	list := iam.ListPolicyVersionsInput{PolicyArn: &arn, MaxItems: aws.Int32(2)}
	for range 4 {
		f.newVersion(arn, false)
	}
	if got, want := f.versions(list), "v5, v4, v3, v2, v1 default"; got != want {
		t.Errorf("versions = %s; want %s", got, want)
	}
	err := testkit.Refused(f.CreatePolicyVersion(f.root,
		&iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: aws.String(listBuckets)}))
	testkit.WantError(t, err, "LimitExceeded",
		"A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
	testkit.Must(f.DeletePolicyVersion(f.root, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v5")}))(t)
	v := f.newVersion(arn, true)
	if diff := cmp.Diff(&types.PolicyVersion{VersionId: aws.String("v6"), IsDefaultVersion: true, CreateDate: &birth}, v, sdk); diff != "" {
		t.Errorf("CreatePolicyVersion (-want +got):\n%s", diff)
	}
	if got, want := f.versions(list), "v6 default, v4, v3, v2, v1"; got != want {
		t.Errorf("versions = %s; want %s", got, want)
	}
	if p := testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: &arn}))(t).Policy; *p.DefaultVersionId != "v6" {
		t.Errorf("DefaultVersionId = %s; want v6", *p.DefaultVersionId)
	}
}

func TestDefaultVersionCannotBeDeleted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	f.newVersion(arn, false)
	del := &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v1")}
	testkit.WantError(t, testkit.Refused(f.DeletePolicyVersion(f.root, del)), "DeleteConflict",
		"Cannot delete the default version of a policy.")
	testkit.Must(f.SetDefaultPolicyVersion(f.root, &iam.SetDefaultPolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v2")}))(t)
	testkit.Must(f.DeletePolicyVersion(f.root, del))(t)
	if got, want := f.versions(iam.ListPolicyVersionsInput{PolicyArn: &arn}), "v2 default"; got != want {
		t.Errorf("versions = %s; want %s", got, want)
	}
}

func TestDocumentsComeBackAsSent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	document := "{ \"Version\": \"2012-10-17\",\r\n\t\"Statement\": [{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":[\"arn:aws:s3:::b%20c/é~*\"]}]}"
	arn := *testkit.Must(f.CreatePolicy(f.root,
		&iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: &document}))(t).Policy.Arn
	v := testkit.Must(f.GetPolicyVersion(f.root, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v1")}))(t).PolicyVersion
	if got, err := url.PathUnescape(*v.Document); err != nil || got != document {
		t.Errorf("document = %q, %v; want what was sent", got, err)
	}
	if strings.ContainsAny(*v.Document, "+ *\"") || !strings.Contains(*v.Document, "%2520") ||
		!strings.Contains(*v.Document, "%C3%A9~%2A") {
		t.Errorf("encoded document = %s", *v.Document)
	}
}

func TestMissingVersions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	own, absent := f.policy("p"), policyARN("q")
	for _, c := range []struct{ name, arn, version string }{
		{"missing version", own, "v9"},
		{"zero", own, "v0"},
		{"leading zero", own, "v01"},
		{"suffix", own, "v1.a"},
		{"number that no integer holds", own, "v99999999999999999999"},
		{"missing policy", absent, "v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "Policy " + c.arn + " version " + c.version + " does not exist or is not attachable."
			testkit.WantError(t, testkit.Refused(f.GetPolicyVersion(f.root,
				&iam.GetPolicyVersionInput{PolicyArn: &c.arn, VersionId: &c.version})), "NoSuchEntity", text)
			testkit.WantError(t, testkit.Refused(f.DeletePolicyVersion(f.root,
				&iam.DeletePolicyVersionInput{PolicyArn: &c.arn, VersionId: &c.version})), "NoSuchEntity", text)
			testkit.WantError(t, testkit.Refused(f.SetDefaultPolicyVersion(f.root,
				&iam.SetDefaultPolicyVersionInput{PolicyArn: &c.arn, VersionId: &c.version})), "NoSuchEntity", text)
		})
	}
	aws9999 := &iam.GetPolicyVersionInput{PolicyArn: aws.String(administrator), VersionId: aws.String("v9999")}
	testkit.WantError(t, testkit.Refused(f.GetPolicyVersion(f.root, aws9999)), "NoSuchEntity",
		"Policy "+administrator+" version v9999 does not exist or is not attachable.")
	testkit.WantError(t, testkit.Refused(f.ListPolicyVersions(f.root, &iam.ListPolicyVersionsInput{PolicyArn: &absent})), "NoSuchEntity",
		"Policy "+absent+" does not exist or is not attachable.")
	in := &iam.CreatePolicyVersionInput{PolicyArn: &absent, PolicyDocument: aws.String(listBuckets)}
	testkit.WantError(t, testkit.Refused(f.CreatePolicyVersion(f.root, in)), "NoSuchEntity",
		"Policy "+absent+" does not exist or is not attachable.")
}

func TestVersionsOfAWSPolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := testkit.Must(f.GetPolicy(f.root, &iam.GetPolicyInput{PolicyArn: aws.String(readOnly)}))(t).Policy
	list := strings.Split(f.versions(iam.ListPolicyVersionsInput{PolicyArn: aws.String(readOnly), MaxItems: aws.Int32(3)}), ", ")
	if list[0] != *p.DefaultVersionId+" default" || len(list) != len(managed.Versions(readOnly)) {
		t.Errorf("%d versions, first %s; want %d from %s", len(list), list[0], len(managed.Versions(readOnly)), *p.DefaultVersionId)
	}
	v := testkit.Must(f.GetPolicyVersion(f.root,
		&iam.GetPolicyVersionInput{PolicyArn: aws.String(readOnly), VersionId: p.DefaultVersionId}))(t).PolicyVersion
	if document, _ := url.PathUnescape(*v.Document); !v.IsDefaultVersion || !strings.Contains(document, `"Version": "2012-10-17"`) {
		t.Errorf("version = %+v, document %.80s", v, document)
	}
}

// Of five versions at once, only four fit in besides the first one.
func TestVersionsCreatedAtOnceKeepToTheQuota(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := f.policy("p")
	var wg sync.WaitGroup
	ids := make([]string, 5)
	for i := range ids {
		wg.Go(func() {
			out, err := f.CreatePolicyVersion(f.root,
				&iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: aws.String(listBuckets)})
			var limit *types.LimitExceededException
			switch {
			case err == nil:
				ids[i] = *out.PolicyVersion.VersionId
			case !errors.As(err, &limit):
				t.Errorf("version: %v", err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("versions = %v; want four different ones and a refusal", ids)
		}
		seen[id] = true
	}
	if got, want := f.versions(iam.ListPolicyVersionsInput{PolicyArn: &arn}), "v5, v4, v3, v2, v1 default"; got != want {
		t.Errorf("versions = %s; want %s", got, want)
	}
}
