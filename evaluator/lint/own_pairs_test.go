package lint_test

import (
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

var ownPairs = map[lint.Code]pair{
	lint.ActionMatchesNoResource: {
		document: onto("s3:GetObject", "arn:aws:s3:::reports"), wrong: `reports`, right: `reports/*`,
	},
	lint.DeadStatement: {
		document: one(plain, `{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}`), wrong: `"s3:*"`, right: `"s3:Put*"`,
	},
	lint.ConditionNeverMatches: {
		document: if3(`"Null": {"aws:PrincipalTag/team": true}, "StringEquals": {"aws:PrincipalTag/team": "a"}`),
		wrong:    `"Null": {"aws:PrincipalTag/team": true}, `, right: ``,
	},
	lint.ConditionAlwaysMatches: {
		document: if3(`"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}`), wrong: `, "0.0.0.0/0"`, right: ``,
	},
	lint.ForAllValuesAbsentKey: {
		kind: evaluator.Resource, document: granted(`"*"`, `"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-example/*"}`),
		wrong: `"For`, right: `"Null": {"aws:PrincipalOrgPaths": false}, "For`,
	},
	lint.LiteralDollar: {document: one(put(`*`, `$aws:username/*`)), wrong: `$aws:username`, right: `${aws:username}`},
	lint.BoolKeyAbsent: {
		document: when("Deny", `"s3:GetObject"`, `"Bool": {"aws:MultiFactorAuthPresent": false}`), wrong: `Bool`, right: `BoolIfExists`,
	},
	lint.TrustOpenToWorld: {
		kind: evaluator.Trust, document: calling("sts:AssumeRole", `{"AWS": "*"}`, overTLS),
		wrong: overTLS, right: `"StringEquals": {"aws:PrincipalOrgID": "o-example"}`,
	},
	lint.TrustEveryRepository: {
		kind: evaluator.Trust, document: trusting(oidc(gitHub), subject("repo:*")), wrong: `repo:*`, right: `repo:example/*`,
	},
	lint.TrustAccountWithoutExternalID: {
		kind: evaluator.Trust, document: calling("sts:AssumeRole", `{"AWS": "arn:aws:iam::111122223333:root"}`, overTLS),
		wrong: overTLS, right: `"StringEquals": {"sts:ExternalId": "example"}`,
	},
	lint.EscalationByPolicy: {document: granting(`"Action": "iam:Put*"`, anything), wrong: `Put*`, right: `List*`},
	lint.EscalationByTrust:  {document: granting(`"Action": "iam:Update*"`, anything), wrong: anything, right: oneRole},
	lint.AllowNotAction:     {document: granting(notS3, anything), wrong: `"NotAction"`, right: `"Action"`},
	lint.AllowNotResource:   {document: granting(passRole, someRole), wrong: `NotResource`, right: `Resource`},
	lint.WorldReaches: {
		kind: evaluator.Resource, document: granted(`"*"`, overTLS), wrong: overTLS, right: `"StringEquals": {"aws:PrincipalOrgID": "o-example"}`,
	},
}
