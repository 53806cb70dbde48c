package lint_test

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

const gitHub = "token.actions.githubusercontent.com"

// oidc is the principal of an identity provider.
func oidc(issuer string) string {
	return `{"Federated": "arn:aws:iam::111122223333:oidc-provider/` + issuer + `"}`
}

// trusting is a trust policy that lets the principal in with a web identity.
func trusting(principal, condition string) string {
	return calling("sts:AssumeRoleWithWebIdentity", principal, condition)
}

// calling is a trust policy that lets the principal call the action.
func calling(action, principal, condition string) string {
	return one(`{"Effect": "Allow", "Principal": ` + principal + `, "Action": "` + action + `", "Condition": {` + condition + `}}`)
}

// granted is a policy of a bucket that lets the principal read.
func granted(principal, condition string) string {
	return one(`{"Effect": "Allow", "Principal": ` + principal +
		`, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", "Condition": {` + condition + `}}`)
}

const (
	user     = `{"AWS": "arn:aws:iam::111122223333:user/anna"}`
	overTLS  = `"Bool": {"aws:SecureTransport": true}`
	fromThis = `"StringEquals": {"aws:SourceAccount": "111122223333"}`
)

var principalPairs = map[lint.Code]pair{
	lint.AllowWithNotPrincipal: {
		kind: evaluator.Resource, document: strings.Replace(granted(user, overTLS), "Principal", "NotPrincipal", 1),
		wrong: `NotPrincipal`, right: `Principal`,
	},
	lint.FederatedPrincipalNotSupported: {
		kind: evaluator.Resource, document: granted(oidc(gitHub), overTLS), wrong: oidc(gitHub), right: user,
	},
	lint.InvalidPrincipalFormat: {
		kind: evaluator.Resource, document: granted(`"arn:aws:iam::111122223333:user/anna"`, overTLS),
		wrong: `"arn:aws:iam::111122223333:user/anna"`, right: user,
	},
	lint.InvalidPrincipalKey: {
		kind: evaluator.Resource, document: granted(strings.Replace(user, `AWS`, `Aws`, 1), overTLS),
		wrong: `Aws`, right: `AWS`,
	},
	lint.InvalidRoleReference: {
		kind: evaluator.Resource, document: granted(`{"AWS": "AROAEXAMPLEEXAMPLE123"}`, overTLS),
		wrong: `AROAEXAMPLEEXAMPLE123`, right: `arn:aws:iam::111122223333:role/app`,
	},
	lint.InvalidServicePrincipalFormat: {
		kind: evaluator.Resource, document: granted(`{"Service": "sns"}`, fromThis), wrong: `"sns"`, right: `"sns.amazonaws.com"`,
	},
	lint.InvalidUserReference: {
		kind: evaluator.Resource, document: granted(`{"AWS": "AIDAEXAMPLEEXAMPLE123"}`, overTLS),
		wrong: `AIDAEXAMPLEEXAMPLE123`, right: `arn:aws:iam::111122223333:user/anna`,
	},
	lint.RecommendedConditionKeyForServicePrincipal: {
		kind: evaluator.Resource, document: granted(`{"Service": "ses.amazonaws.com"}`, `"StringEquals": {"aws:Referer": "111122223333"}`),
		wrong: `aws:Referer`, right: `aws:SourceAccount`,
	},
	lint.RestrictAccessToServicePrincipal: {
		kind: evaluator.Resource, document: granted(`{"Service": "sns.amazonaws.com"}`, overTLS), wrong: overTLS, right: fromThis,
	},
	lint.UnsupportedConditionKeyForServicePrincipal: {
		kind: evaluator.Resource, document: granted(`{"Service": "sns.amazonaws.com"}`, `"StringEquals": {"aws:PrincipalOrgID": "o-example"}`),
		wrong: `aws:PrincipalOrgID`, right: `aws:SourceOrgID`,
	},
	lint.UnsupportedPrincipal: {
		document: one(put(`{`, `{"Principal": "*", `)), wrong: `"Principal": "*", `, right: ``,
	},
	lint.UnsupportedWildcardInPrincipal: {
		kind: evaluator.Resource, document: granted(`{"AWS": "arn:aws:iam::111122223333:user/*"}`, overTLS), wrong: `user/*`, right: `user/anna`,
	},
}

const repository = "repo:example/app:ref:refs/heads/main"

// subject is a condition on the subject of GitHub's tokens.
func subject(text string) string { return `"StringLike": {"` + gitHub + `:sub": "` + text + `"}` }

var trustPairs = map[lint.Code]pair{
	lint.InvalidFederatedPrincipalSyntaxInRoleTrustPolicy: {
		kind: evaluator.Trust, document: trusting(`{"Federated": "github"}`, overTLS), wrong: `github`, right: gitHub,
	},
	lint.MismatchedActionForPrincipal: {
		kind: evaluator.Trust, document: calling("sts:AssumeRoleWithSAML", oidc(gitHub), subject(repository)),
		wrong: `WithSAML`, right: `WithWebIdentity`,
	},
	lint.MissingActionForConditionKey: {
		kind: evaluator.Trust, document: calling("sts:AssumeRole", user, `"StringEquals": {"sts:SourceIdentity": "anna"}`),
		wrong: `"sts:AssumeRole"`, right: `["sts:AssumeRole", "sts:SetSourceIdentity"]`,
	},
	lint.MissingActionForRolesAnywhereTrustPolicy: {
		kind: evaluator.Trust, document: calling("sts:AssumeRole", `{"Service": "rolesanywhere.amazonaws.com"}`, fromThis),
		wrong: `"sts:AssumeRole"`, right: `["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]`,
	},
	lint.MissingConditionKeyForOIDCPrincipal: {
		kind: evaluator.Trust, document: trusting(oidc("login.example.com"), overTLS),
		wrong: overTLS, right: `"StringEquals": {"login.example.com:sub": "app"}`,
	},
	lint.MissingGitHubRepoConditionKey: {
		kind: evaluator.Trust, document: trusting(oidc(gitHub), `"StringEquals": {"`+gitHub+`:aud": "sts.amazonaws.com"}`),
		wrong: `"StringEquals"`, right: subject(repository) + `, "StringEquals"`,
	},
	lint.RedundantPrincipalInRoleTrustPolicy: {
		kind: evaluator.Trust,
		document: calling("sts:AssumeRole",
			`{"AWS": ["arn:aws:iam::111122223333:role/app", "arn:aws:sts::111122223333:assumed-role/app/one"]}`, overTLS),
		wrong: `, "arn:aws:sts::111122223333:assumed-role/app/one"`, right: ``,
	},
	lint.RoleTrustPolicySyntaxErrorNotPrincipal: {
		kind: evaluator.Trust, document: strings.Replace(calling("sts:AssumeRole", user, overTLS), "Principal", "NotPrincipal", 1),
		wrong: `NotPrincipal`, right: `Principal`,
	},
	lint.RoleTrustPolicySyntaxErrorResource: {
		kind:     evaluator.Trust,
		document: strings.Replace(calling("sts:AssumeRole", user, overTLS), `"Action"`, `"Resource": "*", "Action"`, 1),
		wrong:    `"Resource": "*", `, right: ``,
	},
	lint.RoleTrustPolicyUnsupportedWildcardInPrincipal: {
		kind: evaluator.Trust, document: calling("sts:AssumeRole", `"*"`, overTLS), wrong: `"*"`, right: user,
	},
	lint.SpecificGitHubRepoAndBranchRecommended: {
		kind: evaluator.Trust, document: trusting(oidc(gitHub), subject("repo:example/*")), wrong: `repo:example/*`, right: repository,
	},
}

// outside is a resource control policy that denies what the condition says.
func outside(condition string) string {
	return one(`{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {` + condition + `}}`)
}

const (
	fromOthers = `"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-example"}`
	ofService  = `, "Bool": {"aws:PrincipalIsAWSService": true}`
	known      = `, "Null": {"aws:SourceAccount": false}`
)

var organizationPairs = map[lint.Code]pair{
	lint.RCPMissingRelatedPrincipalConditionKey: {
		kind: evaluator.RCP, document: outside(`"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}`), wrong: `"}}}`,
		right: `"}, "BoolIfExists": {"aws:PrincipalIsAWSService": false}}}`,
	},
	lint.RCPMissingRelatedServicePrincipalConditionKey: {
		kind: evaluator.RCP, document: outside(fromOthers + known), wrong: known, right: known + ofService,
	},
	lint.RCPMissingServiceConditionKeyNullCheck: {
		kind: evaluator.RCP, document: outside(fromOthers + ofService), wrong: ofService, right: ofService + known,
	},
	lint.RCPSyntaxErrorAction: {
		kind: evaluator.RCP, document: strings.Replace(outside(overTLS), `s3:*`, `*`, 1),
		wrong: `"*", "R`, right: `"s3:*", "R`,
	},
	lint.RCPSyntaxErrorAllow: {
		kind: evaluator.RCP, document: strings.Replace(outside(overTLS), `Deny`, `Allow`, 1),
		wrong: `Allow`, right: `Deny`,
	},
	lint.RCPSyntaxErrorNotAction: {
		kind: evaluator.RCP, document: strings.Replace(outside(overTLS), `"Ac`, `"NotAc`, 1),
		wrong: `NotAc`, right: `Ac`,
	},
	lint.RCPSyntaxErrorPrincipal: {
		kind: evaluator.RCP, document: strings.Replace(outside(overTLS), `"*"`, user, 1),
		wrong: user, right: `"*"`,
	},
	lint.SCPSyntaxErrorPrincipal: {
		kind: evaluator.SCP, document: one(put(`{`, `{"Principal": "*", `)), wrong: `"Principal": "*", `, right: ``,
	},
}

// long is a document with a string of so many characters.
func long(document string, n int) string {
	return strings.Replace(document, `reports`, strings.Repeat("r", n), 1)
}

var sizePairs = map[lint.Code]pair{
	lint.PolicySizeExceedsIdentityPolicyQuota: {document: long(one(plain), 6144), wrong: strings.Repeat("r", 200), right: ``},
	lint.PolicySizeExceedsRCPQuota: {
		kind: evaluator.RCP, document: long(outside(`"StringEquals": {"aws:userid": "reports"}`), 5120),
		wrong: strings.Repeat("r", 400), right: ``,
	},
	lint.PolicySizeExceedsResourcePolicyQuota: {
		kind: evaluator.Resource, document: long(granted(user, overTLS), 20480), wrong: strings.Repeat("r", 400), right: ``,
	},
	lint.PolicySizeExceedsRoleTrustPolicyQuota: {
		kind: evaluator.Trust, document: long(calling("sts:AssumeRole", user, `"StringEquals": {"aws:userid": "reports"}`), 2048),
		wrong: strings.Repeat("r", 400), right: ``,
	},
	lint.PolicySizeExceedsSCPQuota: {kind: evaluator.SCP, document: long(one(plain), 10240), wrong: strings.Repeat("r", 400), right: ``},
	lint.RedundantStatement: {
		document: one(plain, put(`GetObject`, `Get*`)), wrong: `s3:GetObject`, right: `s3:ListBucket`,
	},
}
