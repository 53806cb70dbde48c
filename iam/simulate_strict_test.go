package iam_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

func TestStrictSimulation(t *testing.T) {
	t.Parallel()
	f := newStaff(t, true)
	f.inline("user", "ann", "conditions", conditional(`{"StringEquals":{"aws:PrincipalTag/team":"red"},"ArnEquals":{"aws:PrincipalArn":"`+
		ann+`"},`+
		`"StringLike":{"aws:userid":"AIDA*","aws:username":"ann"},"DateEquals":{"aws:CurrentTime":"2026-03-04T05:06:07Z"}}`))
	limit := f.managedPolicy("/staff/", "limit", allowAny)
	testkit.Must(f.TagPolicy(f.root, &iam.TagPolicyInput{
		PolicyArn: &limit, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}},
	}))(t)
	testkit.Must(f.PutRolePermissionsBoundary(f.root,
		&iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("deployer"), PermissionsBoundary: &limit}))(t)
	green := []types.Tag{{Key: aws.String("team"), Value: aws.String("green")}}
	profile := *testkit.Must(f.CreateInstanceProfile(f.root,
		&iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("p"), Tags: green}))(t).InstanceProfile.Arn
	device := *testkit.Must(f.CreateVirtualMFADevice(f.root,
		&iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("d"), Tags: green}))(t).VirtualMFADevice.SerialNumber
	oidc := *testkit.Must(f.CreateOpenIDConnectProvider(f.root,
		&next.CreateOpenIDConnectProviderInput{Url: aws.String("https://id.example.com"), Tags: green}))(t).OpenIDConnectProviderArn
	saml := *testkit.Must(f.CreateSAMLProvider(f.root,
		&next.CreateSAMLProviderInput{Name: aws.String("idp"), SAMLMetadataDocument: aws.String(smallMetadata)}))(t).SAMLProviderArn
	f.update(func(tx persistence.Tx) error {
		return persistence.ServerCertificates.Put(tx, account,
			&persistence.ServerCertificate{Name: "c", Path: "/", Tags: []persistence.Tag{{Key: "team", Value: "green"}}})
	})
	const certificate = "arn:aws:iam::123456789012:server-certificate/c"
	deny := func(trust string) *string {
		return aws.String(oneStatement(`"Effect":"` + trust + `","Principal":{"AWS":"` + ann + `"},"Action":"sts:AssumeRole"`))
	}
	for _, c := range []struct {
		name string
		in   iam.SimulatePrincipalPolicyInput
		want string
	}{
		{"the caller's tags, ID and the time are known",
			iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:ListRoles"}},
			"iam:ListRoles *: allowed by user_ann_conditions "},
		{"a foreign resource type is no reason", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(deployer), ActionNames: []string{"iam:ListUsers"},
			ResourceArns: []string{"arn:aws:iam::123456789012:user/"}},
			"iam:ListUsers arn:aws:iam::123456789012:user/: allowed "},
		{"a role has no user name", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(deployer), ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:username":"true"},"Bool":{"aws:MultiFactorAuthPresent":"false"}}`)}},
			"s3:GetObject *: explicitDeny by PolicyInputList.1 "},
		{"a policy's tags", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:GetPolicy"}, ResourceArns: []string{limit},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"blue"}}`)}},
			"iam:GetPolicy " + limit + ": explicitDeny "},
		{"an instance profile's tags", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:GetInstanceProfile"}, ResourceArns: []string{profile},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"green"}}`)}},
			"iam:GetInstanceProfile " + profile + ": explicitDeny "},
		{"an MFA device's tags", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:DeleteVirtualMFADevice"}, ResourceArns: []string{device},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"green"}}`)}},
			"iam:DeleteVirtualMFADevice " + device + ": explicitDeny "},
		{"an OpenID Connect provider's tags", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:GetOpenIDConnectProvider"}, ResourceArns: []string{oidc},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"green"}}`)}},
			"iam:GetOpenIDConnectProvider " + oidc + ": explicitDeny "},
		{"a SAML provider's issuer", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:UpdateSAMLProvider"}, ResourceArns: []string{saml},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"iam:ResourceIdentityProviderIssuers":"x"}}`)}},
			"iam:UpdateSAMLProvider " + saml + ": explicitDeny "},
		{"a server certificate's tags", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:GetServerCertificate"}, ResourceArns: []string{certificate},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"green"}}`)}},
			"iam:GetServerCertificate " + certificate + ": explicitDeny "},
		{"a role's boundary", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"IAM:deleterole"}, ResourceArns: []string{deployer},
			PolicyInputList: []string{
				oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnEquals":{"iam:PermissionsBoundary":"` +
					limit + `"}}`)}},
			"IAM:deleterole " + deployer + ": explicitDeny "},
		{"what does not exist has no tags", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"iam:GetUser", "iam:GetPolicy"},
			ResourceArns: []string{"arn:aws:iam::123456789012:user/bob", "arn:aws:iam::123456789012:policy/none"}},
			"iam:GetUser arn:aws:iam::${Account}:${ResourceType}/${ResourceName}: allowed "},
		{"the stored trust policy admits", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{deployer}},
			"sts:AssumeRole " + deployer + ": allowed by ResourcePolicy "},
		{"the stored trust policy does not admit", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(deployer), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{deployer}},
			"sts:AssumeRole " + deployer + ": implicitDeny "},
		{"a trust policy of the request comes before it", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{deployer},
			ResourcePolicy: deny("Deny")},
			"sts:AssumeRole " + deployer + ": explicitDeny by ResourcePolicy "},
		{"nobody can be a role that does not exist", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{deployer + "2"}},
			"sts:AssumeRole " + deployer + "2: implicitDeny "},
		{"another account's resource needs a policy of its own", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"sqs:SendMessage"},
			ResourceArns: []string{"arn:aws:sqs:us-east-1:999999999999:q"}},
			"sqs:SendMessage arn:aws:sqs:us-east-1:999999999999:q: implicitDeny "},
		{"a key policy must name the account or the caller", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ann), ActionNames: []string{"kms:Decrypt"},
			ResourceArns: []string{"arn:aws:kms:us-east-1:123456789012:key/k"},
			ResourcePolicy: aws.String(oneStatement(`"Effect":"Allow","Principal":{"AWS":"` + deployer +
				`"},"Action":"*","Resource":"arn:aws:kms:*:*:*"`))},
			"kms:Decrypt arn:aws:kms:us-east-1:123456789012:key/k: implicitDeny "},
		{"a customer policy is excluded by its own ARN", iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(deployer), ActionNames: []string{"s3:GetObject"},
			PolicyExclusionList: []types.PolicyIdentifier{&types.PolicyIdentifierMemberPolicyArn{Value: limit}}},
			"s3:GetObject *: allowed by role_deployer_all (IAM Policy) 1:38-1:84 boundary=true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			if got := f.ofPrincipal(&c.in); !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s...", got, c.want)
			}
		})
	}
}

func TestStrictSimulationOfOthers(t *testing.T) {
	t.Parallel()
	f := newStaff(t, true)
	stranger := aws.String("arn:aws:iam::123456789012:role/stranger")
	for _, c := range []struct {
		name, condition string
		caller          *string
	}{
		{
			"nobody has neither ID nor ARN",
			`{"Null":{"aws:userid":"true","aws:PrincipalArn":"true","aws:username":"true","aws:PrincipalAccount":"false"}}`, nil,
		},
		{"a role that does not exist has no tags",
			`{"Null":{"aws:PrincipalTag/team":"true"},"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/stranger"}}`,
			stranger},
		{"a group has no user name", `{"Null":{"aws:username":"true"}}`, aws.String("arn:aws:iam::123456789012:group/staff/readers")},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			got := f.custom(&iam.SimulateCustomPolicyInput{
				ActionNames: []string{"my:Act"}, PolicyInputList: []string{conditional(c.condition)}, CallerArn: c.caller,
			})
			if !strings.HasPrefix(got, "my:Act *: allowed") {
				t.Error(got)
			}
		})
	}
}

// Enforcement asks no policy about some actions of STS.
func TestStrictSimulationWithoutPolicies(t *testing.T) {
	t.Parallel()
	f := newStaff(t, true)
	denyAll := []string{oneStatement(`"Effect":"Deny","Action":"*","Resource":"*"`)}
	actions := []string{"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:GetFederationToken"}
	same(t, `
sts:GetCallerIdentity *: allowed
sts:GetSessionToken *: allowed
sts:GetFederationToken *: explicitDeny by PolicyInputList.1 (IAM Policy) 1:38-1:83
`, f.ofPrincipal(&iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(ann), ActionNames: actions, PolicyInputList: denyAll}))
	same(t, `
sts:GetCallerIdentity *: allowed
sts:GetSessionToken *: implicitDeny
sts:GetFederationToken *: implicitDeny
`, f.ofPrincipal(&iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(deployer), ActionNames: actions}))
}
