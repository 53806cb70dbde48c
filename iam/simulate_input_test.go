package iam_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func TestInputsOfSimulationsAreRefused(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	get := []string{"s3:GetObject"}
	withPolicy := iam.SimulateCustomPolicyInput{ActionNames: get, ResourceArns: []string{bucketA}, ResourcePolicy: aws.String(
		oneStatement(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::bucket/*"`))}
	caller := func(in iam.SimulateCustomPolicyInput, arn string) iam.SimulateCustomPolicyInput {
		in.CallerArn = &arn
		return in
	}
	starPolicy := caller(withPolicy, ann)
	starPolicy.ResourcePolicy = aws.String(oneStatement(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`))
	noResource := caller(withPolicy, ann)
	noResource.ResourceArns = nil
	badPolicy := caller(withPolicy, ann)
	badPolicy.ResourcePolicy = aws.String("{")
	for _, c := range []struct {
		name string
		in   iam.SimulateCustomPolicyInput
		text string
	}{
		{"action without a colon", iam.SimulateCustomPolicyInput{ActionNames: []string{"s3:GetObject", "GetObject"}},
			"The action is invalid since it is missing names"},
		{"resource that is not an ARN", iam.SimulateCustomPolicyInput{ActionNames: get, ResourceArns: []string{bucketA, "bucket"}},
			"ResourceNames are not in a valid ARN format: bucket."},
		{"ARN without a resource", iam.SimulateCustomPolicyInput{ActionNames: get, ResourceArns: []string{"arn:aws:s3:::"}},
			"ResourceNames are not in a valid ARN format: arn:aws:s3:::."},
		{"ARN without a partition", iam.SimulateCustomPolicyInput{ActionNames: get, ResourceArns: []string{"arn::s3:::b"}},
			"ResourceNames are not in a valid ARN format: arn::s3:::b."},
		{"known and unknown actions", iam.SimulateCustomPolicyInput{
			ActionNames: []string{"none:Such", "s3:GetObject", "s3:Such"}, ResourceArns: []string{bucketA}},
			"Invalid Input Actions: [s3:GetObject] and [none:Such,s3:Such] require different authorization information. "},
		{"policy that is not JSON", iam.SimulateCustomPolicyInput{ActionNames: get, PolicyInputList: []string{allowAny, "{"}},
			"Policy input list item 2 has invalid content"},
		{"unknown version", iam.SimulateCustomPolicyInput{ActionNames: get, PolicyInputList: []string{`{"Version":"2020-01-01"}`}},
			"Policy input list item 1 has invalid content"},
		{"two boundaries", iam.SimulateCustomPolicyInput{
			ActionNames: get, PermissionsBoundaryPolicyInputList: []string{allowAny, allowAny},
		},
			"The list of Permissions Boundary policies cannot exceed 1 items."},
		{"boundary that is not JSON", iam.SimulateCustomPolicyInput{ActionNames: get, PermissionsBoundaryPolicyInputList: []string{""}},
			"Permissions boundary policy input list item 1 has invalid content"},
		{"level without SCPs", iam.SimulateCustomPolicyInput{ActionNames: get,
			OrderedOrganizationPolicyInputList: []types.OrderedOrganizationPolicyType{
				{ServiceControlPolicyInputList: []string{allowAny}}, {},
			}}, "Organization policy at index 2 must contain at least one service control policy"},
		{"SCP that is not JSON", iam.SimulateCustomPolicyInput{ActionNames: get,
			OrderedOrganizationPolicyInputList: []types.OrderedOrganizationPolicyType{
				{ServiceControlPolicyInputList: []string{"["}},
			}}, "Service control policy input list item 1 has invalid content"},
		{"eight levels", iam.SimulateCustomPolicyInput{ActionNames: get, OrderedOrganizationPolicyInputList: slices.Repeat(
			[]types.OrderedOrganizationPolicyType{{ServiceControlPolicyInputList: []string{allowAny}}}, 8)},
			"The list of Organization policies cannot exceed 7 items."},
		{"foreign marker", iam.SimulateCustomPolicyInput{ActionNames: get, Marker: aws.String("MQ==")}, "Invalid marker for pagination."},
		{"owner without ARN", iam.SimulateCustomPolicyInput{ActionNames: get, ResourceOwner: aws.String("123456789012")},
			"'123456789012' is not a valid as a Resource Owner."},
		{"caller that is nothing", iam.SimulateCustomPolicyInput{ActionNames: get, CallerArn: aws.String("ann")},
			"Invalid Entity Arn: ann does not clearly define entity type and name."},
		{"resource policy without a caller", withPolicy, "Invalid caller - Caller cannot be null or empty."},
		{"resource policy for root", caller(withPolicy, "arn:aws:iam::123456789012:root"),
			"Invalid caller - Caller must be an IAM user, role or group in this context."},
		{"resource policy for a session", caller(withPolicy, "arn:aws:sts::123456789012:assumed-role/r/s"),
			"Invalid caller - Caller must be an IAM user, role or group in this context."},
		{"resource policy without resources", noResource, "Invalid Entity Arn: * does not clearly define entity type and name."},
		{"resource policy for a star", starPolicy, "ResourceNames are not in a valid ARN format: *."},
		{"resource policy that is not JSON", badPolicy, "Resource policy has invalid content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(f.SimulateCustomPolicy(f.root, &c.in)), "InvalidInput", c.text)
		})
	}
}

func TestContextEntriesAreRefused(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	for _, c := range []struct {
		name    string
		entries []types.ContextEntry
		text    string
	}{
		{"no name", []types.ContextEntry{entry("", "string", "x")}, "ContextKeyName cannot be null or empty."},
		{"no type", []types.ContextEntry{entry("my:key", "", "x")}, "Context key my:key has invalid type null."},
		{"no values", []types.ContextEntry{entry("my:key", "stringList")},
			"Context values for context key my:key cannot be null or empty."},
		{"two values", []types.ContextEntry{entry("my:key", "string", "a", "b")},
			"Context key string expected a single value, but received 2."},
		{"no number", []types.ContextEntry{entry("my:key", "numericList", "1", "0x10")},
			"Invalid context value for key my:key: expected numeric format."},
		{"no date", []types.ContextEntry{entry("my:key", "date", "tomorrow")},
			"Invalid context value for key my:key: expected DateTime format."},
		{"no address", []types.ContextEntry{entry("my:key", "ip", "192.0.2.0/24")},
			"Invalid context value for key my:key: expected IP address."},
		{"no base-64", []types.ContextEntry{entry("my:key", "binary", "YR==")},
			"Invalid context value for key my:key: expected base-64 encoded binary format."},
		{"repeated in another case", []types.ContextEntry{entry("my:key", "string", "a"), entry("MY:Key", "string", "b")},
			"Duplicate context key: MY:Key."},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &iam.SimulateCustomPolicyInput{ActionNames: []string{"s3:GetObject"}, ContextEntries: c.entries}
			testkit.WantError(t, testkit.Refused(f.SimulateCustomPolicy(f.root, in)), "InvalidInput", c.text)
		})
	}
}

func TestContextEntriesCount(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	for _, c := range []struct {
		name, condition string
		entry           types.ContextEntry
		want            bool
	}{
		{"string", `{"StringEquals":{"my:key":"a"}}`, entry("MY:KEY", "string", "a"), true},
		{"empty string is present", `{"Null":{"my:key":"false"}}`, entry("my:key", "string", ""), true},
		{"list matches set operators", `{"ForAnyValue:StringEquals":{"my:key":"b"}}`, entry("my:key", "stringList", "a", "b"), true},
		{"list of one matches no plain operator", `{"StringEquals":{"my:key":"a"}}`, entry("my:key", "stringList", "a"), false},
		{"list of one matches no negated operator", `{"StringNotEquals":{"my:key":"b"}}`, entry("my:key", "stringList", "a"), false},
		{"boolean in capitals", `{"Bool":{"my:key":"true"}}`, entry("my:key", "boolean", "TRUE"), true},
		{"value that is not a boolean is false", `{"Bool":{"my:key":"false"}}`, entry("my:key", "boolean", "yes"), true},
		{"number compares as a number", `{"NumericEquals":{"my:key":"1"}}`, entry("my:key", "numeric", "01.00"), true},
		{"number reads as BigDecimal", `{"StringEquals":{"my:key":"1.00"}}`, entry("my:key", "numeric", "01.00"), true},
		{"number serves a date", `{"DateEquals":{"my:key":"1970-01-01"}}`, entry("my:key", "numeric", "0"), true},
		{"date serves no number", `{"NumericEquals":{"my:key":"0"}}`, entry("my:key", "date", "1970-01-01"), false},
		{"date reads as UTC", `{"StringEquals":{"my:key":"2035-01-02T01:04:05.000Z"}}`,
			entry("my:key", "date", "2035-01-02T03:04:05+02:00"), true},
		{"address keeps its text", `{"StringEquals":{"my:key":"2001:0db8::1"}}`, entry("my:key", "ip", "2001:0db8::1"), true},
		{"address lies in a network", `{"IpAddress":{"my:key":"2001:db8::/32"}}`, entry("my:key", "ip", "2001:0db8::1"), true},
		{"binary", `{"BinaryEquals":{"my:key":"YQ=="}}`, entry("my:key", "binary", "YQ=="), true},
		{"no number matches no negated operator", `{"NumericNotEquals":{"my:key":"1"}}`, entry("my:key", "string", "x"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := testkit.Must(f.SimulateCustomPolicy(f.root, &iam.SimulateCustomPolicyInput{
				ActionNames: []string{"s3:GetObject"}, PolicyInputList: []string{conditional(c.condition)},
				ContextEntries: []types.ContextEntry{c.entry},
			}))(t)
			if got := out.EvaluationResults[0].EvalDecision == types.PolicyEvaluationDecisionTypeAllowed; got != c.want {
				t.Errorf("%s with %v: allowed is %v", c.condition, c.entry.ContextKeyValues, got)
			}
		})
	}
}

func TestKeysThatTheSimulatorSupplies(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	deployer := "arn:aws:iam::999999999999:role/deployer"
	for _, c := range []struct{ name, caller, condition, want string }{
		{"user ID of nobody", "", `{"StringEquals":{"aws:userid":"STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"}}`, "allowed"},
		{"account of nobody", "", `{"StringEquals":{"aws:PrincipalAccount":"123456789012"}}`, "allowed"},
		{"ARN of nobody", "", `{"Null":{"aws:PrincipalArn":"true"}}`, "allowed"},
		{"name of nobody", "", `{"Null":{"aws:username":"true"}}`, "allowed"},
		{"user ID", ann, `{"StringEquals":{"aws:userid":"` + ann + `"}}`, "allowed"},
		{"ARN", ann, `{"ArnEquals":{"aws:PrincipalArn":"` + ann + `"}}`, "allowed"},
		{"name without path", ann, `{"StringEquals":{"aws:username":"ann"}}`, "allowed"},
		{"account of the caller's ARN", deployer, `{"StringEquals":{"aws:PrincipalAccount":"999999999999"}}`, "allowed"},
		{"a role has no name", deployer, `{"Null":{"aws:username":"true"}}`, "allowed"},
		{"type of a user", ann, `{"StringEquals":{"aws:PrincipalType":"User"}}`, "allowed"},
		{"type of a role", deployer, `{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}`, "allowed"},
		{"type of nobody", "", `{"Null":{"aws:PrincipalType":"true"}}`, "allowed"},
		{"no time", ann, `{"Null":{"aws:CurrentTime":"true"}}`, "allowed"},
		{"supplied keys are missing from a denial all the same", ann, `{"StringEquals":{"aws:username":"bob"}}`,
			"implicitDeny missing=aws:username"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &iam.SimulateCustomPolicyInput{ActionNames: []string{"my:Act"}, PolicyInputList: []string{conditional(c.condition)}}
			if c.caller != "" {
				in.CallerArn = &c.caller
			}
			r := testkit.Must(f.SimulateCustomPolicy(f.root, in))(t).EvaluationResults
			r[0].MatchedStatements = nil
			same(t, "my:Act *: "+c.want+"\n", showResults(r))
		})
	}
}
