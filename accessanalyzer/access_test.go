package accessanalyzer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
)

// permitted has users who may and may not have policies checked, and one whom an
// organization keeps from it.
const permitted = `
organization:
  management: "999900001111"
  policies:
  - {name: No, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "access-analyzer:*", Resource: "*"}]}}
  root:
    units:
    - {name: Work, policies: [No], accounts: ["111122223333"]}
accounts:
- id: "000000000000"
  users:
  - name: may
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: ["access-analyzer:ValidatePolicy", "access-analyzer:Check*"], Resource: "*"}]}}
  - name: mayHere
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "access-analyzer:*", Resource: "arn:aws:access-analyzer:eu-west-1:*:*"}]}}
  - name: mayNot
  - name: mustNot
    inline:
      p:
        Version: 2012-10-17
        Statement: [{Effect: Allow, Action: "*", Resource: "*"}, {Effect: Deny, Action: "access-analyzer:*", Resource: "*"}]
- id: "111122223333"
  users:
  - name: kept
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`

// calls are a call of each operation.
func calls(t *testing.T, c *accessanalyzer.Client) map[string]func() error {
	ctx, doc := t.Context(), policy(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:*","Resource":"*"}`)
	return map[string]func() error{
		"ValidatePolicy": func() error {
			_, err := c.ValidatePolicy(ctx, &accessanalyzer.ValidatePolicyInput{
				PolicyDocument: doc, PolicyType: types.PolicyTypeResourcePolicy,
			})
			return err
		},
		"CheckNoNewAccess": func() error {
			_, err := c.CheckNoNewAccess(ctx, &accessanalyzer.CheckNoNewAccessInput{
				ExistingPolicyDocument: doc, NewPolicyDocument: doc, PolicyType: resource,
			})
			return err
		},
		"CheckAccessNotGranted": func() error {
			_, err := c.CheckAccessNotGranted(ctx, &accessanalyzer.CheckAccessNotGrantedInput{
				PolicyDocument: doc, PolicyType: resource, Access: []types.Access{{Actions: []string{"s3:*"}}},
			})
			return err
		},
		"CheckNoPublicAccess": func() error {
			_, err := c.CheckNoPublicAccess(ctx, &accessanalyzer.CheckNoPublicAccessInput{
				PolicyDocument: doc, ResourceType: types.AccessCheckResourceTypeSqsQueue,
			})
			return err
		},
	}
}

// The evaluator decides, in AWS's words: a denial names all that the account has in the region.
func TestPolicies(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(permitted))
	const explicit = " with an explicit deny in a"
	for name, why := range map[string]string{
		"user/may":                            "",
		"user/mayHere":                        "",
		"user/mayNot":                         " because no identity-based policy allows the access-analyzer:OPERATION action",
		"user/mustNot":                        explicit + "n identity-based policy",
		"arn:aws:iam::111122223333:user/kept": explicit + " service control policy",
	} {
		for operation, call := range calls(t, clientOf(srv.As(name).Config(t.Context()))) {
			err := call()
			if why == "" {
				srv.AssertAllowed(t, err)
				continue
			}
			account, arn := "000000000000", "arn:aws:iam::000000000000:"+name
			if strings.HasPrefix(name, "arn:") {
				account, arn = "111122223333", name
			}
			want := "User: " + arn + " is not authorized to perform: access-analyzer:" + operation +
				" on resource: arn:aws:access-analyzer:eu-west-1:" + account + ":*" + strings.ReplaceAll(why, "OPERATION", operation)
			var denied *types.AccessDeniedException
			var api smithy.APIError
			if !errors.As(err, &denied) || !errors.As(err, &api) || api.ErrorMessage() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			srv.AssertDenied(t, err, iamtest.Action("access-analyzer:"+operation))
		}
	}
	config := srv.As("user/mayHere").Config(t.Context())
	config.Region = "us-east-1"
	_, err := accessanalyzer.NewFromConfig(config).ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: aws.String("{}"), PolicyType: types.PolicyTypeIdentityPolicy,
	})
	srv.AssertDenied(t, err)
}

// Each call is an event of the service in the region, which changes nothing.
func TestCallsAreEvents(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	for operation, call := range calls(t, client(srv)) {
		if err := call(); err != nil {
			t.Fatal(err)
		}
		list := srv.Events()
		r := list[len(list)-1]
		if r.EventSource != "access-analyzer.amazonaws.com" || r.EventName != operation || r.AWSRegion != "eu-west-1" || !r.ReadOnly ||
			string(r.ResponseElements) != "null" || !r.ManagementEvent ||
			!strings.Contains(string(r.RequestParameters), `olicyDocument":"{`) {
			t.Errorf("got %s", asJSON(t, r))
		}
	}
}

// Calls in other partitions are of their ARNs.
func TestPartitions(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithPartition("aws-cn"), iamtest.WithSeedText(`
accounts: [{id: "000000000000", users: [{name: ana}]}]`))
	config := srv.As("user/ana").Config(t.Context())
	config.Region = "cn-north-1"
	_, err := accessanalyzer.NewFromConfig(config).ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: aws.String("{}"), PolicyType: types.PolicyTypeIdentityPolicy,
	})
	if err == nil || !strings.Contains(err.Error(), "arn:aws-cn:access-analyzer:cn-north-1:000000000000:*") {
		t.Errorf("got %v", err)
	}
}
