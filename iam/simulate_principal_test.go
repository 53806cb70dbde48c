package iam_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const deployer = "arn:aws:iam::123456789012:role/deployer"

func TestSimulatePrincipalPolicy(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	shared := f.managedPolicy("/", "shared", oneStatement(`"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"`))
	testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: &shared}))(t)
	testkit.Must(f.AttachGroupPolicy(f.root, &iam.AttachGroupPolicyInput{GroupName: aws.String("readers"), PolicyArn: &shared}))(t)
	all := []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
	for _, c := range []struct {
		name string
		in   iam.SimulatePrincipalPolicyInput
		want string
	}{
		{"a user with the groups' policies; what is reached twice counts once", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: all,
		}, `
s3:GetObject *: allowed by group_readers_read (IAM Policy) 1:38-1:90 organization=true
s3:PutObject *: allowed by user_ann_own (IAM Policy) 1:38-1:90 organization=true
s3:DeleteObject *: allowed by shared (IAM Policy) 1:38-1:98 organization=true
`},
		{"a group", iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String("arn:aws:iam::123456789012:group/staff/readers"),
			ActionNames: all}, `
s3:GetObject *: allowed by group_readers_read (IAM Policy) 1:38-1:90 organization=true
s3:PutObject *: implicitDeny organization=true
s3:DeleteObject *: allowed by shared (IAM Policy) 1:38-1:98 organization=true
`},
		{"a role, whose path in the ARN does not count", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String("arn:aws:iam::123456789012:role/no/such/path/DEPLOYER"), ActionNames: all[:1],
		}, `
s3:GetObject *: allowed by role_deployer_all (IAM Policy) 1:38-1:84 organization=true
`},
		{"an action that does not take the resource, where the organization does not allow either", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(deployer), ActionNames: []string{"iam:GetUser"}, ResourceArns: []string{bucketA},
		}, `
iam:GetUser arn:aws:s3:::bucket/a: implicitDeny {} organization=false
  arn:aws:s3:::bucket/a: implicitDeny
`},
		{"further policies and a caller that is another", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), CallerArn: aws.String("arn:aws:iam::123456789012:user/bob"), ActionNames: all[:1],
			PolicyInputList: []string{conditional(`{"StringEquals":{"aws:username":"bob"}}`)},
		}, `
s3:GetObject *: allowed by group_readers_read (IAM Policy) 1:38-1:90 by PolicyInputList.1 (IAM Policy) 1:38-1:136 organization=true
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			same(t, c.want, f.ofPrincipal(&c.in))
		})
	}
}

func TestSimulatedBoundary(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	limit := f.managedPolicy("/staff/", "limit", allowRead)
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ann"), PermissionsBoundary: &limit}))(t)
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject", "s3:PutObject"}}
	same(t, `
s3:GetObject *: allowed by group_readers_read (IAM Policy) 1:38-1:90 boundary=true organization=true
s3:PutObject *: implicitDeny boundary=false organization=true
`, f.ofPrincipal(in))
	in.PermissionsBoundaryPolicyInputList = []string{allowPut}
	same(t, `
s3:GetObject *: implicitDeny boundary=false organization=true
s3:PutObject *: allowed by user_ann_own (IAM Policy) 1:38-1:90 boundary=true organization=true
`, f.ofPrincipal(in))
	denial := f.managedPolicy("/", "denial", denyRead)
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ann"), PermissionsBoundary: &denial}))(t)
	in.PermissionsBoundaryPolicyInputList, in.ActionNames = nil, in.ActionNames[:1]
	same(t, `
s3:GetObject *: explicitDeny by denial (Permissions Boundary Policy) 1:38-1:89 boundary=false organization=true
`, f.ofPrincipal(in))
}

func TestSourcesOfSimulationsAreRefused(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	for _, c := range []struct{ name, arn, code, text string }{
		{"no such user", "arn:aws:iam::123456789012:user/bob", "NoSuchEntity", "Unable to retrieve specified IAM entity."},
		{"a user's name as a role's", "arn:aws:iam::123456789012:role/ann", "NoSuchEntity", "Unable to retrieve specified IAM entity."},
		{"root", "arn:aws:iam::123456789012:root", "InvalidInput", "Invalid ARN provided in the request: arn:aws:iam::123456789012:root"},
		{"a policy", "arn:aws:iam::123456789012:policy/p", "InvalidInput",
			"Invalid ARN provided in the request: arn:aws:iam::123456789012:policy/p"},
		{"a session", "arn:aws:sts::123456789012:assumed-role/r/s", "InvalidInput",
			"Invalid ARN provided in the request: arn:aws:sts::123456789012:assumed-role/r/s"},
		{"a user without name", "arn:aws:iam::123456789012:user/", "InvalidInput",
			"Invalid ARN provided in the request: arn:aws:iam::123456789012:user/"},
		{"another partition", "arn:aws-cn:iam::123456789012:user/ann", "InvalidInput",
			"Invalid ARN provided in the request: arn:aws-cn:iam::123456789012:user/ann"},
		{"no ARN", "ann-without-an-arn-form", "InvalidInput", "Invalid ARN provided in the request: ann-without-an-arn-form"},
		{"another account", "arn:aws:iam::999999999999:user/ann", "InvalidInput",
			"Invalid Policy Source Arn: caller's account 123456789012 does not have access to policies in account 999999999999."},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := f.SimulatePrincipalPolicy(f.root,
				&iam.SimulatePrincipalPolicyInput{PolicySourceArn: &c.arn, ActionNames: []string{"s3:GetObject"}})
			testkit.WantError(t, err, c.code, c.text)
			_, err = f.GetContextKeysForPrincipalPolicy(f.root, &iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: &c.arn})
			testkit.WantError(t, err, c.code, c.text)
		})
	}
}

func TestPolicyExclusions(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	list := f.managedPolicy("/staff/", "list", oneStatement(`"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"`))
	limit := f.managedPolicy("/", "limit", oneStatement(`"Effect":"Allow","NotAction":"s3:Put*","Resource":"*"`))
	for _, arn := range []string{list, "arn:aws:iam::aws:policy/IAMReadOnlyAccess"} {
		testkit.Must(f.AttachUserPolicy(f.root, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: &arn}))(t)
	}
	testkit.Must(f.PutUserPermissionsBoundary(f.root,
		&iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ann"), PermissionsBoundary: &limit}))(t)
	byType := func(k types.PolicyIdentifierPolicyType) types.PolicyIdentifier {
		return &types.PolicyIdentifierMemberPolicyType{Value: k}
	}
	byARN := func(arn string) types.PolicyIdentifier { return &types.PolicyIdentifierMemberPolicyArn{Value: arn} }
	inline := func(kind types.AttachmentType, owner, name string) types.PolicyIdentifier {
		return &types.PolicyIdentifierMemberInlinePolicyIdentifier{Value: types.InlinePolicyIdentifierType{
			AttachmentType: kind, AttachmentName: &owner, PolicyName: &name,
		}}
	}
	const given = "given:Always" // allowed by a document of the request
	for _, c := range []struct {
		name    string
		exclude types.PolicyIdentifier
		allowed string
	}{
		{"nothing that exists", byARN("arn:aws:iam::123456789012:policy/other"), "s3:GetObject s3:ListBucket iam:GetUser " + given},
		{"inline policies", byType("inline"), "s3:ListBucket iam:GetUser " + given},
		{"AWS managed policies", byType("aws-managed"), "s3:GetObject s3:ListBucket " + given},
		{"own managed policies, but not the boundary", byType("user-managed"), "s3:GetObject iam:GetUser " + given},
		{"the boundary", byType("permission-boundary"), "s3:GetObject s3:PutObject s3:ListBucket iam:GetUser " + given},
		{"RCPs are not simulated", byType("rcp"), "s3:GetObject s3:ListBucket iam:GetUser " + given},
		{"an AWS managed policy", byARN("arn:aws:iam::aws:policy/IAMRead*"), "s3:GetObject s3:ListBucket " + given},
		{"an own one without its path", byARN("arn:aws:iam::123456789012:policy/l?s*"), "s3:GetObject iam:GetUser " + given},
		{"an own one with its path, which AWS does not find", byARN(list), "s3:GetObject s3:ListBucket iam:GetUser " + given},
		{"a group's inline policy", inline("group", "read*", "read"), "s3:ListBucket iam:GetUser " + given},
		{"of that name in no such group", inline("group", "write*", "read"), "s3:GetObject s3:ListBucket iam:GetUser " + given},
		{"of that name in a user", inline("user", "ann", "read"), "s3:GetObject s3:ListBucket iam:GetUser " + given},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := testkit.Must(f.SimulatePrincipalPolicy(f.root, &iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket",
					"iam:GetUser", given},
				PolicyInputList:     []string{oneStatement(`"Effect":"Allow","Action":"given:*","Resource":"*"`)},
				PolicyExclusionList: []types.PolicyIdentifier{c.exclude},
			}))(t)
			var allowed []string
			for _, r := range out.EvaluationResults {
				if r.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed {
					allowed = append(allowed, *r.EvalActionName)
				}
			}
			if diff := cmp.Diff(c.allowed, strings.Join(allowed, " ")); diff != "" {
				t.Errorf("allowed (-want +got):\n%s", diff)
			}
		})
	}
	scp := testkit.Must(f.SimulatePrincipalPolicy(f.root, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject"},
		PolicyExclusionList: []types.PolicyIdentifier{byType("scp")},
	}))(t)
	if d := scp.EvaluationResults[0].OrganizationsDecisionDetail; d != nil {
		t.Errorf("without SCPs: %+v; want no detail of the organization", d)
	}
	for _, bad := range []types.PolicyIdentifier{
		inline("user", "*", "own"), inline("user", "a*n", "own"), inline("user", "", "own"), inline("user", "[a]nn", "own"),
	} {
		_, err := f.SimulatePrincipalPolicy(f.root, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject"}, PolicyExclusionList: []types.PolicyIdentifier{bad},
		})
		testkit.WantError(t, err, "InvalidInput",
			"Invalid inline policy exclusion: policyName, attachmentType, and attachmentName are required")
	}
	for _, bad := range []string{
		"list", "arn:aws:iam::*:policy/list", "arn:aws:iam::123456789012:policy/*i*", "arn:aws:iam::123456789012:role/r",
	} {
		_, err := f.SimulatePrincipalPolicy(f.root, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"s3:GetObject"},
			PolicyExclusionList: []types.PolicyIdentifier{byARN(bad)},
		})
		testkit.WantError(t, err, "InvalidInput", "Invalid policy ARN exclusion: "+bad)
	}
}

func TestSimulatedResourcePolicies(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	policy := func(principal string) *string {
		return aws.String(oneStatement(`"Effect":"Allow","Principal":` + principal + `,"Action":"*","Resource":"arn:aws:s3:::bucket/*"`))
	}
	denial := aws.String(oneStatement(`"Effect":"Deny","Principal":"*","Action":"*","Resource":"arn:*:*:*:*:*"`))
	other := aws.String("arn:aws:iam::999999999999:root")
	for _, c := range []struct {
		name string
		in   iam.SimulateCustomPolicyInput
		want string
	}{
		{"one that names the user allows alone, and over a boundary", iam.SimulateCustomPolicyInput{
			ResourcePolicy: policy(`{"AWS":"` + ann + `"}`), PermissionsBoundaryPolicyInputList: []string{allowPut},
		}, `
s3:GetObject arn:aws:s3:::bucket/a: allowed by ResourcePolicy (Resource Policy) 1:38-1:167 {} boundary=false
  arn:aws:s3:::bucket/a: allowed by ResourcePolicy (Resource Policy) 1:38-1:167 boundary=false
`},
		{"one that names the account allows alone, in the simulator",
			iam.SimulateCustomPolicyInput{ResourcePolicy: policy(`{"AWS":"123456789012"}`)}, `
s3:GetObject arn:aws:s3:::bucket/a: allowed by ResourcePolicy (Resource Policy) 1:38-1:139 {}
  arn:aws:s3:::bucket/a: allowed by ResourcePolicy (Resource Policy) 1:38-1:139
`},
		{"one that names another does nothing", iam.SimulateCustomPolicyInput{ResourcePolicy: policy(`{"AWS":"` + deployer + `"}`)}, `
s3:GetObject arn:aws:s3:::bucket/a: implicitDeny {}
  arn:aws:s3:::bucket/a: implicitDeny
`},
		{"one that denies", iam.SimulateCustomPolicyInput{ResourcePolicy: denial, PolicyInputList: []string{allowAny}}, `
s3:GetObject arn:aws:s3:::bucket/a: explicitDeny by ResourcePolicy (Resource Policy) 1:38-1:111 {}
  arn:aws:s3:::bucket/a: explicitDeny by ResourcePolicy (Resource Policy) 1:38-1:111
`},
		{"across accounts alone", iam.SimulateCustomPolicyInput{ResourcePolicy: policy(`"*"`), ResourceOwner: other}, `
s3:GetObject arn:aws:s3:::bucket/a: implicitDeny {IAM Policy=implicitDeny;Resource Policy=allowed;}
  arn:aws:s3:::bucket/a: implicitDeny {IAM Policy=implicitDeny;Resource Policy=allowed;}
`},
		{"across accounts with identity policy and boundary", iam.SimulateCustomPolicyInput{
			ResourcePolicy: policy(`"*"`), ResourceOwner: other, PolicyInputList: []string{allowAny},
			PermissionsBoundaryPolicyInputList: []string{allowAny},
		}, `
s3:GetObject arn:aws:s3:::bucket/a: allowed by ResourcePolicy (Resource Policy) 1:38-1:120 by PolicyInputList.1 (IAM Policy) 1:38-1:84 {IAM Policy=allowed;Permissions Boundary Policy=allowed;Resource Policy=allowed;} boundary=true
  arn:aws:s3:::bucket/a: allowed by ResourcePolicy (Resource Policy) 1:38-1:120 by PolicyInputList.1 (IAM Policy) 1:38-1:84 {IAM Policy=allowed;Permissions Boundary Policy=allowed;Resource Policy=allowed;} boundary=true
`},
		{"without a resource policy the owner does not matter",
			iam.SimulateCustomPolicyInput{ResourceOwner: other, PolicyInputList: []string{allowAny}}, `
s3:GetObject arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84 {}
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
`},
		{"an SCP denies without details", iam.SimulateCustomPolicyInput{
			ResourcePolicy: policy(`"*"`), OrderedOrganizationPolicyInputList: []types.OrderedOrganizationPolicyType{
				{ServiceControlPolicyInputList: []string{denyRead}},
			},
		}, `
s3:GetObject arn:aws:s3:::bucket/a: explicitDeny organization=false
  arn:aws:s3:::bucket/a: explicitDeny
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			c.in.ActionNames, c.in.ResourceArns, c.in.CallerArn = []string{"s3:GetObject"}, []string{bucketA}, aws.String(ann)
			same(t, c.want, f.custom(&c.in))
		})
	}
	in := &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(deployer), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{deployer},
		ResourcePolicy: denial,
	}
	if got := f.ofPrincipal(in); !strings.HasPrefix(got, "sts:AssumeRole "+deployer+": allowed by role_deployer_all") {
		t.Errorf("the simulator passes over trust policies: %s", got)
	}
}
