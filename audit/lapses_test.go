package audit_test

import (
	"testing"
	"time"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
)

// ana is who calls.
var ana = events.Identity{Type: "IAMUser", ARN: "arn:aws:iam::" + account + ":user/ana", AccountID: account}

func put[R any](table *persistence.Table[R], record *R) func(testing.TB, persistence.Tx) {
	return func(t testing.TB, tx persistence.Tx) {
		if err := table.Put(tx, account, record); err != nil {
			t.Fatal(err)
		}
	}
}

func ago(days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }

func certificate(expires time.Time) func(testing.TB, persistence.Tx) {
	return put(persistence.ServerCertificates, &persistence.ServerCertificate{Name: "web", Path: "/", ID: "ASCA1", Expiration: expires})
}

func lapsesOfRoot() []lapse {
	const rootKey = "AKIA000000000000ROOT"
	const virtual = "mfaDevices: [{name: phone, root: true}]"
	const strict = "passwordPolicy: {minimumPasswordLength: 14, passwordReusePrevention: 24, maxPasswordAge: 90, " +
		"requireSymbols: true, requireNumbers: true, requireUppercaseCharacters: true, requireLowercaseCharacters: true}"
	return []lapse{
		{id: "root-access-key", resource: rootKey, evidence: "active and 10 days old", spoil: put(persistence.AccessKeys,
			&persistence.AccessKey{ID: rootKey, UserID: account, CreateDate: ago(10)})},
		{id: "root-mfa", good: virtual, advised: true},
		{id: "root-mfa", name: "without a password", good: "root: {password: false}", advised: true},
		{id: "root-hardware-mfa", resource: "mfa/phone", bad: virtual,
			good: "mfaDevices: [{serial: GAHT12345678, root: true}]", advised: true},
		{id: "root-used", advised: true, evidence: "iam:ListUsers", spoil: put(persistence.Accesses,
			&persistence.Access{EntityID: account, Service: "iam", Action: "ListUsers", Time: ago(29)}), mend: put(persistence.Accesses,
			&persistence.Access{EntityID: account, Service: "iam", Action: "ListUsers", Time: ago(31)})},
		{id: "password-length", bad: "passwordPolicy: {minimumPasswordLength: 13}", good: strict, evidence: "13"},
		{id: "password-length", name: "without a policy", good: strict, evidence: "no password policy"},
		{id: "password-reuse", bad: "passwordPolicy: {minimumPasswordLength: 14, passwordReusePrevention: 23}",
			good: strict, evidence: "23"},
		{id: "password-classes", bad: "passwordPolicy: {minimumPasswordLength: 14, requireSymbols: true, requireNumbers: true}",
			good:     strict,
			evidence: "without upper-case letters, lower-case letters"},
		{id: "password-expiry", bad: "passwordPolicy: {minimumPasswordLength: 20, maxPasswordAge: 91, hardExpiry: true}",
			good: strict, evidence: "91"},
		{id: "expired-certificate", resource: "server-certificate/web", evidence: "2026-11-30",
			spoil: certificate(ago(1)),
			mend:  certificate(ago(-1))},
		{id: "support-role", resource: "AWSSupportAccess", good: "groups: [{name: help, policies: [AWSSupportAccess]}]"},
		{id: "audit-role", resource: "SecurityAudit", good: "users: [{name: ana, policies: [SecurityAudit]}]"},
		{id: "federation",
			bad: "users: [{name: ana, loginProfile: {password: aB3-aB3-aB3-aB3}}]", advised: true, evidence: "1 users have a password",
			good: "users: [{name: ana, loginProfile: {password: aB3-aB3-aB3-aB3}}]\noidcProviders: [{url: https://idp.example, clientIds: [a], thumbprints: [6938fd4d98bab03faadb97b34396831e3780aea1]}]"},
		{id: "untagged", bad: "users: [{name: ana}]",
			good: "users: [{name: ana, tags: {team: red}}]", advised: true, evidence: "user/ana has no tags"},
		{id: "central-root", bad: organization("", ""), good: organization("rootFeatures: [RootCredentialsManagement]", "")},
		{id: "guardrails", bad: ofMember(""), good: ofMember("NoUsers"), advised: true},
	}
}

// organization is one of which the account is the management account.
func organization(more, policies string) string {
	return `accounts: [{id: "` + account + `"}]
organization:
  management: "` + account + `"
  trustedAccess: "true"
  ` + more + `
  policies: [{name: NoUsers, type: SCP, document: ` + allowing("Deny", "iam:CreateUser") + `}]
  root: {policies: [` + policies + `], accounts: ["999900001111"]}
`
}

// ofMember is one of which the account is a member, to which the policies are attached.
func ofMember(policies string, more ...string) string {
	text := "accounts:\n- id: \"" + account + "\"\n"
	for _, m := range more {
		text += "  " + m + "\n"
	}
	return text + `organization:
  management: "999900001111"
  policies:
  - {name: NoUsers, type: SCP, document: ` + allowing("Deny", "iam:CreateUser") + `}
  - {name: NoS3, type: SCP, document: ` + allowing("Deny", "s3:*") + `}
  root: {accounts: [{id: "` + account + `", policies: [` + policies + `]}]}
`
}

// allowing is a document of one statement on everything.
func allowing(effect, action string) string {
	return `'{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Action":"` + action + `","Resource":"*"}]}'`
}

func lapsesOfCredentials() []lapse {
	const password = "loginProfile: {password: aB3-aB3-aB3-aB3, changeDate: 2026-11-20T00:00:00Z}"
	user := func(members string) string {
		return "users:\n- {name: ana, createDate: 2026-01-01T00:00:00Z, " + members + "}"
	}
	const secret = "secret: local-secret"
	const used = "lastUsed: {date: 2026-11-30T00:00:00Z, service: "
	shared := func(first, other, last string) func(*audit.Options) {
		return func(o *audit.Options) {
			for i, from := range []string{first, other, last} {
				r := &events.Record{EventTime: now.Add(time.Duration(i-5) * time.Minute), SourceIPAddress: from, UserAgent: "aws-cli/2 x"}
				if from == other {
					r.UserAgent = "Boto3/1"
				}
				r.UserIdentity = ana
				r.UserIdentity.AccessKeyID = "AKIA1"
				o.Calls = append(o.Calls, r)
			}
		}
	}
	return []lapse{
		{id: "console-mfa", principal: "user/ana", bad: user(password), advised: true,
			good: user(password) + "\nmfaDevices: [{name: phone, user: ana}]"},
		{id: "hardware-mfa-user", principal: "user/ana", resource: "mfa/phone",
			bad:  user(password) + "\nmfaDevices: [{name: phone, user: ana}]",
			good: user(password) + "\nmfaDevices: [{serial: GAHT12345678, user: ana}]", advised: true},
		{id: "initial-key", principal: "user/ana",
			bad:  user(password + ", accessKeys: [{" + secret + ", createDate: 2026-01-01T00:00:00Z}]"),
			good: user(password + ", accessKeys: [{" + secret + ", createDate: 2026-01-01T00:02:00Z}]"), evidence: "never used"},
		{id: "key-age-90", principal: "user/ana", bad: user("accessKeys: [{" + secret + ", createDate: 2026-09-01T12:00:00Z}]"),
			good: user("accessKeys: [{" + secret + ", createDate: 2026-09-03T12:00:00Z}]"), evidence: "91 days old"},
		{id: "key-age-90", name: "of two", principal: "user/ana", evidence: "active and 91 days old",
			bad:  user("accessKeys: [{" + secret + ", createDate: 2026-09-01T12:00:00Z}, {" + secret + ", createDate: 2026-11-01T12:00:00Z}]"),
			good: user("accessKeys: [{" + secret + ", createDate: 2026-09-01T12:00:00Z, status: Inactive}]")},
		{id: "long-lived-key-use", principal: "user/ana", bad: user("accessKeys: [{" + secret + ", " + used + "s3}}]"),
			good: user("accessKeys: [{" + secret + ", " + used + "sts}}]"), advised: true, evidence: "for s3"},
		{id: "two-keys", principal: "user/ana", bad: user("accessKeys: [{" + secret + "}, {" + secret + "}]"),
			good: user("accessKeys: [{" + secret + "}, {" + secret + ", status: Inactive}]")},
		{id: "unused-45", name: "key", principal: "user/ana", bad: user("accessKeys: [{" + secret + ", createDate: 2026-10-01T00:00:00Z}]"),
			good: user("accessKeys: [{" + secret + ", createDate: 2026-10-01T00:00:00Z, " + used + "iam}}]"), evidence: "never used"},
		{id: "unused-45", name: "password", principal: "user/ana", evidence: "since it was set on 2026-10-01",
			bad: user("loginProfile: {password: aB3-aB3-aB3-aB3, changeDate: 2026-10-01T00:00:00Z}"), good: user(password)},
		{id: "admin-mfa", principal: "user/ana",
			bad: user("policies: [AdministratorAccess], accessKeys: [{" + secret + "}]"), advised: true,
			good: user("policies: [AdministratorAccess], accessKeys: [{"+secret+"}]") + "\nmfaDevices: [{name: phone, user: ana}]"},
		{id: "admin-mfa", name: "with a boundary", principal: "user/ana",
			bad: user("policies: [AdministratorAccess], accessKeys: [{" + secret + "}]"), advised: true,
			good: user("policies: [AdministratorAccess], accessKeys: [{" + secret + "}], boundary: ReadOnlyAccess")},
		{id: "shared-key", principal: "user/ana", resource: "AKIA1", change: shared("192.0.2.1", "198.51.100.2", "192.0.2.1"),
			bad: user(""), advised: true,
			good: user(""), evidence: "Boto3 from 198.51.100.2", kept: shared("192.0.2.1", "198.51.100.2", "198.51.100.2")},
		{id: "groups-only", name: "attached", principal: "user/ana", resource: "policy/ReadOnlyAccess",
			bad:  user("policies: [ReadOnlyAccess]"),
			good: user("groups: [ReadOnlyAccess]") + "\ngroups: [{name: ReadOnlyAccess, policies: [ReadOnlyAccess]}]"},
		{id: "groups-only", name: "attached, of a group's name", principal: "user/ana", resource: "policy/ReadOnlyAccess",
			bad:  user("policies: [ReadOnlyAccess]") + "\ngroups: [{name: readonlyaccess, policies: [ReadOnlyAccess, IAMFullAccess]}]",
			good: user("")},
		{id: "groups-only", name: "attached, with a group that fits", principal: "user/ana", resource: "policy/ReadOnlyAccess",
			bad:  user("policies: [ReadOnlyAccess]") + "\ngroups: [{name: ReadOnlyAccess, policies: [ReadOnlyAccess]}]",
			good: user("")},
		{id: "groups-only", name: "inline", principal: "user/ana", bad: user("inline: {own: " + allowing("Allow", "s3:GetObject") + "}"),
			good: user("")},
		{id: "duplicate-attachment", principal: "user/ana", resource: "policy/ReadOnlyAccess",
			bad:  user("groups: [readers], policies: [ReadOnlyAccess]") + "\ngroups: [{name: readers, policies: [ReadOnlyAccess]}]",
			good: user("groups: [readers], policies: [ReadOnlyAccess]") + "\ngroups: [{name: readers, policies: [SecurityAudit]}]"},
		{id: "group-empty", principal: "group/readers", bad: "groups: [{name: readers, policies: [ReadOnlyAccess], inline: {own: " +
			allowing("Allow", "s3:GetObject") + "}}]",
			good: user("groups: [readers]") + "\ngroups: [{name: readers, policies: [ReadOnlyAccess]}]"},
		{id: "group-no-policies", principal: "group/readers", bad: user("groups: [readers]") + "\ngroups: [{name: readers}]",
			good: user("groups: [readers]") + "\ngroups: [{name: readers, policies: [ReadOnlyAccess]}]", advised: true},
	}
}
