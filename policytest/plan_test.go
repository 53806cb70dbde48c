package policytest_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/understudy-iam/understudy/policytest"
)

const (
	planPolicy = `"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"`
	planTrust  = `"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},` +
		`\"Action\":\"sts:AssumeRole\"}]}"`
)

// aPlan is a plan with resources and their configuration.
func aPlan(resources, configuration string) string {
	return `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [` + resources +
		`]}}, "configuration": {"root_module": {"resources": [` + configuration + `]}}}`
}

// resource is a resource of a plan.
func resource(kind, name, values string) string {
	return fmt.Sprintf(`{"address": "%s.%s", "type": "%s", "name": "%s", "values": {%s}}`, kind, name, kind, name, values)
}

func runPlan(t *testing.T, plan, tests string) (*policytest.Report, []string, error) {
	t.Helper()
	var warnings []string
	o := policytest.Options{
		Now: now, Warn: func(f *policytest.Fault) { warnings = append(warnings, f.Error()) },
		Open: func(path string) ([]byte, error) {
			if path == "plan.json" {
				return []byte(plan), nil
			}
			return nil, fs.ErrNotExist
		},
	}
	r, err := runText(t.Context(), "state: plan.json\n"+tests, o)
	return r, warnings, err
}

// Each way in which Terraform gives a policy to somebody counts.
func TestPlansGivePolicies(t *testing.T) {
	t.Parallel()
	alice := resource("aws_iam_user", "alice", `"name": "alice"`)
	read := resource("aws_iam_policy", "read", `"name": "read", "policy": `+planPolicy)
	group := resource("aws_iam_group", "g", `"name": "g"`)
	readARN := `"expressions": {"policy_arn": {"references": ["aws_iam_policy.read.arn", "aws_iam_policy.read"]}}`
	for name, c := range map[string]struct{ resources, configuration string }{
		"inline": {alice + "," + resource("aws_iam_user_policy", "p", `"user": "alice", "name": "p", "policy": `+planPolicy), ""},
		"attached": {
			alice + "," + read + "," + resource("aws_iam_user_policy_attachment", "p", `"user": "alice"`),
			`{"type": "aws_iam_user_policy_attachment", "name": "p", ` + readARN + `}`,
		},
		"attached to several": {
			alice + "," + read + "," + resource("aws_iam_policy_attachment", "p", `"users": ["alice"], "roles": null, "groups": null`),
			`{"type": "aws_iam_policy_attachment", "name": "p", ` + readARN + `}`,
		},
		"by a group": {
			alice + "," + group + "," + resource("aws_iam_group_policy", "p", `"group": "g", "name": "p", "policy": `+planPolicy) + "," +
				resource("aws_iam_group_membership", "m", `"group": "g", "users": ["alice"]`), "",
		},
		"by a group that is referred to": {
			alice + "," + group + "," + read + "," + resource("aws_iam_group_policy_attachment", "p", `"group": "g"`) + "," +
				resource("aws_iam_user_group_membership", "m", `"user": "alice"`),
			`{"type": "aws_iam_group_policy_attachment", "name": "p", ` + readARN + `},
			 {"type": "aws_iam_user_group_membership", "name": "m", "expressions": {"groups": {"references": ["aws_iam_group.g.name", "aws_iam_group.g"]}}}`,
		},
		"a name that Terraform makes": {
			resource("aws_iam_user", "alice", `"path": "/"`) + "," + resource("aws_iam_user_policy", "p", `"policy": `+planPolicy),
			`{"type": "aws_iam_user_policy", "name": "p", "expressions": {"user": {"references": ["aws_iam_user.alice.id", "aws_iam_user.alice"]}}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, warnings, err := runPlan(t, aPlan(c.resources, c.configuration), "allow: [{principal: alice, action: 's3:GetObject'}]\n"+
				"deny: [{principal: alice, action: 's3:PutObject'}]")
			if err != nil || r.Failed > 0 || len(warnings) > 0 {
				t.Error(err, warnings, r)
			}
		})
	}
}

// What makes a plan of no use is told, and not left out.
func TestPlansThatDoNotTell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ resources, configuration, want string }{
		"document": {
			resource("aws_iam_policy", "read", `"name": "read"`), "",
			"tests.yaml:1:8: plan.json: the policy of aws_iam_policy.read is known only when the plan has been applied",
		},
		"trust": {
			resource("aws_iam_role", "app", `"name": "app"`), "", "the assume_role_policy of aws_iam_role.app is known only",
		},
		"inline policy": {
			resource("aws_iam_role", "app", `"name": "app", "inline_policy": [{"name": "p"}], "assume_role_policy": `+planTrust), "",
			"the inline policy p of aws_iam_role.app is known only",
		},
		"local": {
			resource("aws_iam_user", "alice", `"name": "alice"`) + "," + resource("aws_iam_user_policy_attachment", "p", `"user": "alice"`),
			`{"type": "aws_iam_user_policy_attachment", "name": "p", "expressions": {"policy_arn": {"references": ["local.arn"]}}}`,
			"does not tell what the policy_arn of aws_iam_user_policy_attachment.p is",
		},
		"boundary": {
			resource("aws_iam_user", "alice", `"name": "alice"`),
			`{"type": "aws_iam_user", "name": "alice", "expressions": {"permissions_boundary": {"references": ["local.arn"]}}}`,
			"does not tell what the permissions_boundary of aws_iam_user.alice is",
		},
		"nobody": {
			resource("aws_iam_user_policy", "p", `"user": "bob", "name": "p", "policy": "{"`), "",
			"aws_iam_user_policy.p is about the user bob of account 000000000000, which neither the plan nor a file before it has",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := runPlan(t, aPlan(c.resources, c.configuration), "allow: [{principal: alice, action: 's3:GetObject'}]")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// Two modules whose roles have names that Terraform makes have two roles.
func TestPlansKeepUnnamedRolesApart(t *testing.T) {
	t.Parallel()
	role := `"type": "aws_iam_role", "name": "this", "values": {"assume_role_policy": ` + planTrust + `}}`
	plan := `{"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [
		{"address": "module.a[0]", "resources": [{"address": "module.a[0].aws_iam_role.this", ` + role + `]},
		{"address": "module.a[1]", "resources": [{"address": "module.a[1].aws_iam_role.this", ` + role + `]}]}}}`
	r, _, err := runPlan(t, plan, "deny: [{principal: [role/module.a.0.this, role/module.a.1.this], action: 's3:GetObject'}]")
	if err != nil || len(r.Rows) != 2 {
		t.Error(err, r)
	}
}

// A plan adds to what a file before it has.
func TestPlansAddToTheState(t *testing.T) {
	t.Parallel()
	plan := aPlan(resource("aws_iam_role_policy", "p", `"role": "app", "name": "p", "policy": `+planPolicy)+","+
		resource("aws_iam_user_group_membership", "m", `"user": "alice", "groups": ["admins"]`), "")
	const dump = `{"UserDetailList": [{"UserName": "alice", "Arn": "arn:aws:iam::111122223333:user/alice"}],
		"GroupDetailList": [{"GroupName": "admins", "Arn": "arn:aws:iam::111122223333:group/admins", "AttachedManagedPolicies":
			[{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}],
		"RoleDetailList": [{"RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app", "AssumeRolePolicyDocument": ` + planTrust + `}]}`
	o := policytest.Options{Now: now, Open: func(path string) ([]byte, error) {
		return []byte(map[string]string{"plan.json": plan, "dump.json": dump}[path]), nil
	}}
	const tests = "allow: [{principal: role/app, action: 's3:GetObject'}, {principal: alice, action: 'iam:CreateUser'}]"
	r, err := runText(t.Context(), "state: [dump.json, plan.json]\n"+tests, o)
	if err != nil || r.Failed > 0 {
		t.Error(err, r)
	}
}

// What is not read from a plan is told.
func TestPlansWarn(t *testing.T) {
	t.Parallel()
	_, warnings, err := runPlan(t, aPlan(resource("aws_iam_user", "alice", `"name": "alice"`)+","+
		resource("aws_organizations_policy", "guard", `"content": "{}"`)+","+resource("aws_sqs_queue_policy", "q", `"policy": "{}"`), ""),
		"deny: [{principal: alice, action: 's3:GetObject'}]")
	if err != nil || len(warnings) != 2 || !strings.Contains(warnings[0], "aws_organizations_policy.guard is left out") ||
		!strings.Contains(warnings[1], "aws_sqs_queue_policy.q is left out") {
		t.Error(err, warnings)
	}
}

// FuzzPlan reads anything as a plan.
func FuzzPlan(f *testing.F) {
	a, err := txtar.ParseFile(filepath.Join("testdata", "run", "plan.txt"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file(a, "plan.json"))
	f.Add(aPlan(resource("aws_iam_user", "alice", `"name": "alice"`), `{"type": "aws_iam_user", "name": "alice", "expressions": {"permissions_boundary": {}}}`))
	f.Fuzz(func(t *testing.T, plan string) {
		if len(plan) > 20_000 {
			return
		}
		r, _, err := runPlan(t, plan, "nobody-but: [{principal: [], action: 's3:GetObject'}]")
		if err == nil && len(r.Rows) != 1 {
			t.Errorf("%d rows", len(r.Rows))
		}
	})
}
