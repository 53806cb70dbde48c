package iam_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestSimulateCustomPolicy(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	for _, c := range []struct {
		name string
		in   iam.SimulateCustomPolicyInput
		want string
	}{
		{"no policy", iam.SimulateCustomPolicyInput{ActionNames: []string{"s3:GetObject"}}, `
s3:GetObject *: implicitDeny
`},
		{"the action keeps its spelling", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"S3:getOBJECT"}, PolicyInputList: []string{allowRead},
		}, `
S3:getOBJECT *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:90
`},
		{"every statement that allows, of every policy", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{allowRead, allowPut, allowAny},
		}, `
s3:GetObject *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:90 by PolicyInputList.3 (IAM Policy) 1:38-1:84
`},
		{"a denial shows what denies alone", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{allowRead, denyRead},
		}, `
s3:GetObject *: explicitDeny by PolicyInputList.2 (IAM Policy) 1:38-1:89
`},
		{"a Principal does not matter", iam.SimulateCustomPolicyInput{
			ActionNames: []string{
				"s3:GetObject",
			}, PolicyInputList: []string{oneStatement(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`)},
		}, `
s3:GetObject *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:100
`},
		{"a boundary that allows is not shown", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"s3:GetObject", "s3:PutObject"}, PolicyInputList: []string{allowAny},
			PermissionsBoundaryPolicyInputList: []string{allowRead},
		}, `
s3:GetObject *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84 boundary=true
s3:PutObject *: implicitDeny boundary=false
`},
		{"a boundary that denies is shown", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{denyRead},
			PermissionsBoundaryPolicyInputList: []string{denyRead},
		}, `
s3:GetObject *: explicitDeny by PermissionsBoundaryPolicyInputList.1 (Permissions Boundary Policy) 1:38-1:89 by PolicyInputList.1 (IAM Policy) 1:38-1:89 boundary=false
`},
		{"missing keys come from every policy, each spelling once", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{
				oneStatement(`"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${my:name}","Condition":{"Bool":{"my:key":"true"}}`),
				conditional(`{"Bool":{"MY:key":"true","my:key":"true"}}`),
			}, PermissionsBoundaryPolicyInputList: []string{conditional(`{"Null":{"edge:key":"false"}}`)},
		}, `
s3:GetObject *: implicitDeny missing=my:name,my:key,MY:key,edge:key boundary=false
`},
		{"nothing is missing where a statement denies", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{denyRead, conditional(`{"Bool":{"my:key":"true"}}`)},
		}, `
s3:GetObject *: explicitDeny by PolicyInputList.1 (IAM Policy) 1:38-1:89
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			same(t, c.want, f.custom(&c.in))
		})
	}
}

func TestSimulatedResources(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	onlyA := oneStatement(`"Effect":"Allow","Action":"*","Resource":"` + bucketA + `"`)
	for _, c := range []struct {
		name      string
		actions   []string
		policy    string
		resources []string
		want      string
	}{
		{"a star is not a resource", []string{"s3:GetObject"}, allowAny, []string{"*"}, `
s3:GetObject *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
`},
		{"one resource names the sum", []string{"s3:GetObject"}, onlyA, []string{bucketA}, `
s3:GetObject arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:104 {}
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:104
`},
		{"the most restrictive resource decides the sum", []string{"s3:GetObject"}, onlyA, []string{bucketA, bucketB, bucketA}, `
s3:GetObject arn:aws:s3:::${BucketName}/${KeyName}: implicitDeny by PolicyInputList.1 (IAM Policy) 1:38-1:104 {}
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:104
  arn:aws:s3:::bucket/b: implicitDeny
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:104
`},
		{"a star among resources", []string{"s3:GetObject"}, allowAny, []string{"*", bucketA}, `
s3:GetObject arn:aws:s3:::${BucketName}/${KeyName}: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84 {}
  *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
`},
		{"a resource of another service", []string{"sqs:SendMessage"}, allowAny, []string{bucketA}, `
sqs:SendMessage arn:aws:s3:::bucket/a: implicitDeny {}
  arn:aws:s3:::bucket/a: implicitDeny
`},
		{"region and account are free", []string{"s3:GetObject", "dynamodb:GetItem"}, allowAny, []string{
			"arn:other:s3:here:there:bucket/a", "arn:aws:dynamodb:nowhere:nobody:table/t",
		}, `
s3:GetObject arn:other:s3:::${BucketName}/${KeyName}: implicitDeny by PolicyInputList.1 (IAM Policy) 1:38-1:84 {}
  arn:other:s3:here:there:bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
  arn:aws:dynamodb:nowhere:nobody:table/t: implicitDeny
dynamodb:GetItem arn:other:dynamodb:${Region}:${Account}:${ResourceType}/${ResourceName}: implicitDeny by PolicyInputList.1 (IAM Policy) 1:38-1:84 {}
  arn:other:s3:here:there:bucket/a: implicitDeny
  arn:aws:dynamodb:nowhere:nobody:table/t: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
`},
		{"unknown actions take any resource", []string{"nothing:Known", "s3:Nothing*"}, allowAny,
			[]string{bucketA, "arn:aws:iam::123456789012:user/u"}, `
nothing:Known *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84 {}
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
  arn:aws:iam::123456789012:user/u: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
s3:Nothing* *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84 {}
  arn:aws:s3:::bucket/a: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
  arn:aws:iam::123456789012:user/u: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			same(t, c.want, f.custom(&iam.SimulateCustomPolicyInput{
				ActionNames: c.actions, PolicyInputList: []string{c.policy}, ResourceArns: c.resources,
			}))
		})
	}
}

func TestSimulationPages(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	in := &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{allowAny}, ActionNames: []string{"s3:GetObject", "s3:PutObject", "iam:GetUser"}, MaxItems: aws.Int32(2),
	}
	first := testkit.Must(f.SimulateCustomPolicy(f.root, in))(t)
	if len(first.EvaluationResults) != 2 || !first.IsTruncated || first.Marker == nil {
		t.Fatalf("first page: %d results, truncated %v, marker %v", len(first.EvaluationResults), first.IsTruncated, first.Marker)
	}
	in.Marker = first.Marker
	last := testkit.Must(f.SimulateCustomPolicy(f.root, in))(t)
	if len(last.EvaluationResults) != 1 || *last.EvaluationResults[0].EvalActionName != "iam:GetUser" || last.IsTruncated ||
		last.Marker != nil {
		t.Errorf("last page: %s truncated %v", showResults(last.EvaluationResults), last.IsTruncated)
	}
	in.ActionNames = in.ActionNames[:1] // a marker is a position: it can be used with other inputs too
	past := testkit.Must(f.SimulateCustomPolicy(f.root, in))(t)
	if past.EvaluationResults == nil || len(past.EvaluationResults) != 0 || past.IsTruncated {
		t.Errorf("past the end: %v truncated %v; want an empty list", past.EvaluationResults, past.IsTruncated)
	}
}

// Empty lists of an action and of a resource are sent; empty details of a resource are
// not.
func TestEmptyListsOfSimulations(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	r := testkit.Must(f.SimulateCustomPolicy(f.root, &iam.SimulateCustomPolicyInput{
		ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{bucketA},
	}))(t).EvaluationResults[0]
	if r.MatchedStatements == nil || r.MissingContextValues == nil {
		t.Errorf("sum: statements %v, missing %v; want empty lists", r.MatchedStatements, r.MissingContextValues)
	}
	if s := r.ResourceSpecificResults[0]; s.MatchedStatements == nil || s.MissingContextValues == nil || s.EvalDecisionDetails != nil {
		t.Errorf("resource: %+v; want empty lists and no details", s)
	}
}

func TestSimulatedOrganization(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	level := func(documents ...string) types.OrderedOrganizationPolicyType {
		return types.OrderedOrganizationPolicyType{ServiceControlPolicyInputList: documents}
	}
	for _, c := range []struct {
		name   string
		levels []types.OrderedOrganizationPolicyType
		want   string
	}{
		{"every level allows", []types.OrderedOrganizationPolicyType{level(allowAny), level(allowPut, allowRead)}, `
s3:GetObject *: allowed by PolicyInputList.1 (IAM Policy) 1:38-1:84 organization=true
`},
		{"a level allows nothing", []types.OrderedOrganizationPolicyType{level(allowAny), level(allowPut), level(allowAny)}, `
s3:GetObject *: implicitDeny organization=false
`},
		{"a level denies, and keys of SCPs are not missing", []types.OrderedOrganizationPolicyType{
			level(allowAny), level(allowAny, denyRead, conditional(`{"Bool":{"scp:key":"true"}}`)),
		}, `
s3:GetObject *: explicitDeny organization=false
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			same(t, c.want, f.custom(&iam.SimulateCustomPolicyInput{
				ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{allowAny}, OrderedOrganizationPolicyInputList: c.levels,
			}))
		})
	}
}

func TestResourceHandling(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	instance := "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
	in := &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{allowAny}, ActionNames: []string{"ec2:RunInstances"}, ResourceArns: []string{instance},
		ResourceHandlingOption: aws.String("EC2-VPC-EBS-Subnet"),
	}
	if got := f.custom(in); !strings.HasPrefix(got, "ec2:RunInstances "+instance+": allowed") {
		t.Errorf("a scenario without all its resources: %s", got)
	}
	in.ResourceHandlingOption = aws.String("nonsense")
	testkit.WantError(t, testkit.Refused(f.SimulateCustomPolicy(f.root, in)), "InvalidInput",
		"Invalid input resource handling options. Action does not support resource handling options: ec2:RunInstances. "+
			"Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html")
	in.ResourceArns = nil
	if got := f.custom(in); !strings.HasPrefix(got, "ec2:RunInstances *: allowed") {
		t.Errorf("an unknown scenario without resources: %s", got)
	}
}
