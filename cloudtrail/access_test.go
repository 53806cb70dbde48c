package cloudtrail_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
)

// permitted has users who may and may not look up events, one whom an organization keeps
// from it in another account, and a role there that this account may take.
const permitted = `
organization:
  management: "999900001111"
  policies:
  - {name: NoTrail, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "cloudtrail:*", Resource: "*"}]}}
  root:
    units:
    - {name: Work, policies: [NoTrail], accounts: ["111122223333"]}
accounts:
- id: "000000000000"
  users:
  - name: may
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "cloudtrail:LookupEvents", Resource: "*"}]}}
  - name: mayNot
  - name: mustNot
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "cloudtrail:Lookup*", Resource: "*"}]}}
  - name: elsewhere
    inline:
      p:
        Version: 2012-10-17
        Statement:
        - {Effect: Allow, Action: "cloudtrail:*", Resource: "*", Condition: {StringEquals: {"aws:RequestedRegion": eu-west-1}}}
  - name: lender
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: ["cloudtrail:*", "sts:GetFederationToken"], Resource: "*"}]}}
- id: "111122223333"
  users:
  - name: kept
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
- id: "444455556666"
  roles:
  - name: guest
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}]}
    inline: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`

// The evaluator decides, in AWS's words: a denial names no resource.
func TestPolicies(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(permitted))
	const may = " is not authorized to perform: cloudtrail:LookupEvents"
	for name, want := range map[string]string{
		"user/may":       "",
		"user/mayNot":    "User: arn:aws:iam::000000000000:user/mayNot" + may + " because no identity-based policy allows the cloudtrail:LookupEvents action",
		"user/mustNot":   "User: arn:aws:iam::000000000000:user/mustNot" + may + " with an explicit deny in an identity-based policy",
		"user/elsewhere": "User: arn:aws:iam::000000000000:user/elsewhere" + may + " because no identity-based policy allows the cloudtrail:LookupEvents action",
		"arn:aws:iam::111122223333:user/kept": "User: arn:aws:iam::111122223333:user/kept" + may +
			" with an explicit deny in a service control policy",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := clientOf(srv.As(name).Config(t.Context())).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
			if want == "" {
				srv.AssertAllowed(t, err)
				return
			}
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "AccessDeniedException" || api.ErrorMessage() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			srv.AssertDenied(t, err, iamtest.Action("cloudtrail:LookupEvents"), iamtest.OnResource("*"))
		})
	}
	config := srv.As("user/elsewhere").Config(t.Context())
	config.Region = "eu-west-1"
	must(cloudtrail.NewFromConfig(config).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{}))(t)
}

// A call of LookupEvents is an event too, denied or not, and it changes nothing.
func TestLookingUpIsAnEvent(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(permitted))
	in := by(types.LookupAttributeKeyEventName, "CreateUser")
	_, err := clientOf(srv.As("user/mayNot").Config(t.Context())).LookupEvents(t.Context(), in)
	srv.AssertDenied(t, err)
	must(clientOf(srv.As("user/may").Config(t.Context())).LookupEvents(t.Context(), in))(t)
	list := lookUp(t, client(srv), by(types.LookupAttributeKeyEventSource, "cloudtrail.amazonaws.com"))
	if names(list) != "LookupEvents LookupEvents" || *list[0].Username != "may" || *list[1].Username != "mayNot" ||
		*list[0].ReadOnly != "true" {
		t.Fatalf("events: %v", list)
	}
	const parameters = `"requestParameters":{"lookupAttributes":[{"attributeKey":"EventName","attributeValue":"CreateUser"}]}`
	if !strings.Contains(*list[0].CloudTrailEvent, parameters) {
		t.Errorf("allowed: %s", *list[0].CloudTrailEvent)
	}
	if !strings.Contains(*list[1].CloudTrailEvent, `"errorCode":"AccessDenied"`) {
		t.Errorf("denied: %s", *list[1].CloudTrailEvent)
	}
}

// A federated user sees the events of the account of who has lent the permissions.
func TestFederatedUsers(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(permitted))
	must(srv.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	token := func(policy string) *cloudtrail.Client {
		k := must(srv.As("user/lender").STS().GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
			Name: aws.String("fed"), Policy: aws.String(`{"Version":"2012-10-17","Statement":` + policy + `}`),
		}))(t).Credentials
		return clientOf(srv.ConfigFor(aws.Credentials{
			AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey, SessionToken: *k.SessionToken,
		}))
	}
	c := token(`{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}`)
	if got := names(lookUp(t, c, by(types.LookupAttributeKeyEventName, "ListUsers"))); got != "ListUsers" {
		t.Errorf("sees %q", got)
	}
	if got := names(lookUp(t, c, by(types.LookupAttributeKeyUsername, "fed"))); got != "LookupEvents" {
		t.Errorf("their own events: %q", got)
	}
	_, err := token(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
	srv.AssertDenied(t, err, iamtest.By(iamtest.Session))
}

// A caller sees the events of the account that their session is of. Of a role that
// another account has taken each account sees its own side.
func TestEachAccountSeesItsOwn(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(permitted))
	const other = "444455556666"
	must(srv.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	config := srv.Config(t.Context())
	config.Region = "us-east-1"
	taken := must(sts.NewFromConfig(config).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + other + ":role/guest"), RoleSessionName: aws.String("visit"),
	}))(t).Credentials
	visitor := srv.ConfigFor(aws.Credentials{
		AccessKeyID: *taken.AccessKeyId, SecretAccessKey: *taken.SecretAccessKey, SessionToken: *taken.SessionToken,
	})
	must(iam.NewFromConfig(visitor).ListRoles(t.Context(), &iam.ListRolesInput{}))(t)
	here := lookUp(t, client(srv), &cloudtrail.LookupEventsInput{})
	there := lookUp(t, clientOf(visitor), &cloudtrail.LookupEventsInput{})
	if got := names(here); !strings.HasSuffix(got, "AssumeRole ListUsers") {
		t.Errorf("the account that called sees %q", got)
	}
	if got := names(there); got != "ListRoles AssumeRole" {
		t.Fatalf("the account of the role sees %q", got)
	}
	for _, e := range there {
		if !strings.Contains(*e.CloudTrailEvent, `"recipientAccountId":"`+other+`"`) {
			t.Errorf("not of the account: %s", *e.CloudTrailEvent)
		}
	}
	if mine := here[len(here)-2]; *mine.EventId == *there[1].EventId || there[1].Username != nil {
		t.Errorf("both accounts have the event %s; there it is %v's", *mine.EventId, there[1].Username)
	}
	if got := lookUp(t, clientOf(srv.ConfigFor(srv.AccountKey("777788889999"))), &cloudtrail.LookupEventsInput{}); len(got) != 0 {
		t.Errorf("a third account sees %s", names(got))
	}
}
