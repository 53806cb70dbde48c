package iam_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// joinOrganization puts the test account into an organization, or makes it the management
// account of one. An SCP denies s3:Put*, and an RCP denies to assume roles.
func (f *fixture) joinOrganization(asManagement bool) {
	f.t.Helper()
	management := "999900000000"
	if asManagement {
		management = account
	}
	scp := &persistence.OrganizationPolicy{ID: "p-scp", Name: "no-put", Kind: persistence.ServiceControlPolicy, Document: oneStatement(
		`"Effect":"Deny","Action":"s3:Put*","Resource":"*","Condition":{"Null":{"scp:key":"true"}}`)}
	rcp := &persistence.OrganizationPolicy{ID: "p-rcp", Name: "no-role", Kind: persistence.ResourceControlPolicy, Document: oneStatement(
		`"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*"`)}
	f.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.OrganizationPolicies.Put(tx, management, scp),
			persistence.OrganizationPolicies.Put(tx, management, rcp),
			persistence.Organizations.Put(tx, management, &persistence.Organization{
				ID: "o-1", RootID: "r-1", Accounts: []string{management, account}, Policies: []string{authz.FullAWSAccess},
			}),
			persistence.Members.Put(tx, account, &persistence.Member{
				Management: management, ParentID: "r-1", Policies: []string{authz.FullAWSAccess, scp.ID, rcp.ID},
			}),
		)
	})
}

func TestSimulationInAnOrganization(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	f.joinOrganization(false)
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject", "s3:PutObject"}}
	same(t, `
s3:GetObject *: allowed by group_readers_read (IAM Policy) 1:38-1:90 organization=true
s3:PutObject *: explicitDeny organization=false
`, f.ofPrincipal(in))
	in.PolicyExclusionList = []types.PolicyIdentifier{&types.PolicyIdentifierMemberPolicyType{Value: types.PolicyIdentifierPolicyTypeScp}}
	same(t, `
s3:GetObject *: allowed by group_readers_read (IAM Policy) 1:38-1:90
s3:PutObject *: allowed by user_ann_own (IAM Policy) 1:38-1:90
`, f.ofPrincipal(in))
	same(t, `
my:Act *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:206 organization=true
`, f.ofPrincipal(&iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(ann), ActionNames: []string{"my:Act"}, PolicyInputList: []string{
			conditional(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"},"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"o-1/r-1/"}}`)},
	}))
}

func TestSimulationInTheManagementAccount(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	f.joinOrganization(true)
	same(t, `
s3:PutObject *: allowed by user_ann_own (IAM Policy) 1:38-1:90 organization=true
`, f.ofPrincipal(&iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:PutObject"}}))
}

// RCPs do not count in AWS's way of simulating, but enforcement consults them.
func TestRCPsInSimulations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		strict bool
		want   string
	}{{false, "implicitDeny"}, {true, "explicitDeny"}} {
		f := newStaff(t, c.strict)
		f.joinOrganization(false)
		got := f.ofPrincipal(&iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{deployer},
		})
		if !strings.HasPrefix(got, "sts:AssumeRole "+deployer+": "+c.want) {
			t.Errorf("strict %v: %s", c.strict, got)
		}
	}
}
