package lint_test

import (
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// onto is a statement about the resource.
func onto(action, resource string) string {
	return one(`{"Effect": "Allow", "Action": "` + action + `", "Resource": "` + resource + `"}`)
}

const (
	queue = "arn:aws:sqs:us-east-1:111122223333:jobs"
	send  = "sqs:SendMessage"
)

var resourcePairs = map[lint.Code]pair{
	lint.ARNAccountNotAllowed: {
		document: onto("cloudfront:ListDistributions", "arn:aws:ec2:us-east-1:111122223333:image/ami-1"),
		wrong:    `111122223333`, right: ``,
	},
	lint.ARNRegionNotAllowed: {
		document: onto("iam:GetUser", "arn:aws:iam:us-east-1:111122223333:user/anna"), wrong: `us-east-1`, right: ``,
	},
	lint.InvalidARNAccount:     {document: onto(send, "arn:aws:sqs:us-east-1:1111:jobs"), wrong: `1111`, right: `111122223333`},
	lint.InvalidARNPrefix:      {document: onto("s3:GetObject", "reports/*"), wrong: `"reports`, right: `"arn:aws:s3:::reports`},
	lint.InvalidARNRegion:      {document: onto(send, "arn:aws:sqs:us-best-1:111122223333:jobs"), wrong: `best`, right: `west`},
	lint.InvalidARNResource:    {document: onto("iam:GetUser", "arn:aws:iam::111122223333:usr/anna"), wrong: `usr`, right: `user`},
	lint.InvalidARNServiceCase: {document: onto(send, "arn:aws:SQS:us-east-1:111122223333:jobs"), wrong: `SQS`, right: `sqs`},
	lint.InvalidPartition:      {document: onto(send, "arn:was:sqs:us-east-1:111122223333:jobs"), wrong: `was`, right: `aws`},
	lint.InvalidService:        {document: onto(send, "arn:aws:sqx:us-east-1:111122223333:jobs"), wrong: `sqx`, right: `sqs`},
	lint.MissingARNAccount:     {document: onto(send, "arn:aws:sqs:us-east-1::jobs"), wrong: `::`, right: `:111122223333:`},
	lint.MissingARNField:       {document: onto(send, "arn:aws:sqs:jobs"), wrong: `sqs:jobs`, right: `sqs:us-east-1:111122223333:jobs`},
	lint.MissingARNRegion:      {document: onto(send, "arn:aws:sqs::111122223333:jobs"), wrong: `::`, right: `:us-east-1:`},
	lint.RedundantResource: {
		document: one(put(`"arn:aws:s3:::reports/*"`, `["arn:aws:s3:::reports/*", "arn:aws:s3:::reports/a"]`)),
		wrong:    `reports/a`, right: `accounts/a`,
	},
	lint.UnsupportedResourceARNInPolicy: {
		kind: evaluator.Resource, resourceType: "AWS::S3::Bucket",
		document: one(`{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "` + queue + `"}`),
		wrong:    queue, right: `arn:aws:s3:::reports/*`,
	},
}

// An ARN may lack the account where AWS has the resource for all accounts.
func TestARNsWithoutAnAccount(t *testing.T) {
	t.Parallel()
	for arn, missing := range map[string]bool{
		"arn:aws:sqs:*::*":                                    true,
		"arn:aws:iam:::role/app":                              true,
		"arn:aws:sqs:us-east-1:*:jobs":                        false,
		"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:jobs":  false,
		"arn:aws:s3:::reports":                                false,
		"arn:aws:ec2:us-east-1::image/ami-1":                  false,
		"arn:aws:ssm:us-east-1::document/AWS-RunShellScript":  false,
		"arn:aws:ssm:*::automation-definition/AWS-*:*":        false,
		"arn:aws:ssm:*::parameter/aws/service/*":              false,
		"arn:aws:ssm:us-east-1::parameter/app/password":       true,
		"arn:aws:bedrock:us-east-1::foundation-model/model-1": false,
	} {
		t.Run(arn, func(t *testing.T) {
			t.Parallel()
			list := lint.Lint(onto("*", arn), lint.Options{Kind: evaluator.Identity})
			if got := finding(list, lint.MissingARNAccount) != nil; got != missing {
				t.Errorf("found: %v; findings:\n%s", got, told(list))
			}
		})
	}
}
