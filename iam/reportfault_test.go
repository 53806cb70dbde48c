package iam_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// Whichever access to the store fails, the call returns that error, and no report is kept
// whose ID was not returned.
func TestFaultOfTheStoreMakesNoReport(t *testing.T) {
	t.Parallel()
	const real = "arn:aws:iam::123456789012:policy/q/Real"
	dev, part := aws.String(principal.AWS.IAM(account, "group/Dev")), aws.String("o-1234567890/r-abcd")
	for name, call := range map[string]func(*fixture, *iamsvc.Service) error{
		"GetAccountAuthorizationDetails": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GetAccountAuthorizationDetails(f.root, &iam.GetAccountAuthorizationDetailsInput{}))
		},
		"GenerateCredentialReport": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GenerateCredentialReport(f.root, nil))
		},
		"GenerateServiceLastAccessedDetails": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GenerateServiceLastAccessedDetails(f.root, &iam.GenerateServiceLastAccessedDetailsInput{Arn: dev}))
		},
		"GenerateServiceLastAccessedDetails of a policy": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GenerateServiceLastAccessedDetails(f.root,
				&iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(real)}))
		},
		"ListPoliciesGrantingServiceAccess": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.ListPoliciesGrantingServiceAccess(f.root, &iam.ListPoliciesGrantingServiceAccessInput{
				Arn: aws.String(principal.AWS.IAM(account, "user/Bob")), ServiceNamespaces: []string{"s3"},
			}))
		},
		"GenerateOrganizationsAccessReport": func(f *fixture, s *iamsvc.Service) error {
			return testkit.Refused(s.GenerateOrganizationsAccessReport(f.root,
				&iam.GenerateOrganizationsAccessReportInput{EntityPath: part}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := company(t)
			fill(f)
			f.managedPolicy("/q/", "Real", allowAll)
			for _, name := range []string{"Bob", "anna"} {
				testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: aws.String(real)}))(t)
			}
			testkit.Must(f.AttachGroupPolicy(f.root,
				&iam.AttachGroupPolicyInput{GroupName: aws.String("Dev"), PolicyArn: aws.String(real)}))(t)
			testkit.Must(f.AttachRolePolicy(f.root,
				&iam.AttachRolePolicyInput{RoleName: aws.String("App"), PolicyArn: aws.String(real)}))(t)
			store := testkit.NewFailingStore(f.store)
			s := iamsvc.New(iamsvc.Options{Store: store})
			store.AtEachAccess(t, func() error { return call(f, s) })
		})
	}
}
