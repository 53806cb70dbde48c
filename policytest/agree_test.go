package policytest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
	"github.com/understudy-iam/understudy/policytest"
)

// agreed is a state with all layers: groups, boundaries, trust, policies of resources and of
// an organization, tags and MFA.
const agreed = `
accounts:
  - id: "000000000000"
    passwordPolicy: {allowUsersToChangePassword: true}
    groups: [{name: admins, policies: [AdministratorAccess]}]
    users:
      - {name: alice, groups: [admins], tags: {team: red}}
      - {name: bob, boundary: IAMReadOnlyAccess, inline: {own: {Version: 2012-10-17, Statement: [
          {Effect: Allow, Action: ["iam:*"], Resource: "*", Condition: {StringEquals: {"aws:ResourceTag/team": red}}},
          {Effect: Allow, Action: ["sts:*", "s3:*"], Resource: "*"}]}}}
      - {name: eve}
    roles:
      - {name: deploy, path: /ci/, policies: [ReadOnlyAccess], trust: {Version: 2012-10-17, Statement: [
          {Effect: Allow, Principal: {AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::000000000000:user/alice"]}, Action: "sts:AssumeRole"}]}}
    resourcePolicies:
      - resource: arn:aws:s3:::reports
        document: {Version: 2012-10-17, Statement: [
          {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:user/carl"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*"},
          {Effect: Deny, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::reports/x", Condition: {StringNotEquals: {"aws:PrincipalTag/team": red}}}]}
  - id: "111122223333"
    users: [{name: carl, policies: [AdministratorAccess]}, {name: dora}]
  - id: "444455556666"
    users: [{name: fred, policies: [AdministratorAccess]}]
organization:
  management: "999900001111"
  policies: [{name: NoRoles, type: SCP, document: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "sts:*", Resource: "*"}]}}]
  root: {units: [{name: Work, policies: [NoRoles], accounts: ["444455556666"]}]}
`

// A row is decided as the server decides the question.
func TestRowsAreDecidedAsByTheServer(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t, iamtest.WithSeedText(agreed))
	m, err := client.New(client.Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "seed.yaml"), []byte(agreed), 0o600); err != nil {
		t.Fatal(err)
	}
	report := runEverything(t, dir)
	allowed := 0
	for i := range report.Rows {
		row := &report.Rows[i]
		access := management.Access{Action: row.Action, Resource: row.Resource}
		q := &management.Question{Principal: row.Principal, Enforce: true, Access: access}
		for name, values := range row.Context {
			q.Context = map[string]any{name: values[0]}
		}
		record, err := m.Authorize(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", row.Title(), err)
		}
		if record.Allowed {
			allowed++
		}
		if len(record.Checks) == 0 {
			if record.Allowed != row.Passed {
				t.Errorf("%s: the server has %s", row.Title(), record.Verdict)
			}
			continue
		}
		if c := &record.Checks[0]; c.Decision != row.Decision || c.DeniedBy != row.DeniedBy {
			t.Errorf("%s: %s %s, and the server has %s %s", row.Title(), row.Decision, row.DeniedBy, c.Decision, c.DeniedBy)
		}
	}
	if n := len(report.Rows); n < 200 || allowed < 50 || allowed > n-50 {
		t.Errorf("%d rows, %d of them allowed", n, allowed)
	}
}

// runEverything asks about everybody and many requests.
func runEverything(t *testing.T, dir string) *policytest.Report {
	t.Helper()
	people := []string{"alice", "bob", "eve", "role/deploy", "root", "arn:aws:iam::111122223333:user/carl",
		"arn:aws:iam::111122223333:user/dora", "arn:aws:iam::444455556666:user/fred"}
	text := fmt.Sprintf(`state: seed.yaml
account: "000000000000"
allow:
  - principal: [%s]
    action: [s3:GetObject, s3:PutObject]
    resource: ["arn:aws:s3:::reports/x", "arn:aws:s3:::reports/y", "arn:aws:s3:::other/z"]
    context: [{}, {aws:PrincipalTag/team: red}]
  - principal: [%[1]s]
    action: [iam:GetUser, iam:CreateAccessKey, iam:ChangePassword, sts:AssumeRole, sts:GetCallerIdentity, iam:DeleteUser]
    resource: ["arn:aws:iam::000000000000:user/alice", "arn:aws:iam::000000000000:role/ci/deploy", "arn:aws:iam::000000000000:user/eve"]
`, strings.Join(people, ", "))
	name := filepath.Join(dir, "tests.yaml")
	f, err := policytest.Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	report, err := policytest.Run(t.Context(), f, policytest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}
