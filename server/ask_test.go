package server_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

const askedPeople = `
accounts:
  - id: "000000000000"
    passwordPolicy: {allowUsersToChangePassword: true}
    groups: [{name: admins, policies: [AdministratorAccess]}]
    users:
      - {name: alice, groups: [admins], tags: {team: red}}
      - {name: bob, boundary: IAMReadOnlyAccess, inline: {own: {Version: 2012-10-17, Statement: [
          {Effect: Allow, Action: ["iam:*"], Resource: "*", Condition: {StringEquals: {"aws:ResourceTag/team": red}}},
          {Effect: Allow, Action: "sts:*", Resource: "*"}]}}}
      - {name: eve}
    roles:
      - {name: deploy, path: /ci/, policies: [ReadOnlyAccess], trust: {Version: 2012-10-17, Statement: [
          {Effect: Allow, Principal: {AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::000000000000:user/alice"]}, Action: "sts:AssumeRole"}]}}
  - id: "111122223333"
    users: [{name: carl, policies: [AdministratorAccess]}, {name: dora}]
  - id: "444455556666"
    users: [{name: fred, policies: [AdministratorAccess]}]
organization:
  management: "999900001111"
  policies: [{name: NoRoles, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "sts:*", Resource: "*"}]}}]
  root: {units: [{name: Work, policies: [NoRoles], accounts: ["444455556666"]}]}
`

func askedServer(t *testing.T) (*iamtest.Server, *client.Client) {
	t.Helper()
	s := iamtest.Start(t, iamtest.WithSeedText(askedPeople))
	return s, testkit.Must(client.New(client.Options{URL: s.URL}))(t)
}

// A question gets the answer that the call gets.
func TestQuestionsAreAnsweredAsCallsAre(t *testing.T) {
	t.Parallel()
	s, m := askedServer(t)
	ctx := t.Context()
	deploy := "arn:aws:iam::000000000000:role/ci/deploy"
	calls := map[string]func(*iam.Client, *sts.Client) error{
		"GetUser": func(c *iam.Client, _ *sts.Client) error {
			return testkit.Refused(c.GetUser(ctx, &iam.GetUserInput{UserName: aws.String("alice")}))
		},
		"GetRole": func(c *iam.Client, _ *sts.Client) error {
			return testkit.Refused(c.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("deploy")}))
		},
		"CreateAccessKey": func(c *iam.Client, _ *sts.Client) error {
			return testkit.Refused(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("alice")}))
		},
		"PutUserPolicy": func(c *iam.Client, _ *sts.Client) error {
			return testkit.Refused(c.PutUserPolicy(ctx,
				&iam.PutUserPolicyInput{
					UserName: aws.String("bob"), PolicyName: aws.String("p"),
					PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"a:b","Resource":"*"}}`),
				}))
		},
		"GetAccountPasswordPolicy": func(c *iam.Client, _ *sts.Client) error {
			return testkit.Refused(c.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{}))
		},
		"AssumeRole": func(_ *iam.Client, c *sts.Client) error {
			return testkit.Refused(c.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &deploy, RoleSessionName: aws.String("build")}))
		},
	}
	asked := 0
	for _, who := range []string{
		"alice", "bob", "eve", "role/deploy", "arn:aws:iam::111122223333:user/carl", "arn:aws:iam::111122223333:user/dora",
		"arn:aws:iam::444455556666:user/fred",
	} {
		as := s.As(who)
		for name, call := range calls {
			before := len(s.Decisions())
			err := call(as.IAM(), as.STS())
			if len(s.Decisions()) != before+1 {
				t.Fatalf("%s %s: no decision is kept: %v", who, name, err)
			}
			record := s.Decisions()[before]
			for _, check := range record.Checks {
				got, err := m.Authorize(ctx, &management.Question{
					Principal: who, Access: management.Access{Action: check.Action, Resource: check.Resource, UserAgent: record.UserAgent,
						SourceIP: record.SourceIP},
				})
				if err != nil {
					t.Fatalf("%s %s: %v", who, name, err)
				}
				if diff := cmp.Diff([]string{
					check.Decision, check.DeniedBy, check.Reason,
				}, []string{got.Checks[0].Decision, got.Checks[0].DeniedBy, got.Checks[0].Reason}); diff != "" {
					t.Errorf("%s %s on %s (-call +question):\n%s", who, check.Action, check.Resource, diff)
				}
				asked++
			}
		}
	}
	if asked < 40 {
		t.Errorf("%d questions were asked", asked)
	}
}

// WhoCan names the principals that Can allows one by one, whatever the size of a page.
func TestWhoCanAgreesWithCan(t *testing.T) {
	t.Parallel()
	_, m := askedServer(t)
	ctx := t.Context()
	everybody := []string{
		"arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:role/ci/deploy", "arn:aws:iam::000000000000:user/alice",
		"arn:aws:iam::000000000000:user/bob", "arn:aws:iam::000000000000:user/eve",
		"arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/carl", "arn:aws:iam::111122223333:user/dora",
		"arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/fred", "arn:aws:iam::999900001111:root",
	}
	for _, c := range []struct {
		access management.Access
		want   int
	}{
		{management.Access{Action: "iam:GetUser", Resource: "arn:aws:iam::000000000000:user/alice"}, 4},
		{management.Access{Action: "iam:CreateAccessKey", Resource: "arn:aws:iam::000000000000:user/alice"}, 2},
		{management.Access{Action: "sts:AssumeRole", Resource: "arn:aws:iam::000000000000:role/ci/deploy"}, 3},
		{management.Access{Action: "sts:GetCallerIdentity"}, 5},
		{management.Access{
			Action: "s3:PutObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "000000000000",
			ResourcePolicy: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`,
		}, 10},
	} {
		for _, limit := range []int{1, 2, 3, 1000} {
			var got []string
			seen := 0
			for q := (&management.WhoCan{Access: c.access, Limit: limit}); ; {
				page, err := m.WhoCan(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				if page.Seen > limit {
					t.Fatalf("%d principals are looked at; the limit is %d", page.Seen, limit)
				}
				for _, who := range page.Allowed {
					got = append(got, who.ARN)
				}
				seen += page.Seen
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			if diff := cmp.Diff(can(t, m, everybody, c.access, seen), got); diff != "" || len(got) != c.want {
				t.Errorf("%s, %d a page: %d may, want %d (-can +who-can):\n%s", c.access.Action, limit, len(got), c.want, diff)
			}
		}
	}
}

// can are those who may do it, of the accounts that were asked about.
func can(t *testing.T, m *client.Client, everybody []string, access management.Access, seen int) (list []string) {
	t.Helper()
	for _, who := range everybody {
		if seen == 5 && !strings.Contains(who, "000000000000") {
			continue
		}
		r, err := m.Authorize(t.Context(), &management.Question{Principal: who, Enforce: true, Access: access})
		if err != nil {
			t.Fatal(err)
		}
		if r.Allowed {
			list = append(list, who)
		}
	}
	return list
}

// A principal that is deleted between two pages does not disturb them.
func TestWhoCanGoesOnBehindWhoIsGone(t *testing.T) {
	t.Parallel()
	s, m := askedServer(t)
	q := &management.WhoCan{Access: management.Access{Action: "sts:GetCallerIdentity"}, Limit: 4}
	page := testkit.Must(m.WhoCan(t.Context(), q))(t)
	if page.Next != "arn:aws:iam::000000000000:user/bob" {
		t.Fatalf("next is %q", page.Next)
	}
	s.Seed(`accounts: [{id: "000000000000", users: [{name: bo}, {name: carol}]}]`)
	testkit.Must(s.IAM().DeleteUserPolicy(t.Context(),
		&iam.DeleteUserPolicyInput{UserName: aws.String("bob"), PolicyName: aws.String("own")}))(t)
	testkit.Must(s.IAM().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("bob")}))(t)
	q.After = page.Next
	page = testkit.Must(m.WhoCan(t.Context(), q))(t)
	var got []string
	for _, who := range page.Allowed {
		got = append(got, who.Name)
	}
	if diff := cmp.Diff([]string{"carol", "eve"}, got); diff != "" || page.Next != "" {
		t.Errorf("next %q (-want +got):\n%s", page.Next, diff)
	}
	_, err := m.WhoCan(t.Context(), &management.WhoCan{Access: q.Access, After: "bob"})
	if err == nil || !strings.Contains(err.Error(), `after "bob" is not what an answer had as next`) {
		t.Errorf("%v", err)
	}
}

// A survey of many ends with its request.
func TestWhoCanEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	_, m := askedServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.WhoCan(ctx, &management.WhoCan{Access: management.Access{Action: "iam:GetUser"}}); err == nil {
		t.Error("it is answered")
	}
}

// The access key ID of a session is enough while a call by it is recorded and the
// session lasts.
func TestQuestionsAboutASession(t *testing.T) {
	t.Parallel()
	s, m := askedServer(t)
	out := testkit.Must(s.As("alice").STS().AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/ci/deploy"), RoleSessionName: aws.String("build"),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}`),
	}))(t)
	key := *out.Credentials.AccessKeyId
	ask := func(action, policy string) (bool, error) {
		r, err := m.Authorize(t.Context(), &management.Question{
			Principal: key, SessionPolicy: policy, Access: management.Access{Action: action},
		})
		return err == nil && r.Allowed, err
	}
	if _, err := ask("iam:GetUser", ""); err == nil ||
		!strings.Contains(err.Error(), "is recorded, and temporary credentials are not stored") {
		t.Errorf("before a call: %v", err)
	}
	session := sts.NewFromConfig(s.ConfigFor(aws.Credentials{AccessKeyID: key, SecretAccessKey: *out.Credentials.SecretAccessKey,
		SessionToken: *out.Credentials.SessionToken}))
	testkit.Must(session.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(t)
	if who := testkit.Must(m.Principal(t.Context(), key))(t); who.ARN != "arn:aws:iam::000000000000:role/ci/deploy" ||
		who.Session != *out.AssumedRoleUser.Arn {
		t.Errorf("%+v", who)
	}
	for _, c := range []struct {
		action, policy string
		want           bool
	}{
		{"iam:GetUser", "", true},
		{"iam:GetRole", "", false}, // which the role may, and the session may not
		{"iam:GetUser", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}}`, false},
		{"iam:GetUser", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}}`, true},
		{"iam:GetUser", "", true}, // what one question adds does not stay
	} {
		if got, err := ask(c.action, c.policy); got != c.want || err != nil {
			t.Errorf("%s %s: %v, %v", c.action, c.policy, got, err)
		}
	}
	s.Clock.Advance(2 * time.Hour)
	if _, err := ask("iam:GetUser", ""); err == nil || !strings.Contains(err.Error(), "have expired; write role/NAME") {
		t.Errorf("after its end: %v", err)
	}
}

// Enforce asks what enforcement would do, whatever the server does.
func TestQuestionsWithEnforcementOff(t *testing.T) {
	t.Parallel()
	_, m := askedServer(t)
	for _, mode := range []string{"log", "off"} {
		if err := m.SetEnforcement(t.Context(), mode); err != nil {
			t.Fatal(err)
		}
		q := &management.Question{Principal: "eve", Enforce: true, Access: management.Access{Action: "iam:GetUser"}}
		if r := testkit.Must(m.Authorize(t.Context(), q))(t); r.Verdict != "denied" || r.Allowed {
			t.Errorf("%s: %s", mode, r.Verdict)
		}
		page := testkit.Must(m.WhoCan(t.Context(), &management.WhoCan{Access: q.Access}))(t)
		if slices.ContainsFunc(page.Allowed, func(a management.Allowance) bool { return a.Name == "eve" }) {
			t.Errorf("%s: eve may", mode)
		}
	}
}
