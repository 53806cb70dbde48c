package policytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/policytest"
)

// coveredStatements are the statements of a user's, a group's and a boundary's policy, of
// a role's trust, and of an SCP. Some of them say the same, or nothing that is asked.
var coveredStatements = map[string][]string{
	"user": {
		`{Effect: Allow, Action: "s3:Get*", Resource: "*"}`,
		`{Effect: Deny, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/secret"}`,
		`{Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::b/*", Condition: {StringEquals: {"aws:PrincipalTag/team": blue}}}`,
		`{Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::b/open", Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}}`,
	},
	"group":    {`{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/open"}`, `{Effect: Allow, Action: "iam:*", Resource: "*"}`},
	"boundary": {`{Effect: Allow, Action: ["s3:*", "sts:*"], Resource: "*"}`, `{Effect: Deny, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/secret"}`},
	"trust": {
		`{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}`,
		`{Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:user/ann"}, Action: "sts:AssumeRole"}`,
	},
	"scp": {`{Effect: Deny, Action: "iam:*", Resource: "*"}`, `{Effect: Deny, Action: "ec2:*", Resource: "*"}`},
}

// coveredState is the state without one statement of a policy.
func coveredState(policy string, without int) string {
	of := func(name string) string {
		list := slices.Clone(coveredStatements[name])
		if name == policy {
			list = slices.Delete(list, without, without+1)
		}
		if len(list) == 0 { // which a policy cannot be: this one says nothing that is asked
			list = []string{`{Effect: Deny, Action: "sqs:*", Resource: "*"}`}
		}
		return "{Version: 2012-10-17, Statement: [" + strings.Join(list, ", ") + "]}"
	}
	return `state:
  seed:
    accounts:
      - id: "111122223333"
        policies: [{name: limit, document: ` + of("boundary") + `}]
        groups: [{name: g, inline: {group: ` + of("group") + `}}]
        users: [{name: ann, groups: [g], tags: {team: red}, boundary: limit, inline: {user: ` + of("user") + `}}, {name: zed}]
        roles: [{name: r, trust: ` + of("trust") + `}]
    organization:
      management: "999900001111"
      policies: [{name: scp, type: SCP, document: ` + of("scp") + `}]
      root: {accounts: [{id: "111122223333", policies: [scp]}]}
account: "111122223333"
`
}

// A statement is tested if and only if a row fails in a state without it.
func TestCoverageIsWhatARunWithoutTheStatementShows(t *testing.T) {
	t.Parallel()
	rows := expectWhatIs(t)
	report, err := runText(t.Context(), coveredState("", 0)+rows, policytest.Options{Now: now, Coverage: true})
	if err != nil || report.Failed > 0 {
		t.Fatal(err, report)
	}
	titles := map[string]string{
		"user": "inline policy user of user ann", "group": "inline policy group of group g", "boundary": "managed policy limit",
		"trust": "trust policy of role r", "scp": "SCP scp",
	}
	seen := map[bool]int{}
	for policy, list := range coveredStatements {
		for i := range list {
			r, err := runText(t.Context(), coveredState(policy, i)+rows, policytest.Options{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(report.Coverage.Statements, func(s policytest.Covered) bool {
				return strings.EqualFold(s.Policy, titles[policy]) && s.Index == i
			})
			if at < 0 {
				t.Fatalf("statement %d of %s is not there: %+v", i, policy, report.Coverage.Statements)
			}
			if s := report.Coverage.Statements[at]; s.Tested != (r.Failed > 0) {
				t.Errorf("statement %d of %s: tested is %v, and without it %d rows fail", i, policy, s.Tested, r.Failed)
			}
			seen[r.Failed > 0]++
		}
	}
	if seen[true] < 5 || seen[false] < 3 {
		t.Errorf("%v", seen)
	}
}

// expectWhatIs are rows that pass: each request is expected to be decided as it is.
func expectWhatIs(t *testing.T) string {
	t.Helper()
	const table = `principal: ann
    action: [s3:GetObject, s3:PutObject, iam:CreateUser, sts:AssumeRole]
    resource: ["arn:aws:s3:::b/open", "arn:aws:s3:::b/secret", "arn:aws:iam::111122223333:role/r"]
    context: [{}, {aws:MultiFactorAuthPresent: "true"}, {aws:PrincipalTag/team: blue}]
`
	report, err := runText(t.Context(), coveredState("", 0)+"allow:\n  - "+table, policytest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	allow, deny := "allow:\n", "deny:\n"
	for i := range report.Rows {
		r := &report.Rows[i]
		var keys []string
		for name, values := range r.Context {
			keys = append(keys, name+": \""+values[0]+"\"")
		}
		line := fmt.Sprintf("  - {principal: ann, action: %s, resource: %q, context: {%s}}\n", r.Action, r.Resource, strings.Join(keys, ", "))
		if r.Passed {
			allow += line
		} else {
			deny += line
		}
	}
	return allow + deny + `nobody-but:
  - {principal: ann, action: s3:GetObject, resource: "arn:aws:s3:::b/open"}
  - {principal: [], action: s3:GetObject, resource: "arn:aws:s3:::b/secret"}
`
}
