package lint_test

import (
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// when is a statement of the effect with the condition.
func when(effect, action, condition string) string {
	return one(`{"Effect": "` + effect + `", "Action": ` + action + `, "Resource": "*", "Condition": {` + condition + `}}`)
}

// if3 is a statement that allows s3:GetObject under the condition.
func if3(condition string) string { return when("Allow", `"s3:GetObject"`, condition) }

var conditionPairs = map[lint.Code]pair{
	lint.ConfirmAudienceClaimType: {
		kind: evaluator.Trust, document: trusting(oidc("login.example.com"), `"StringEquals": {"login.example.com:aud": "app"}`),
		wrong: `login.example.com:aud`, right: `login.example.com:sub`,
	},
	lint.DeprecatedGlobalConditionKey: {
		document: if3(`"ArnLike": {"aws:ARN": "arn:aws:iam::111122223333:user/*"}`), wrong: `aws:ARN`, right: `aws:PrincipalArn`,
	},
	lint.DuplicateKeysWithDifferentCase: {
		document: if3(`"StringLike": {"aws:UserAgent": "a*", "aws:useragent": "b*"}`), wrong: `, "aws:useragent": "b*"`, right: ``,
	},
	lint.EmptyArrayCondition: {document: if3(`"StringLike": {"aws:UserAgent": []}`), wrong: `[]`, right: `["a*"]`},
	lint.EmptyArrayConditionForAllValues: {
		document: if3(`"ForAllValues:StringLike": {"aws:TagKeys": []}`), wrong: `[]`, right: `["team"]`,
	},
	lint.EmptyArrayConditionForAnyValue: {
		document: if3(`"ForAnyValue:StringLike": {"aws:TagKeys": []}`), wrong: `[]`, right: `["team"]`,
	},
	lint.EmptyArrayConditionIfExists: {
		document: if3(`"StringLikeIfExists": {"aws:UserAgent": []}`), wrong: `[]`, right: `["a*"]`,
	},
	lint.ForAllValuesWithSingleValuedKey: {
		document: if3(`"ForAllValues:StringLike": {"aws:UserAgent": "a*"}`), wrong: `ForAllValues:`, right: ``,
	},
	lint.InvalidConditionDataType: {document: if3(`"StringEquals": {"aws:userid": ["a", 1]}`), wrong: `1`, right: `"b"`},
	lint.InvalidConditionKeyFormat: {
		document: if3(`"StringEquals": {"userid": "AIDAEXAMPLE"}`), wrong: `userid`, right: `aws:userid`,
	},
	lint.InvalidConditionMultipleBoolean: {
		document: if3(`"Bool": {"aws:SecureTransport": [true, false]}`), wrong: `, false`, right: ``,
	},
	lint.InvalidConditionOperator: {document: if3(`"Stringlike": {"aws:UserAgent": "a*"}`), wrong: `Stringlike`, right: `StringLike`},
	lint.InvalidGlobalConditionKey: {
		document: if3(`"IpAddress": {"aws:SourceIPs": "203.0.113.0/24"}`), wrong: `aws:SourceIPs`, right: `aws:SourceIp`,
	},
	lint.InvalidServiceConditionKey: {
		document: when("Allow", `"s3:ListBucket"`, `"StringLike": {"s3:prefixes": "a*"}`), wrong: `s3:prefixes`, right: `s3:prefix`,
	},
	lint.MissingQualifier: {document: if3(`"StringEquals": {"aws:TagKeys": "team"}`), wrong: `StringEquals`, right: `ForAnyValue:StringEquals`},
	lint.MissingTagKeyInCondition: {
		document: if3(`"StringEquals": {"aws:PrincipalTag": "a"}`), wrong: `aws:PrincipalTag`, right: `aws:PrincipalTag/team`,
	},
	lint.NullWithIfExists: {document: if3(`"NullIfExists": {"aws:UserAgent": true}`), wrong: `NullIfExists`, right: `Null`},
	lint.NullWithQualifier: {
		document: if3(`"ForAnyValue:Null": {"aws:TagKeys": true}`), wrong: `ForAnyValue:Null`, right: `Null`,
	},
	lint.UnsupportedGlobalConditionKey: {
		kind:     evaluator.SCP,
		document: if3(`"ArnLike": {"aws:ARN": "arn:aws:iam::111122223333:user/*"}`), wrong: `aws:ARN`, right: `aws:PrincipalArn`,
	},
}

var valuePairs = map[lint.Code]pair{
	lint.ImproveIPRange: {document: if3(`"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}`), wrong: `.7/`, right: `.0/`},
	lint.InvalidDateValue: {
		document: if3(`"DateLessThan": {"aws:CurrentTime": "2030"}`), wrong: `2030`, right: `2030-01-01`,
	},
	lint.InvalidRegion: {
		document: if3(`"StringEquals": {"aws:RequestedRegion": "us-weast-1"}`), wrong: `us-weast-1`, right: `us-west-1`,
	},
	lint.InvalidVPCEFormat: {
		document: if3(`"StringEquals": {"aws:SourceVpce": "vpc-1a2b3c4d"}`), wrong: `vpc-`, right: `vpce-`,
	},
	lint.InvalidVPCFormat: {
		document: if3(`"StringEquals": {"aws:SourceVpc": "vpc_1a2b3c4d"}`), wrong: `vpc_`, right: `vpc-`,
	},
	lint.PrivateIPAddress: {document: if3(`"IpAddress": {"aws:SourceIp": "10.0.0.0/16"}`), wrong: `10.0.0.0`, right: `203.0.0.0`},
	lint.PrivateIPAddressSubset: {
		document: if3(`"IpAddress": {"aws:SourceIp": ["10.0.0.0/16", "203.0.113.0/24"]}`), wrong: `"10.0.0.0/16", `, right: ``,
	},
	lint.PrivateNotIPAddress: {
		document: if3(`"NotIpAddress": {"aws:SourceIp": "192.168.1.0/24"}`), wrong: `192.168.1.0`, right: `203.0.113.0`,
	},
	lint.PrivateNotIPAddressSubset: {
		document: if3(`"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/16", "203.0.113.0/24"]}`), wrong: `"10.0.0.0/16", `, right: ``,
	},
	lint.RedundantConditionValueNum: {
		document: when("Allow", `"s3:ListBucket"`, `"NumericLessThan": {"s3:max-keys": [5, 10]}`), wrong: `[5, 10]`, right: `10`,
	},
	lint.TypeMismatch: {
		document: if3(`"StringEquals": {"aws:SecureTransport": "true"}`), wrong: `StringEquals`, right: `Bool`,
	},
	lint.TypeMismatchBoolean: {document: if3(`"Bool": {"aws:SecureTransport": "yes"}`), wrong: `yes`, right: `true`},
	lint.TypeMismatchDate: {
		document: if3(`"DateLessThan": {"aws:CurrentTime": "tomorrow"}`), wrong: `tomorrow`, right: `2030-01-01T00:00:00Z`,
	},
	lint.TypeMismatchIPRange: {
		document: if3(`"IpAddress": {"aws:SourceIp": "203.0.113.0/33"}`), wrong: `/33`, right: `/32`,
	},
	lint.TypeMismatchNumber: {
		document: when("Allow", `"s3:ListBucket"`, `"NumericLessThan": {"s3:max-keys": "ten"}`), wrong: `ten`, right: `10`,
	},
	lint.TypeMismatchString: {
		document: if3(`"BinaryEquals": {"aws:userid": "not base-64!"}`), wrong: `not base-64!`, right: `QUlEQQ==`,
	},
	lint.WildcardWithoutLikeOperator: {
		document: if3(`"StringEquals": {"aws:UserAgent": "app/*"}`), wrong: `StringEquals`, right: `StringLike`,
	},
}

var supportPairs = map[lint.Code]pair{
	lint.AllowNotActionWithUnsupportedTagConditionKeyForService: {
		document: one(`{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}`),
		wrong:    `"NotAction": "iam:*"`, right: `"Action": "ec2:StartInstances"`,
	},
	lint.AllowWithUnsupportedTagConditionKeyForService: {
		document: when("Allow", `["ec2:StartInstances", "sts:GetFederationToken", "health:DescribeEvents"]`,
			`"StringEquals": {"aws:ResourceTag/team": "a"}`),
		wrong: `, "sts:GetFederationToken", "health:DescribeEvents"`, right: ``,
	},
	lint.DenyNotActionWithUnsupportedTagConditionKeyForService: {
		document: one(`{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}`),
		wrong:    `"NotAction": "iam:*"`, right: `"Action": "ec2:StartInstances"`,
	},
	lint.DenyWithUnsupportedTagConditionKeyForService: {
		document: when("Deny", `["ec2:StartInstances", "health:DescribeEvents"]`, `"StringEquals": {"aws:ResourceTag/team": "a"}`),
		wrong:    `, "health:DescribeEvents"`, right: ``,
	},
	lint.IrrelevantConditionKeyInPolicy: {
		kind: evaluator.Resource, resourceType: "AWS::S3::Bucket",
		document: one(`{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*", ` +
			`"Condition": {"StringEquals": {"s3:ResourceAccount": "111122223333"}}}`),
		wrong: `s3:ResourceAccount`, right: `aws:PrincipalAccount`,
	},
	lint.MissingPairedConditionKeys: {
		document: if3(`"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}`),
		wrong:    `"IpAddress"`, right: `"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}, "IpAddress"`,
	},
	lint.UnsupportedActionForConditionKey: {
		document: when("Allow", `["iam:PassRole", "iam:GetRole"]`, `"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`),
		wrong:    `, "iam:GetRole"`, right: ``,
	},
}
