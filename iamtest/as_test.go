package iamtest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/iamtest"
)

// team is a seed with a user, a role that trusts nobody here, and a user in
// another account.
const team = `
accounts:
  - id: "000000000000"
    users:
      - name: ana
        path: /staff/
        inline: {own: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:List*","iam:CreateAccessKey"],"Resource":"*"},{"Sid":"NoRoles","Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}]}'}
    roles:
      - name: deploy
        path: /ci/
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
        inline: {own: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}}'}
  - id: "111122223333"
    users: [{name: otto}]
`

func TestWhoAsIs(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(team))
	for name, want := range map[string]string{
		"ana":                            "arn:aws:iam::000000000000:user/staff/ana",
		"Ana":                            "arn:aws:iam::000000000000:user/staff/ana",
		"deploy":                         "arn:aws:sts::000000000000:assumed-role/deploy/test",
		"arn:aws:iam::111122223333:root": "arn:aws:iam::111122223333:root",
		"arn:aws:iam::000000000000:root": "arn:aws:iam::000000000000:root",

		"arn:aws:iam::000000000000:user/staff/ana":               "arn:aws:iam::000000000000:user/staff/ana",
		"arn:aws:iam::000000000000:role/ci/deploy":               "arn:aws:sts::000000000000:assumed-role/deploy/test",
		"arn:aws:sts::000000000000:assumed-role/deploy/build-17": "arn:aws:sts::000000000000:assumed-role/deploy/build-17",
		"arn:aws:iam::111122223333:user/otto":                    "arn:aws:iam::111122223333:user/otto",
	} {
		p := srv.As(name)
		who, err := p.STS().GetCallerIdentity(t.Context(), nil)
		if err != nil || *who.Arn != want || p.ARN != want {
			t.Errorf("As(%q) is %s and says %s: %v; want %s", name, aws.ToString(who.Arn), p.ARN, err, want)
		}
	}
}

func TestWhomAsRefuses(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(team))
	srv.Seed("accounts: [{id: \"000000000000\", users: [{name: deploy}]}]")
	for _, c := range []struct {
		name    string
		options []iamtest.SessionOption
		says    string
	}{
		{
			"bob", nil,
			`iamtest: As("bob"): there is no user and no role "bob" in account 000000000000; make one first, by a call or a seed, or give the ARN of one in another account`,
		},
		{"deploy", nil, `a user and a role are called deploy; give the ARN of the one that is meant`},
		{"arn:aws:iam::111122223333:user/ana", nil, `there is no user, role or root user with the ARN arn:aws:iam::111122223333:user/ana`},
		{"ana", []iamtest.SessionOption{iamtest.SessionPolicy("{}")},
			"a user's session has no session name, policies, tags or source identity; a role's session can have them"},
		{"arn:aws:iam::000000000000:role/ci/deploy", []iamtest.SessionOption{iamtest.MFA()}, "a session of a role has no MFA"},
		{"arn:aws:iam::000000000000:role/ci/deploy", []iamtest.SessionOption{iamtest.SessionName("a b")},
			`the session name "a b" does not fit`},
		{"arn:aws:iam::000000000000:role/ci/deploy", []iamtest.SessionOption{iamtest.SourceIdentity("?")},
			`the source identity "?" does not fit`},
		{"arn:aws:iam::000000000000:role/ci/deploy", []iamtest.SessionOption{iamtest.SessionPolicy("{}")}, "MalformedPolicyDocument"},
		{"arn:aws:iam::000000000000:role/ci/deploy", []iamtest.SessionOption{iamtest.Lasting(2 * time.Hour)},
			"exceeds the MaxSessionDuration"},
		{"arn:aws:sts::000000000000:assumed-role/deploy/a1", []iamtest.SessionOption{iamtest.SessionName("b1")}, "give one of them"},
		{"arn:aws:iam::111122223333:root", []iamtest.SessionOption{iamtest.MFA()}, "root has its key and no sessions here"},
	} {
		var said string
		if p := srv.For(failing{t, &said}).As(c.name, c.options...); p != nil || !strings.Contains(said, c.says) {
			t.Errorf("As(%q) says %q; want %q", c.name, said, c.says)
		}
	}
}

// Calls with the key of As are decided like calls with any other key of the user,
// and the key does not count for quotas.
func TestTheKeyOfAUserCountsForNothing(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(team))
	ctx, ana := t.Context(), srv.As("ana")
	if again := srv.As("ana"); again.Credentials() != ana.Credentials() {
		t.Error("the second As is another key")
	}
	for range 2 { // both keys of the quota
		if _, err := srv.IAM().CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := ana.IAM().ListAccessKeys(ctx, nil)
	if err != nil || len(keys.AccessKeyMetadata) != 2 {
		t.Errorf("the user's keys: %v, %v", keys, err)
	}
	record := srv.Decisions(events.Filter{Principal: "ana"})[0]
	for _, k := range record.Checks[0].Context {
		if k.Name == "aws:TokenIssueTime" || k.Name == "aws:MultiFactorAuthPresent" {
			t.Errorf("the key has %s, which long-term keys have not", k.Name)
		}
	}
	if record.Principal.IssuedBy != "" || record.Principal.AccessKeyID != ana.Credentials().AccessKeyID {
		t.Errorf("the caller is %+v", record.Principal)
	}
	if out, err := ana.STS().GetSessionToken(ctx, nil); err != nil || *out.Credentials.AccessKeyId == "" { // it takes a long-term key
		t.Errorf("GetSessionToken: %v", err)
	}
	if _, err := srv.IAM().DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{
		UserName: aws.String("ana"), PolicyName: aws.String("own"),
	}); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys.AccessKeyMetadata {
		if _, err := srv.IAM().DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{
			UserName: aws.String("ana"), AccessKeyId: k.AccessKeyId,
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := srv.IAM().DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("ana")}); err != nil {
		t.Fatalf("the key keeps its user from being deleted: %v", err)
	}
	if _, err := ana.STS().GetCallerIdentity(ctx, nil); err == nil || !strings.Contains(err.Error(), "InvalidClientTokenId") {
		t.Errorf("the key of a user who is gone: %v", err)
	}
}

func TestWhatSessionsOfAsHave(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(team))
	ctx := t.Context()
	_, err := srv.As("deploy").IAM().ListUsers(ctx, nil)
	srv.AssertDenied(t, err, iamtest.By(iamtest.Identity), iamtest.Missing("aws:PrincipalTag/team"))

	red := iamtest.SessionTags(map[string]string{"team": "red"})
	_, err = srv.As("deploy", red).IAM().ListUsers(ctx, nil)
	srv.AssertAllowed(t, err)
	limited := srv.As("deploy", red, iamtest.SourceIdentity("ana"), iamtest.SessionPolicyARNs("arn:aws:iam::aws:policy/IAMReadOnlyAccess"))
	_, err = limited.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("x")})
	srv.AssertDenied(t, err, iamtest.By(iamtest.Session))
	none := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}`
	_, err = srv.As("deploy", red, iamtest.SessionPolicy(none)).IAM().ListUsers(ctx, nil)
	srv.AssertDenied(t, err, iamtest.By(iamtest.Session), iamtest.ImplicitDeny())

	short := srv.As("deploy", red, iamtest.Lasting(time.Minute), iamtest.TransitiveTags("team"))
	srv.Clock.Advance(time.Minute)
	if _, err := short.IAM().ListUsers(ctx, nil); err == nil || !strings.Contains(err.Error(), "ExpiredToken") {
		t.Errorf("after its end: %v", err)
	}
}

func TestMFAOfAs(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	srv.Seed(`
accounts:
  - id: "000000000000"
    users:
      - name: ana
        inline: {own: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}}}'}
`)
	_, err := srv.As("ana").IAM().ListUsers(t.Context(), nil)
	srv.AssertDenied(t, err, iamtest.Missing("aws:MultiFactorAuthPresent"))
	with := srv.As("ana", iamtest.MFA())
	_, err = with.IAM().ListUsers(t.Context(), nil)
	srv.AssertAllowed(t, err)
	srv.Clock.Advance(61 * time.Second)
	_, err = with.IAM().ListUsers(t.Context(), nil)
	srv.AssertDenied(t, err, iamtest.Action("iam:ListUsers"), iamtest.ImplicitDeny())
}

func TestWhatAssertionsSay(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(team))
	ctx, ana := t.Context(), srv.As("ana")
	_, explicit := ana.IAM().ListRoles(ctx, nil)
	_, implicit := ana.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")})
	_, missing := srv.IAM().GetUser(ctx, &iam.GetUserInput{UserName: aws.String("bob")})
	_, unsigned := sts.NewFromConfig(srv.ConfigFor(aws.Credentials{
		AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x",
	})).GetCallerIdentity(ctx, nil)
	for _, c := range []struct {
		name     string
		err      error
		expected []iamtest.Expectation
		says     []string // empty: the assertion holds
	}{
		{"the Deny that applies", explicit, []iamtest.Expectation{
			iamtest.ExplicitDeny(), iamtest.ExplicitDeny("NoRoles"), iamtest.ExplicitDeny("user_ana_own"), iamtest.By(iamtest.Identity),
			iamtest.Action("IAM:ListRoles"), iamtest.OnResource("arn:aws:iam::000000000000:role/"),
		}, nil},
		{"another Deny", explicit, []iamtest.Expectation{
			iamtest.ExplicitDeny("NoUsers"), iamtest.By(iamtest.SCP), iamtest.Action("iam:ListRoles"),
		},
			[]string{"want it denied by a Deny statement NoUsers, denied by scp\n", "NoRoles of inline policy own of", "What to do:"}},
		{"an implicit denial", implicit, []iamtest.Expectation{iamtest.ImplicitDeny(), iamtest.Action("iam:CreateUser")}, nil},
		{"no Deny", implicit, []iamtest.Expectation{iamtest.ExplicitDeny(), iamtest.Missing("aws:x")},
			[]string{"want it denied by a Deny statement, with the condition key aws:x missing\n", "that allows iam:CreateUser"}},
		{"another error", missing, nil, []string{"want a denial; the call was not denied: policies allow it, and it failed with",
			"NoSuchEntity"}},
		{"refused before", unsigned, nil, []string{
			"want a denial; the call was not denied by a policy: it was refused before it was decided\n", "InvalidClientTokenId: ",
		}},
		{"no error", nil, nil, []string{"want a denial; the call was not denied: it succeeded"}},
		{"no answer", context.Canceled, nil, []string{"the error is not from an answer of the server: context canceled"}},
	} {
		said := ""
		srv.AssertDenied(failing{t, &said}, c.err, c.expected...)
		if len(c.says) == 0 && said != "" {
			t.Errorf("%s: %s", c.name, said)
		}
		for _, text := range c.says {
			if !strings.Contains(said, text) {
				t.Errorf("%s: says\n%s\nwithout %q", c.name, said, text)
			}
		}
	}
	said := ""
	srv.AssertAllowed(failing{t, &said}, implicit)
	if !strings.Contains(said, "want no error; denied  iam:CreateUser by arn:aws:iam::000000000000:user/staff/ana") {
		t.Errorf("AssertAllowed says %s", said)
	}
	d := srv.WhyDenied(explicit)
	if !d.Explicit || d.Statement == nil || d.Statement.Sid != "NoRoles" || len(d.Advice) != 1 || d.Principal != ana.ARN {
		t.Errorf("the denial is %+v", d)
	}
}

func TestDecisionsComeInOrder(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithSeedText(team))
	ctx, ana := t.Context(), srv.As("ana")
	_, _ = ana.IAM().ListUsers(ctx, nil)
	_, _ = ana.IAM().ListRoles(ctx, nil)
	_, _ = srv.IAM().ListRoles(ctx, nil)
	said := func(filters ...events.Filter) (list []string) {
		for _, r := range srv.Decisions(filters...) {
			list = append(list, r.Operation+" "+r.Verdict)
		}
		return list
	}
	for _, c := range []struct {
		name    string
		filters []events.Filter
		want    []string
	}{
		{"all", nil, []string{"ListUsers allowed", "ListRoles denied", "ListRoles allowed"}},
		{"of one", []events.Filter{{Principal: "ana"}}, []string{"ListUsers allowed", "ListRoles denied"}},
		{"of one, denied", []events.Filter{{Principal: "ana"}, {Verdict: "denied"}}, []string{"ListRoles denied"}},
		{"of nobody", []events.Filter{{Principal: "bob"}}, nil},
	} {
		if diff := cmp.Diff(c.want, said(c.filters...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options []iamtest.Option
		says    string
	}{
		{"a mode that there is not", []iamtest.Option{iamtest.WithEnforcement("maybe")},
			`enforcement mode "maybe" is none of on, log, off`},
		{"an account that is none", []iamtest.Option{iamtest.WithAccount("12")}, `the account "12" has not 12 digits`},
		{"a seed with a fault", []iamtest.Option{iamtest.WithSeedText("accounts:\n- id: 7\n")}, "seed:2: "},
	} {
		said := ""
		if srv := iamtest.Start(failing{t, &said}, c.options...); srv != nil || !strings.Contains(said, c.says) {
			t.Errorf("%s: %q; want %q", c.name, said, c.says)
		}
	}
	srv := iamtest.Start(t, iamtest.WithAccount("123456789012"), iamtest.WithEnforcement("log"),
		iamtest.WithQuotas(iamsvc.Quotas{UsersPerAccount: 1}), iamtest.WithStrictSimulation())
	ctx := t.Context()
	if _, err := srv.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ana")}); err != nil {
		t.Fatal(err)
	}
	ana := srv.As("ana")
	if _, err := ana.IAM().ListUsers(ctx, nil); err != nil || ana.ARN != "arn:aws:iam::123456789012:user/ana" {
		t.Errorf("%s in log mode: %v", ana.ARN, err)
	}
	if _, err := srv.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")}); err == nil ||
		!strings.Contains(err.Error(), "LimitExceeded") {
		t.Errorf("a user above the quota: %v", err)
	}
	said := ""
	srv.For(failing{t, &said}).Seed("accounts:\n- id: \"123456789012\"\n  users: [{name: '?'}]\n")
	if !strings.HasPrefix(said, "iamtest: seed:3: ") {
		t.Errorf("a seed with a fault says %q", said)
	}
}

// Servers of parallel tests do not see each other's users, clocks or decisions.
func TestParallelServers(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			srv := iamtest.Start(t)
			name := fmt.Sprintf("user-%d", i)
			srv.Seed(`accounts: [{id: "000000000000", users: [{name: ` + name + `, policies: [IAMReadOnlyAccess]}]}]`)
			srv.Clock.Set(time.Date(2030+i, 1, 1, 0, 0, 0, 0, time.UTC))
			users, err := srv.As(name).IAM().ListUsers(t.Context(), nil)
			srv.AssertAllowed(t, err)
			if len(users.Users) != 1 || *users.Users[0].UserName != name {
				t.Errorf("the users are %v", users.Users)
			}
			if d := srv.Decisions(); len(d) != 1 || d[0].Time.Year() != 2030+i {
				t.Errorf("the decisions are %v", d)
			}
		})
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if err := iamtest.Start(b).Stop(); err != nil {
			b.Fatal(err)
		}
	}
}
