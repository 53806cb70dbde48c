package policytest_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/policytest"
)

const smallState = `state:
  seed: {accounts: [{id: "111122223333", users: [{name: alice}, {name: both}], roles: [{name: both, trust: {Version: 2012-10-17, Statement: [
    {Sid: Everyone, Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]}}], groups: [{name: admins}]},
    {id: "444455556666", users: [{name: zoe}]}]}
account: "111122223333"
`

// TestFaults shows that each mistake is told with its place and what to do. The state takes
// five lines.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "tests.yaml: it is empty; it needs a state, and rows"},
		"not yaml":      {"state: [", "tests.yaml:2:1: "},
		"not a mapping": {"- a", "tests.yaml:1:1: the file must be a mapping"},
		"no state":      {"allow: []", "tests.yaml:1:1: the file needs state, such as state: seed.yaml"},
		"a file as a seed": {
			"state: {seed: seed.yaml}\nallow: []",
			"tests.yaml:1:15: seed must be a seed that is written in place, a mapping; the names of files are given by files",
		},
		"no rows": {smallState, "tests.yaml:1:1: the file has no rows"},
		"member":  {smallState + "alow: []", `tests.yaml:6:1: the file has no member "alow"; did you mean allow? It may have state, account,`},
		"twice":   {smallState + "allow: []\nallow: []", `tests.yaml:7:1: the file has "allow" twice`},
		"member of a row": {
			smallState + "allow:\n- {principal: alice, acton: s3:GetObject}",
			`tests.yaml:7:22: a row of allow has no member "acton"; did you mean action?`,
		},
		"because of allow": {smallState + "allow:\n- {principal: alice, action: s3:GetObject, because: scp}", `has no member "because"`},
		"a policy that AWS would not store": {
			smallState + "deny:\n- {principal: role/both, action: s3:GetObject, session-policy: efect.json}",
			"tests.yaml:7:64: efect.json, line 2, column 2: The policy element Efect is not valid. Did you mean Effect? (INVALID_POLICY_ELEMENT)",
		},
		"a baseline that AWS would not store": {
			smallState + "grants-nothing-new-over:\n- {policy: ReadOnlyAccess, baseline: efect.json}",
			"tests.yaml:7:38: efect.json, line 2, column 2: The policy element Efect",
		},
		"a seed that AWS would not store": {
			"state:\n  seed: {accounts: [{id: \"111122223333\", users: [{name: a, inline: {p: {Version: 2012-10-17, Statement: {Efect: Deny}}}}]}]}\nallow: [{principal: a, action: 's3:GetObject'}]",
			"INVALID_POLICY_ELEMENT: The policy element Efect is not valid. Did you mean Effect?)",
		},
		"no action":     {smallState + "allow:\n- {principal: alice}", "tests.yaml:7:3: a row of allow needs action"},
		"no principal":  {smallState + "deny:\n- {action: s3:GetObject}", "tests.yaml:7:3: a row of deny needs principal"},
		"no principals": {smallState + "deny:\n- {action: s3:GetObject, principal: []}", "a row of deny needs principal"},
		"action": {
			smallState + "allow:\n- {principal: alice, action: [s3:GetObject, s3:GetObjct]}",
			"tests.yaml:7:45: there is no action s3:GetObjct; did you mean s3:GetObject? unknown-actions: true takes",
		},
		"no action of a pattern": {smallState + "allow:\n- {principal: alice, action: s3:Gt*}", "no action of AWS's reference fits s3:Gt*"},
		"action without service": {smallState + "allow:\n- {principal: alice, action: GetObject}", `"GetObject" is not an action; write SERVICE:NAME`},
		"principal": {
			smallState + "allow:\n- {principal: alce, action: s3:GetObject}", `tests.yaml:7:15: there is no principal "alce"; did you mean alice?`,
		},
		"kind of principal": {
			smallState + "allow:\n- {principal: role/boht, action: s3:GetObject}", `there is no principal "role/boht"; did you mean role/both?`,
		},
		"principal of another account": {
			smallState + "allow:\n- {principal: zoe, action: s3:GetObject}", `did you mean arn:aws:iam::444455556666:user/zoe?`,
		},
		"arn": {
			smallState + "allow:\n- {principal: 'arn:aws:iam::111122223333:user/alic', action: s3:GetObject}",
			"did you mean arn:aws:iam::111122223333:user/alice?",
		},
		"nobody":    {smallState + "allow:\n- {principal: qqqqqq, action: s3:GetObject}", `there is no principal "qqqqqq" in account 111122223333; give`},
		"unclear":   {smallState + "allow:\n- {principal: both, action: s3:GetObject}", `"both" is unclear`},
		"group":     {smallState + "allow:\n- {principal: group/admins, action: s3:GetObject}", "group/admins is a group, and groups make no calls"},
		"pattern":   {smallState + "allow:\n- {principal: 'user/x*', action: s3:GetObject}", "no user and no role fits the pattern"},
		"partition": {smallState + "allow:\n- {principal: 'arn:aws-cn:iam::111122223333:user/alice', action: s3:GetObject}", "give arn:aws:iam::"},
		"resource":  {smallState + "allow:\n- {principal: alice, action: s3:GetObject, resource: bucket}", `resource "bucket" is not an ARN; give one such as`},
		"resource of another partition": {
			smallState + "allow:\n- {principal: alice, action: s3:GetObject, resource: 'arn:aws-cn:s3:::b'}", "is of the partition aws-cn",
		},
		"key": {
			smallState + "allow:\n- {principal: alice, action: s3:GetObject, context: {aws:SourceIP4: 10.0.0.1}}",
			"tests.yaml:7:54: there is no condition key aws:SourceIP4; did you mean aws:SourceIp?",
		},
		"layer": {
			smallState + "deny:\n- {principal: alice, action: s3:GetObject, because: bondary}",
			`tests.yaml:7:53: there is no layer "bondary", and no statement of the state has this Sid; did you mean boundary?`,
		},
		"sid": {
			smallState + "deny:\n- {principal: alice, action: s3:GetObject, because: {statement: Evryone}}",
			`tests.yaml:7:65: no statement has the Sid "Evryone"; did you mean Everyone?`,
		},
		"layer of a mapping": {smallState + "deny:\n- {principal: alice, action: s3:GetObject, because: {layer: x}}", `layer "x" is not one of identity,`},
		"account":            {strings.Replace(smallState, `account: "111122223333"`, "account: 12", 1) + "allow: [{principal: a, action: b}]", `account "12" is not the ID`},
		"time":               {smallState + "time: yesterday\nallow: [{principal: a, action: b}]", `tests.yaml:6:7: time "yesterday" is not a time such as`},
		"file":               {"state: nowhere.yaml\nallow: [{principal: a, action: 's3:GetObject'}]", "tests.yaml:1:8: nowhere.yaml: file does not exist"},
		"policy as state":    {"state: policy.json\nallow: [{principal: a, action: 's3:GetObject'}]", "policy.json is a policy, and a policy alone is not a state"},
		"policy of nobody": {
			"state: {policies: {app: ReadOnlyAcces}}\nallow: [{principal: app, action: 's3:GetObject'}]",
			"tests.yaml:1:25: there is no file and no policy of AWS with the name ReadOnlyAcces; did you mean ReadOnlyAccess?",
		},
		"seed":        {"state:\n  seed:\n    accounts:\n      - id: \"111122223333\"\n        usrs: []\nallow: [{principal: a, action: b}]", `tests.yaml:5: an account has no "usrs"`},
		"bad policy":  {"state: {policies: {app: broken.json}}\nallow: [{principal: app, action: 's3:GetObject'}]", "tests.yaml:1: "},
		"no baseline": {smallState + "grants-nothing-new-over:\n- {policy: policy.json}", "tests.yaml:7:3: a row of grants-nothing-new-over needs baseline"},
		"no policy":   {smallState + "grants-nothing-new-over:\n- {baseline: policy.json}", "needs policy, or a principal"},
		"type":        {smallState + "grants-nothing-new-over:\n- {policy: policy.json, baseline: policy.json, type: x}", `type "x" is not one of identity,`},
		"session policy of a user": {
			smallState + "allow:\n- {principal: alice, action: s3:GetObject, session-policy: policy.json}", "alice is not a role, and here session-policy",
		},
		"broken session policy": {
			smallState + "allow:\n- {principal: role/both, action: s3:GetObject, session-policy: broken}", "there is no file and no policy of AWS",
		},
		"another type": {smallState + "grants-nothing-new-over:\n- {policy: policy.json, baseline: policy.json, type: resource}",
			"the statement has no Principal, which each statement of a resource-based policy needs"},
		"root": {smallState + "grants-nothing-new-over:\n- {principal: root, baseline: policy.json}", "root has no policies to compare"},
		"too many": {
			smallState + "allow:\n- {principal: alice, action: '*', resource: ['*', '*', '*', '*', '*', '*', '*', '*', '*', '*', '*', '*', '*', '*', '*']}",
			"the row stands for more than 200000 rows; split it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := runText(t.Context(), c.text, policytest.Options{Now: now, Open: openFew})
			var f *policytest.Fault
			if !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "tests.yaml:") {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// openFew opens the files of the tests of faults.
func openFew(path string) ([]byte, error) {
	switch path {
	case "policy.json":
		return []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`), nil
	case "broken.json":
		return []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3"}]}`), nil
	case "efect.json":
		return []byte("{\"Version\": \"2012-10-17\", \"Statement\": {\n \"Efect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}}"), nil
	}
	return nil, fs.ErrNotExist
}

// A file of another name has faults of its own.
func TestFaultsOfOtherFiles(t *testing.T) {
	t.Parallel()
	open := func(string) ([]byte, error) { return []byte("accounts:\n  - id: 12\n"), nil }
	_, err := runText(t.Context(), "state: other.yaml\nallow: [{principal: a, action: 's3:GetObject'}]", policytest.Options{Now: now, Open: open})
	if err == nil || !strings.HasPrefix(err.Error(), "other.yaml:2: account ID") {
		t.Error(err)
	}
}
