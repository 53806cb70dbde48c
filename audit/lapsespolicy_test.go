package audit_test

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/events"
)

// stating is a document of statements, each without its braces.
func stating(statements ...string) string {
	return `'{"Version":"2012-10-17","Statement":[{` + strings.Join(statements, "},{") + `}]}'`
}

// having is a user with a policy of its own, in a seed.
func having(document string) string {
	return "users: [{name: ana, inline: {own: " + document + "}}]"
}

// limited is a user with a policy of its own and a permissions boundary, in a seed.
func limited(boundary string) string {
	return "users: [{name: ana, boundary: b, inline: {own: " + allowing("Allow", "s3:GetObject") + "}}]\n" +
		"policies: [{name: b, document: " + allowing("Allow", boundary) + "}]"
}

func lapsesOfPolicies() []lapse {
	const versions = `[{id: v1, document: %s}, {id: v2, default: true, document: %s}]`
	rollback := func(old, who string) string {
		return fmt.Sprintf("policies: [{name: p, lastVersion: 2, versions: "+versions+"}]\nusers: [{name: ana, policies: [p], inline: {own: %s}}]",
			allowing("Allow", old), allowing("Allow", "s3:GetObject"), who)
	}
	const mayMake = `"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy"],"Resource":"arn:aws:iam::111122223333:role/app/*"`
	bounded := mayMake + `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/limit"}}`
	return []lapse{
		{id: "admin-policy", principal: "user/ana", resource: "AdministratorAccess",
			bad:  "users: [{name: ana, policies: [AdministratorAccess]}]",
			good: "users: [{name: ana, policies: [PowerUserAccess]}]"},
		{id: "admin-policy", name: "inline", principal: "user/ana", bad: having(allowing("Allow", "*:*")),
			good: having(allowing("Allow", "s3:*"))},
		{id: "near-admin", principal: "user/ana",
			bad: having(stating(`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`)), advised: true,
			good: having(stating(`"Effect":"Deny","NotAction":"iam:*","Resource":"*"`))},
		{id: "near-admin", name: "by resource", principal: "user/ana",
			bad:  having(stating(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"`)),
			good: having(allowing("Allow", "*")), advised: true},
		{id: "service-wildcard", principal: "user/ana", bad: having(allowing("Allow", "kms:*")),
			good:    having(allowing("Allow", "kms:List*")),
			advised: true, evidence: "kms:*"},
		{id: "service-wildcard", name: "managed", resource: "policy/p",
			bad:  "policies: [{name: p, document: " + allowing("Allow", "kms:*") + "}]",
			good: "policies: [{name: p, document: " + allowing("Deny", "kms:*") + "}]", advised: true},
		{id: "marketplace", principal: "user/ana", bad: having(allowing("Allow", "aws-marketplace:*")),
			good:    having(allowing("Allow", "aws-marketplace:List*")),
			advised: true},
		{id: "assume-any", principal: "user/ana", bad: having(allowing("Allow", "sts:AssumeRole")), advised: true,
			good: having(stating(`"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/app-*"`))},
		{id: "cloudshell", principal: "group/g", resource: "AWSCloudShellFullAccess",
			bad:  "groups: [{name: g, policies: [AWSCloudShellFullAccess]}]",
			good: "groups: [{name: g, policies: [SecurityAudit]}]"},
		{id: "policy-unattached", resource: "policy/p", bad: "policies: [{name: p, document: " + allowing("Allow", "s3:GetObject") + "}]",
			good: "policies: [{name: p, document: " + allowing("Allow", "s3:GetObject") + "}]\nusers: [{name: ana, boundary: p}]"},
		{id: "policy-rollback", principal: "user/ana", resource: "policy/p",
			bad:  rollback("s3:*", allowing("Allow", "iam:SetDefaultPolicyVersion")),
			good: rollback("s3:*", allowing("Allow", "iam:GetPolicyVersion")), evidence: "v1 allows s3:"},
		{id: "policy-rollback", name: "to less", principal: "user/ana", resource: "policy/p",
			bad:  rollback("s3:*", stating(`"Effect":"Allow","Action":"iam:Set*","Resource":"arn:aws:iam::111122223333:policy/p"`)),
			good: rollback("s3:GetObject", allowing("Allow", "iam:SetDefaultPolicyVersion"))},
		{id: "policy-rollback", name: "of another policy", principal: "user/ana", resource: "policy/p",
			bad:  rollback("s3:*", stating(`"Effect":"Allow","NotAction":"iam:Get*","NotResource":"arn:aws:iam::111122223333:policy/q"`)),
			good: rollback("s3:*", stating(`"Effect":"Allow","Action":"iam:Set*","Resource":"arn:aws:iam::111122223333:policy/q"`))},
		{id: "duplicate-policy", resource: "policy/q", bad: "policies: [{name: p, document: " + allowing("Allow", "s3:GetObject") + "}, " +
			`{name: q, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Resource: "*", Action: "s3:GetObject"}]}}]` +
			"\ngroups: [{name: g, policies: [q]}]\nusers: [{name: ana, policies: [p, q]}, {name: bob, boundary: q}]",
			evidence: "say the same",
			good:     "policies: [{name: p, document: " + allowing("Allow", "s3:GetObject") + "}, {name: q, document: " + allowing("Allow", "s3:PutObject") + "}]"},
		{id: "boundary-missing", principal: "user/ana", bad: having(stating(mayMake)),
			good: having(stating(bounded)), evidence: "iam:CreateRole"},
		{id: "boundary-missing", name: "of a role that makes users", principal: "role/r",
			bad:  role(closed, allowing("Allow", "iam:*User*")),
			good: role(closed, allowing("Allow", "iam:CreateUser"))},
		{id: "boundary-missing", name: "where rights are on others", principal: "user/ana", bad: having(stating(mayMake)),
			good: having(stating(`"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/app/*"`,
				`"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"arn:aws:iam::111122223333:role/old"`))},
		{id: "never-effective", name: "by a boundary", principal: "user/ana", evidence: "permissions boundary",
			bad: limited("ec2:*"), good: limited("s3:*")},
		{id: "never-effective", name: "by an SCP", principal: "user/ana", evidence: "account 111122223333",
			bad:  ofMember("NoS3", having(allowing("Allow", "s3:GetObject"))),
			good: ofMember("NoUsers", having(allowing("Allow", "s3:GetObject")))},
		{id: "deny-never-matches", principal: "user/ana", advised: true,
			bad:  having(stating(`"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)),
			good: having(stating(`"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`))},
		{id: "lint:PASS_ROLE_WITH_STAR_IN_RESOURCE", principal: "user/ana", bad: having(allowing("Allow", "iam:PassRole")), advised: true,
			good: having(stating(`"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/app"`))},
	}
}

// role is a role that is in use, in a seed.
func role(trust, policy string) string {
	return "roles: [{name: r, createDate: 2026-01-01T00:00:00Z, lastUsed: {date: 2026-11-30T00:00:00Z}, unknownPrincipals: true, trust: " +
		trust + ", inline: {own: " + policy + "}}]"
}

// trusting is a role that a statement lets in to.
func trusting(statement string) string {
	return role(stating(`"Effect":"Allow",`+statement), allowing("Allow", "s3:GetObject"))
}

// named are two accounts: a role of the first lets in a user of each, and whom a statement does.
func named(statement string) string {
	trust := stating(`"Effect":"Allow",`+statement,
		`"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/ana","arn:aws:iam::444455556666:user/eve"]},"Action":"sts:AssumeRole"`)
	return "accounts:\n- {id: \"444455556666\", users: [{name: eve}]}\n- {id: \"" + account + "\", users: [{name: ana}], roles: [{name: r, trust: " +
		trust + "}]}\n"
}

func lapsesOfTrust() []lapse {
	const gitHub = `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity"`
	const issuer = `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/idp.example"},"Action":"sts:AssumeRoleWithWebIdentity"`
	const saml = `"Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML"`
	const google = `"Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity"`
	const other = `"Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"sts:AssumeRole"`
	const all = `"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`
	const lambda = `"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"`
	when := func(statement, operator, key, value string) string {
		return trusting(fmt.Sprintf(`%s,"Condition":{"%s":{"%s":"%s"}}`, statement, operator, key, value))
	}
	readers := func(trust string) string {
		return "roles: [{name: r, policies: [ReadOnlyAccess], unknownPrincipals: true, trust: " + stating(`"Effect":"Allow",`+trust) + "}]"
	}
	const r = "role/r"
	return []lapse{
		{id: "trust-world", principal: r, bad: trusting(all), good: when(all, "StringEquals", "aws:PrincipalOrgID", "o-1234567890")},
		{id: "trust-world", name: "by a condition that holds without its key", principal: r,
			good: when(all, "StringEquals", "sts:ExternalId", "x1"),
			bad:  when(all, "StringEqualsIfExists", "aws:PrincipalOrgID", "o-1234567890")},
		{id: "trust-world", name: "beside principals that are stored by their IDs", principal: r, bad: named(all), good: named(lambda)},
		{id: "trust-external-id", name: "of a user that is stored by its ID", principal: r, bad: named(lambda), good: trusting(lambda), advised: true},
		{id: "trust-external-id", principal: r, bad: trusting(other),
			good: when(other, "StringEquals", "sts:ExternalId", "x1"), advised: true},
		{id: "trust-external-id", name: "of the own account", principal: r, bad: trusting(other), advised: true,
			good: trusting(strings.ReplaceAll(other, "444455556666", account))},
		{id: "trust-no-subject", principal: r, bad: when(issuer, "StringEquals", "idp.example:aud", "app"),
			good: when(issuer, "StringLike", "idp.example:sub", "ci-*"), advised: true},
		{id: "trust-no-subject", name: "of a pool", principal: r, bad: when(issuer, "StringEquals", "idp.example:aud", "app"),
			good: when(google, "StringEquals", "accounts.google.com:aud", "app"), advised: true},
		{id: "trust-no-audience", principal: r, bad: trusting(saml), advised: true,
			good: when(saml, "StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml")},
		{id: "confused-deputy", principal: r, bad: trusting(lambda), good: when(lambda, "StringEquals", "aws:SourceAccount", account)},
		{id: "confused-deputy", name: "of EC2", principal: r, bad: when(lambda, "Bool", "aws:SecureTransport", "true"),
			good: trusting(strings.ReplaceAll(lambda, "lambda", "ec2"))},
		{id: "cross-account-readonly", principal: r, resource: "ReadOnlyAccess", bad: readers(other), good: readers(lambda)},
		{id: "lint:UNDERSTUDY_TRUST_EVERY_GITHUB_REPOSITORY", principal: r, advised: true,
			bad:  when(gitHub, "StringLike", "token.actions.githubusercontent.com:sub", "repo:*"),
			good: when(gitHub, "StringLike", "token.actions.githubusercontent.com:sub", "repo:example/app:*")},
	}
}

func lapsesOfUse() []lapse {
	called := func(since int, names ...string) func(*audit.Options) {
		return func(o *audit.Options) {
			o.Since = ago(since)
			for _, name := range names {
				r := &events.Record{EventTime: ago(1), EventSource: "s3.amazonaws.com", EventName: name, RecipientAccountID: account}
				r.UserIdentity = ana
				o.Calls = append(o.Calls, r)
			}
		}
	}
	old := "users: [{name: ana, createDate: 2026-01-01T00:00:00Z, inline: {own: " +
		stating(`"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","sqs:*"],"Resource":"*"`) + "}}]"
	return []lapse{
		{id: "role-unused", principal: "role/r", evidence: "never used",
			bad: strings.Replace(role(closed, allowing("Allow", "s3:GetObject")), "lastUsed: {date: 2026-11-30T00:00:00Z}, ", "policies: [ReadOnlyAccess], ", 1) +
				"\ninstanceProfiles: [{name: box, role: r}]", good: role(closed, allowing("Allow", "s3:GetObject"))},
		{id: "stale-service", principal: "user/ana", evidence: "sqs is allowed", bad: old, good: old, advised: true,
			change: called(90, "GetObject"), kept: called(89, "GetObject")},
		{id: "stale-service", name: "of a new user", principal: "user/ana", bad: old, advised: true, change: called(100, "GetObject"),
			good: strings.Replace(old, "2026-01-01", "2026-10-01", 1)},
		{id: "stale-action", principal: "user/ana", evidence: "s3:putobject is allowed", bad: old, good: old, advised: true,
			change: called(90, "GetObject"), kept: called(90, "GetObject", "PutObject")},
	}
}
