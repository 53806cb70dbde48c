package cloudtrail_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

const account = server.DefaultAccount

// client looks up events as root, in the region where IAM is.
func client(srv *iamtest.Server) *cloudtrail.Client {
	return clientOf(srv.Config(context.Background()))
}

func clientOf(c aws.Config) *cloudtrail.Client {
	c.Region = "us-east-1"
	return cloudtrail.NewFromConfig(c)
}

// seeded has a user with a key, a role that the account trusts, and a policy.
const seeded = `
accounts:
  - id: "000000000000"
    policies: [{name: own, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}]
    users: [{name: ana, path: /staff/, policies: [own]}]
    roles:
      - name: deploy
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]}
        policies: [own]
`

// by looks up the events with the attribute.
func by(key types.LookupAttributeKey, value string) *cloudtrail.LookupEventsInput {
	return &cloudtrail.LookupEventsInput{LookupAttributes: []types.LookupAttribute{{AttributeKey: key, AttributeValue: &value}}}
}

// lookUp returns the events, which come on one page.
func lookUp(t *testing.T, c *cloudtrail.Client, in *cloudtrail.LookupEventsInput) []types.Event {
	t.Helper()
	out, err := c.LookupEvents(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if out.NextToken != nil {
		t.Errorf("%d events, and there are more", len(out.Events))
	}
	return out.Events
}

// names are the operations of events, the newest first.
func names(list []types.Event) string {
	var all []string
	for _, e := range list {
		all = append(all, *e.EventName)
	}
	return strings.Join(all, " ")
}

func must[T any](out T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// An event has the members that AWS's has, and its record is CloudTrail's.
func TestEventsHaveTheMembersOfAWS(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(seeded))
	ana := srv.As("user/ana")
	must(ana.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("bob")}))(t)
	list := lookUp(t, client(srv), by(types.LookupAttributeKeyEventName, "CreateUser"))
	if len(list) != 1 {
		t.Fatalf("%d events", len(list))
	}
	e := list[0]
	var record events.Record
	if err := json.Unmarshal([]byte(*e.CloudTrailEvent), &record); err != nil {
		t.Fatal(err)
	}
	want := types.Event{
		EventId: &record.EventID, EventName: aws.String("CreateUser"), EventSource: aws.String("iam.amazonaws.com"),
		EventTime: &record.EventTime,
		ReadOnly:  aws.String("false"), AccessKeyId: aws.String(ana.Credentials().AccessKeyID), Username: aws.String("ana"),
		CloudTrailEvent: e.CloudTrailEvent, Resources: e.Resources,
	}
	if diff := cmp.Diff(want, e, cmpopts.IgnoreUnexported(types.Event{}, types.Resource{})); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if r := &record; r.EventName != "CreateUser" || r.UserIdentity.UserName != "ana" || r.RecipientAccountID != account ||
		!strings.Contains(string(r.RequestParameters), `"bob"`) {
		t.Errorf("record: %s", *e.CloudTrailEvent)
	}
	if strings.Contains(*e.CloudTrailEvent, `\u00`) {
		t.Errorf("the record is escaped for HTML: %s", *e.CloudTrailEvent)
	}
}

// Each attribute finds the events that have it, and no others.
func TestEachAttribute(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(seeded))
	ana := srv.As("user/ana")
	session := srv.As("role/deploy", iamtest.SessionName("tour"))
	must(ana.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("bob")}))(t)
	must(srv.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	must(session.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("bob")}))(t)
	must(ana.IAM().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("bob")}))(t)
	c := client(srv)
	id := *lookUp(t, c, by(types.LookupAttributeKeyEventName, "GetUser"))[0].EventId
	for name, want := range map[[2]string]string{
		{"EventId", id}:                                "GetUser",
		{"EventId", "x"}:                               "",
		{"EventName", "DeleteUser"}:                    "DeleteUser",
		{"EventName", "deleteuser"}:                    "",
		{"EventName", "Delete"}:                        "",
		{"Username", "ana"}:                            "DeleteUser CreateUser",
		{"Username", "tour"}:                           "GetUser",
		{"Username", "deploy"}:                         "",
		{"ReadOnly", "false"}:                          "DeleteUser CreateUser",
		{"ResourceName", "bob"}:                        "DeleteUser GetUser CreateUser",
		{"ResourceType", "AWS::IAM::Group"}:            "",
		{"ResourceType", "AWS::IAM::User"}:             "DeleteUser GetUser CreateUser",
		{"EventSource", "iam.amazonaws.com"}:           "DeleteUser GetUser ListUsers CreateUser",
		{"AccessKeyId", ana.Credentials().AccessKeyID}: "DeleteUser CreateUser",
		{"AccessKeyId", server.DefaultRootAccessKeyID}: "LookupEvents*ListUsers",
		{"Username", "root"}:                           "LookupEvents*ListUsers",
		{"ReadOnly", "true"}:                           "LookupEvents*GetUser ListUsers",
		{"EventSource", "cloudtrail.amazonaws.com"}:    "LookupEvents*",
	} {
		got := names(lookUp(t, c, by(types.LookupAttributeKey(name[0]), name[1])))
		if head, tail, own := strings.Cut(want, "*"); own { // how many of the own calls there are depends on the order
			if !strings.HasPrefix(got, head) || !strings.HasSuffix(got, tail) {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		} else if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// AWS heeds the first attribute and ignores the others.
func TestTheFirstAttributeCounts(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(seeded))
	must(srv.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	must(srv.IAM().ListRoles(t.Context(), &iam.ListRolesInput{}))(t)
	in := by(types.LookupAttributeKeyEventName, "ListUsers")
	in.LookupAttributes = append(in.LookupAttributes, by(types.LookupAttributeKeyEventName, "ListRoles").LookupAttributes...)
	if got := names(lookUp(t, client(srv), in)); got != "ListUsers" {
		t.Errorf("got %q", got)
	}
}

// The session, the role and the key of AssumeRole are its resources, as AWS answers.
func TestResourcesOfAssumeRole(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(seeded))
	config := srv.Config(t.Context())
	config.Region = "us-east-1"
	const role = "arn:aws:iam::" + account + ":role/deploy"
	out := must(sts.NewFromConfig(config).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String(role), RoleSessionName: aws.String("tour"),
	}))(t)
	e := lookUp(t, client(srv), by(types.LookupAttributeKeyResourceName, *out.Credentials.AccessKeyId))
	if len(e) != 1 {
		t.Fatalf("the key finds %d events", len(e))
	}
	var got []string
	for _, r := range e[0].Resources {
		got = append(got, *r.ResourceType+" "+*r.ResourceName)
	}
	want := []string{
		"AWS::IAM::AccessKey " + *out.Credentials.AccessKeyId, "AWS::IAM::Role " + role,
		"AWS::STS::AssumedRole " + *out.AssumedRoleUser.AssumedRoleId, "AWS::STS::AssumedRole " + *out.AssumedRoleUser.Arn,
		"AWS::STS::AssumedRole tour",
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

// An event without resources has an empty list of them.
func TestNoResources(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	must(srv.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t)
	if e := lookUp(t, client(srv), by(types.LookupAttributeKeyEventName, "ListUsers"))[0]; e.Resources == nil || len(e.Resources) != 0 {
		t.Errorf("resources: %v", e.Resources)
	}
}
