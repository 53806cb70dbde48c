package alerts_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
)

func TestGains(t *testing.T) {
	t.Parallel()
	onRole := func(action string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + rolePrefix + `app-*"}]}`
	}
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"an action on some resources": {[]step{putUser("ana", "pass", onRole("iam:PassRole"))}, []string{
			"user/ana gains iam:PassRole: Statement 1 of inline policy pass of user ana allows it.",
		}},
		"another action on them": {[]step{putUser("ana", "pass", onRole("iam:GetRole"))}, nil},
		"a group with a service": {[]step{attachGroup("devs", "IAMFullAccess")}, []string{
			"user/bob gains iam:CreateAccessKey: Statement 1 of AWS managed policy IAMFullAccess allows it.",
			"user/bob gains iam:PassRole: Statement 1 of AWS managed policy IAMFullAccess allows it.",
		}},
		"a group with the reads of a service": {[]step{attachGroup("devs", "IAMReadOnlyAccess")}, nil},
		"more resources of an action that one has": {
			[]step{putUser("ana", "pass", onRole("iam:PassRole")), putUser("ana", "all", allActions)}, []string{
				"user/ana gains iam:CreateAccessKey: Statement 1 of inline policy all of user ana allows it.",
			},
		},
		"a role that may": {[]step{trust("app", trusting(userPrefix+"bob", "")), putRole("app", onRole("iam:PassRole"))}, []string{
			"role/app gains iam:PassRole: Statement 1 of inline policy in of role app allows it.",
			"user/bob gains iam:PassRole: It can assume role role/app: statement 1 of its trust policy allows it.",
		}},
		"a boundary that is removed": {[]step{call((*iam.Client).DeleteUserPermissionsBoundary,
			&iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String("carl")})}, []string{
			"user/carl gains iam:CreateAccessKey: Statement 1 of AWS managed policy AdministratorAccess allows it; " +
				"before, permissions boundary own did not allow it.",
			"user/carl gains iam:PassRole: Statement 1 of AWS managed policy AdministratorAccess allows it; " +
				"before, permissions boundary own did not allow it.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, people, &alerts.Effect{Gains: []string{"iam:PassRole"}},
				nil, &alerts.Effect{Gains: []string{"iam:CreateAccessKey", "iam:passrole"}})
			if diff := cmp.Diff(c.want, w.run(c.steps...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBecomesPublic(t *testing.T) {
	t.Parallel()
	const app = "role/app becomes public: Statement 1 of its trust policy allows it."
	open := trusting("*", "")
	under := func(condition string) *string { return trusting("*", `,"Condition":{`+condition+`}`) }
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"a trust policy": {[]step{trust("app", open)}, []string{app}},
		"a role that is created": {[]step{call((*iam.Client).CreateRole,
			&iam.CreateRoleInput{RoleName: aws.String("made"), AssumeRolePolicyDocument: open})}, []string{
			"role/made becomes public: Statement 1 of its trust policy allows it.",
		}},
		"a role that all may assume and that is an administrator": {[]step{trust("admin", open)}, []string{
			"role/admin becomes public: Statement 1 of its trust policy allows it.",
		}},
		"once more":                       {[]step{trust("app", open), trust("app", under(`"Bool":{"aws:SecureTransport":"true"}`))}, nil},
		"again, after it was closed":      {[]step{trust("app", open), trust("app", aws.String(toEC2)), trust("app", open)}, []string{app}},
		"a condition that hinders none":   {[]step{trust("app", under(`"StringLike":{"aws:PrincipalArn":"*"}`))}, []string{app}},
		"a condition on the organization": {[]step{trust("app", under(`"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}`))}, nil},
		"another account":                 {[]step{trust("app", trusting("111122223333", ""))}, nil},
		"a service":                       {[]step{trust("hop", aws.String(toEC2))}, nil},
		"a statement that denies all": {[]step{trust("app", aws.String(`{"Version":"2012-10-17","Statement":[`+
			`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`))}, nil},
		"an account's root":                            {[]step{trust("app", trusting("arn:aws:iam::111122223333:root", ""))}, nil},
		"an external ID that all send":                 {[]step{trust("app", under(`"StringEquals":{"sts:ExternalId":"x"}`))}, []string{app}},
		"tags of sessions that only an account begins": {[]step{trust("app", beside("sts:AssumeRole", home, "sts:TagSession", "*"))}, nil},
		"all, beside their tags": {[]step{trust("app", beside("sts:TagSession", "*", "sts:AssumeRole", "*"))}, []string{
			"role/app becomes public: Statement 2 of its trust policy allows it.",
		}},
		"a subject of an identity provider": {[]step{trust("app", aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+
			`"Principal":{"Federated":"arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com"},`+
			`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{`+
			`"token.actions.githubusercontent.com:sub":"repo:example/app:ref:refs/heads/main"}}}]}`))}, nil},
		"the source identity of sessions that only an account begins": {
			[]step{trust("app", beside("sts:AssumeRole", home, "sts:SetSourceIdentity", "*"))}, nil},
		"what identities of a provider do": {[]step{trust("app", beside("sts:AssumeRole", home, "sts:AssumeRoleWith*", "*"))}, nil},
		"denied to other organizations": {[]step{trust("app", aws.String(`{"Version":"2012-10-17","Statement":[`+
			`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",`+
			`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}}]}`))}, nil},
		"policies of a public role": {[]step{trust("app", open), putRole("app", allActions)}, nil},
		"the policies of a user":    {[]step{putUser("ana", "all", allActions)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, people, &alerts.Effect{Becomes: alerts.Public})
			if diff := cmp.Diff(c.want, w.run(c.steps...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// beside is a trust policy of two statements, each with an action and whom it admits.
func beside(action, who, other, whom string) *string {
	one := func(action, who string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"` + who + `"},"Action":"` + action + `"}`
	}
	return aws.String(`{"Version":"2012-10-17","Statement":[` + one(action, who) + "," + one(other, whom) + `]}`)
}

func TestReaches(t *testing.T) {
	t.Parallel()
	assumeApp := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + rolePrefix + `app"}]}`
	for name, c := range map[string]struct {
		steps []step
		want  []string
	}{
		"its trust opened to a user": {[]step{trust("app", trusting(userPrefix+"bob", ""))}, []string{
			"user/bob reaches role/app: It can assume role role/app: statement 1 of its trust policy allows it.",
		}},
		"the trust of another role opened to a user": {[]step{trust("admin", trusting(userPrefix+"bob", ""))}, nil},
		"its trust opened to a role, which others reach": {[]step{trust("app", trusting(rolePrefix+"hop", ""))}, []string{
			"role/hop reaches role/app: It can assume role role/app: statement 1 of its trust policy allows it, " +
				"and so does statement 1 of inline policy be of role hop.",
			"user/ana reaches role/app: It can assume role role/hop: statement 1 of its trust policy allows it; " +
				"from there it can assume role role/app.",
		}},
		"a user who is admitted and is now allowed": {[]step{
			trust("app", trusting(home, "")), putUser("bob", "be", assumeApp),
		}, []string{
			"user/bob reaches role/app: It can assume role role/app: statement 1 of its trust policy allows it, " +
				"and so does statement 1 of inline policy be of user bob.",
		}},
		"a user who is allowed and not admitted": {[]step{putUser("bob", "be", assumeApp)}, nil},
		"a role that was made anew": {[]step{
			call((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: aws.String("app")}),
			call((*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: aws.String("app"),
				AssumeRolePolicyDocument: trusting(userPrefix+"bob", "")}),
		}, []string{"user/bob reaches role/app: It can assume role role/app: statement 1 of its trust policy allows it."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, people, &alerts.Effect{Reaches: rolePrefix + "app"})
			if diff := cmp.Diff(c.want, w.run(c.steps...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReachesAcrossAccounts opens a role of an account to an administrator of another
// one, who becomes an administrator there too.
func TestReachesAcrossAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, people, &alerts.Effect{Becomes: alerts.Administrator}, &alerts.Effect{Reaches: rolePrefix + "admin"})
	if diff := cmp.Diff([]string{
		"111122223333:user/zoe becomes administrator: It can assume role role/admin: statement 1 of its trust policy allows it, " +
			"and so does statement 1 of AWS managed policy AdministratorAccess.",
		"111122223333:user/zoe reaches role/admin: It can assume role role/admin: statement 1 of its trust policy allows it, " +
			"and so does statement 1 of AWS managed policy AdministratorAccess.",
	}, w.run(trust("admin", trusting(abroad, "")))); diff != "" {
		t.Error(diff)
	}
	for _, c := range w.changes {
		if c.Account != home {
			t.Errorf("%s %s %s in the account %q", c.Principal, c.Kind, c.What, c.Account)
		}
	}
}
