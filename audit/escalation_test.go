package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/audit"
)

// An escape is a way of eve, a user or role, to become an administrator.
type escape struct {
	id      string
	actions string // that she may call, on everything
	role    bool   // eve is a role
	state   string // what else eve has or is in, as members of a seed
	more    string // further members of the account
}

const (
	boss       = `users: [{name: boss, policies: [AdministratorAccess]`
	bare       = `users: [{name: bare}]`
	open       = `{Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}]}`
	closed     = `{Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: glue.amazonaws.com}, Action: "sts:AssumeRole"}]}`
	ownPolicy  = `policies: [{name: own, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}]`
	twoKeys    = `, accessKeys: [{secret: one}, {secret: two}]`
	password   = `, loginProfile: {password: "a-Long-passw0rd!"}`
	olderAdmin = `policies: [{name: own, versions: [` +
		`{id: v1, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}, ` +
		`{id: v2, default: true, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}]}]`
)

func escapes() []escape {
	list := []escape{
		{id: "iam-001", actions: "iam:CreatePolicyVersion", state: "policies: [own]", more: ownPolicy},
		{id: "iam-002", actions: "iam:CreateAccessKey", more: boss + `}]`},
		{id: "iam-003", actions: "iam:CreateAccessKey iam:DeleteAccessKey", more: boss + twoKeys + `}]`},
		{id: "iam-004", actions: "iam:CreateLoginProfile", more: boss + `}]`},
		{id: "iam-005", actions: "iam:PutRolePolicy", role: true},
		{id: "iam-006", actions: "iam:UpdateLoginProfile", more: boss + password + `}]`},
		{id: "iam-007", actions: "iam:PutUserPolicy"},
		{id: "iam-008", actions: "iam:AttachUserPolicy"},
		{id: "iam-009", actions: "iam:AttachRolePolicy", role: true},
		{id: "iam-010", actions: "iam:AttachGroupPolicy", state: "groups: [team]", more: `groups: [{name: team}]`},
		{id: "iam-011", actions: "iam:PutGroupPolicy", state: "groups: [team]", more: `groups: [{name: team}]`},
		{id: "iam-012", actions: "iam:UpdateAssumeRolePolicy", more: `roles: [{name: top, trust: ` + closed + `, policies: [AdministratorAccess]}]`},
		{id: "iam-013", actions: "iam:AddUserToGroup", more: `groups: [{name: admins, policies: [AdministratorAccess]}]`},
		{id: "iam-014", actions: "iam:AttachRolePolicy sts:AssumeRole", more: `roles: [{name: low, trust: ` + open + `}]`},
		{id: "iam-015", actions: "iam:AttachUserPolicy iam:CreateAccessKey", more: bare},
		{id: "iam-016", actions: "iam:CreatePolicyVersion sts:AssumeRole",
			more: ownPolicy + "\n    " + `roles: [{name: low, policies: [own], trust: ` + open + `}]`},
		{id: "iam-017", actions: "iam:PutRolePolicy sts:AssumeRole", more: `roles: [{name: low, trust: ` + open + `}]`},
		{id: "iam-018", actions: "iam:PutUserPolicy iam:CreateAccessKey", more: bare},
		{id: "iam-019", actions: "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy", more: `roles: [{name: low, trust: ` + closed + `}]`},
		{id: "iam-020", actions: "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy",
			more: ownPolicy + "\n    " + `roles: [{name: low, policies: [own], trust: ` + closed + `}]`},
		{id: "iam-021", actions: "iam:PutRolePolicy iam:UpdateAssumeRolePolicy", more: `roles: [{name: low, trust: ` + closed + `}]`},
		{id: "own-default-version", actions: "iam:SetDefaultPolicyVersion", state: "policies: [own]", more: olderAdmin},
		{id: "sts-001", actions: "sts:AssumeRole", more: `roles: [{name: top, policies: [AdministratorAccess], trust: ` + open + `}]`},
	}
	for _, m := range audit.Passing() {
		list = append(list, escape{
			id: m.ID, actions: strings.Join(m.Actions, " "),
			more: `roles: [{name: top, policies: [AdministratorAccess], trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ` +
				m.Services[0] + `}, Action: "sts:AssumeRole"}]}}]`,
		})
	}
	return list
}

// how eve's rights are written.
type written struct {
	allow    string // further members of the statement that allows
	deny     bool   // a statement denies the first of the actions
	boundary bool   // and a boundary does not allow it
	scp      bool   // and an SCP denies it
}

func (e *escape) seed(w written) string {
	actions, _ := json.Marshal(strings.Fields(e.actions))
	first := strings.Fields(e.actions)[0]
	statement := fmt.Sprintf(`{"Effect":"Allow","Action":%s,"Resource":"*"%s}`, actions, w.allow)
	if w.deny {
		statement += fmt.Sprintf(`,{"Effect":"Deny","Action":%q,"Resource":"*"}`, first)
	}
	members := []string{"name: eve", `inline: {rights: '{"Version":"2012-10-17","Statement":[` + statement + `]}'}`}
	if e.state != "" {
		members = append(members, e.state)
	}
	if e.role {
		members = append(members, "trust: "+closed)
	}
	policies := []string{}
	if w.boundary {
		members = append(members, "boundary: edge")
		policies = append(policies, fmt.Sprintf(`{name: edge, document: {Version: 2012-10-17, Statement: [{Effect: Allow, NotAction: %q, Resource: "*"}]}}`, first))
	}
	kind := "users"
	if e.role {
		kind = "roles"
	}
	account := map[string][]string{kind: {"{" + strings.Join(members, ", ") + "}"}, "policies": policies}
	for _, line := range strings.Split(e.more, "\n    ") {
		if key, list, ok := strings.Cut(line, ": "); ok && strings.HasPrefix(list, "[") {
			account[key] = append(account[key], strings.TrimSuffix(strings.TrimPrefix(list, "["), "]"))
		}
	}
	var b strings.Builder
	b.WriteString("accounts:\n  - id: \"111122223333\"\n")
	for _, key := range []string{"policies", "groups", "users", "roles"} {
		if len(account[key]) > 0 {
			fmt.Fprintf(&b, "    %s: [%s]\n", key, strings.Join(account[key], ", "))
		}
	}
	if w.scp {
		fmt.Fprintf(&b, "organization: {management: \"999900001111\", policies: [{name: No, type: SCP, document: {Version: 2012-10-17, "+
			"Statement: [{Effect: Deny, Action: %q, Resource: \"*\"}]}}], root: {policies: [No], accounts: [\"111122223333\"]}}\n", first)
	}
	return b.String()
}

func (e *escape) eve() string {
	if e.role {
		return ":role/eve"
	}
	return ":user/eve"
}

// Each known way is found, and is not found where anything stops it.
func TestEscalations(t *testing.T) {
	t.Parallel()
	const condition = `,"Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`
	for _, e := range escapes() {
		t.Run(e.id, func(t *testing.T) {
			t.Parallel()
			f := finding(newWorld(t, e.seed(written{})).audit(t), e.id, e.eve())
			if f == nil {
				t.Fatal("it is not found")
			}
			if f.Severity != audit.Critical || len(f.Evidence) == 0 || f.Evidence[0].Line != 1 || len(f.Fix) != 1 {
				t.Errorf("it is told as %+v", f)
			}
			for name, w := range map[string]written{
				"a denial": {deny: true}, "a boundary": {boundary: true}, "a condition": {allow: condition}, "an SCP": {scp: true},
			} {
				r := newWorld(t, e.seed(w)).audit(t)
				if ids := of(r, e.eve()); slices.Contains(ids, e.id) {
					t.Errorf("behind %s it is found: %v", name, ids)
				}
			}
		})
	}
}
