package lint_test

import (
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

var actionPairs = map[lint.Code]pair{
	lint.InvalidAction:          {document: one(put(`GetObject`, `GetObjct`)), wrong: `GetObjct`, right: `GetObject`},
	lint.InvalidServiceInAction: {document: one(put(`s3:G`, `s4:G`)), wrong: `s4:`, right: `s3:`},
	lint.RedundantAction:        {document: one(put(`"s3:GetObject"`, `["s3:GetObject", "s3:Get*"]`)), wrong: `Get*`, right: `List*`},
	lint.UnsupportedActionInPolicy: {
		kind: evaluator.Resource, resourceType: "AWS::S3::Bucket",
		document: one(`{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:aws:s3:::reports/*"}`),
		wrong:    `sqs:SendMessage`, right: `s3:PutObject`,
	},
	lint.WildcardInServiceName: {document: one(put(`s3:GetObject`, `s?:GetObject`)), wrong: `s?`, right: `s3`},
}

var variablePairs = map[lint.Code]pair{
	lint.EmptyVariable:              {document: one(put(`*`, `${}/*`)), wrong: `${}`, right: `${aws:username}`},
	lint.MissingBraceInVariable:     {document: one(put(`*`, `${aws:username/*`)), wrong: `username`, right: `username}`},
	lint.MissingQuoteInVariable:     {document: one(put(`*`, `${aws:username, 'all}/*`)), wrong: `all`, right: `all'`},
	lint.UnsupportedSpaceInVariable: {document: one(put(`*`, `${aws:user name}/*`)), wrong: `user name`, right: `username`},
	lint.InvalidVariableForOperator: {
		document: one(put(`}`, `, "Condition": {"NumericEquals": {"s3:max-keys": "${aws:username}"}}}`)),
		wrong:    `${aws:username}`, right: `10`,
	},
	lint.VariableUnsupportedInElement: {
		document: one(put(`GetObject`, `${aws:username}`)), wrong: `${aws:username}`, right: `GetObject`,
	},
	lint.VariableUnsupportedInVersion: {
		document: `{"Version": "2008-10-17", "Statement": [` + put(`*`, `${aws:username}/*`) + `]}`, wrong: `2008`, right: `2012`,
	},
}

// granting is a statement that allows the action on the resources.
func granting(action, resource string) string {
	return one(`{"Effect": "Allow", ` + action + `, ` + resource + `}`)
}

const (
	someRole   = `"NotResource": "arn:aws:iam::111122223333:role/app"`
	passRole   = `"Action": "iam:PassRole"`
	createRole = `"Action": "iam:CreateServiceLinkedRole"`
	iamActions = `"Action": "iam:*"`
	notS3      = `"NotAction": "s3:*"`
	anything   = `"Resource": "*"`
	oneRole    = `"Resource": "arn:aws:iam::111122223333:role/app"`
)

var grantPairs = map[lint.Code]pair{
	lint.PassRoleWithNotResource:                 {document: granting(passRole, someRole), wrong: `NotResource`, right: `Resource`},
	lint.PassRoleWithStarInActionAndNotResource:  {document: granting(iamActions, someRole), wrong: `NotResource`, right: `Resource`},
	lint.PassRoleWithNotActionAndNotResource:     {document: granting(notS3, someRole), wrong: `NotResource`, right: `Resource`},
	lint.PassRoleWithStarInResource:              {document: granting(passRole, anything), wrong: anything, right: oneRole},
	lint.PassRoleWithStarInActionAndResource:     {document: granting(iamActions, anything), wrong: anything, right: oneRole},
	lint.PassRoleWithStarInResourceAndNotAction:  {document: granting(notS3, anything), wrong: anything, right: oneRole},
	lint.CreateSLRWithNotResource:                {document: granting(createRole, someRole), wrong: `NotResource`, right: `Resource`},
	lint.CreateSLRWithStarInActionAndNotResource: {document: granting(iamActions, someRole), wrong: `NotResource`, right: `Resource`},
	lint.CreateSLRWithNotActionAndNotResource:    {document: granting(notS3, someRole), wrong: `NotResource`, right: `Resource`},
	lint.CreateSLRWithStarInResource:             {document: granting(createRole, anything), wrong: anything, right: oneRole},
	lint.CreateSLRWithStarInActionAndResource:    {document: granting(iamActions, anything), wrong: anything, right: oneRole},
	lint.CreateSLRWithStarInResourceAndNotAction: {document: granting(notS3, anything), wrong: anything, right: oneRole},
}
