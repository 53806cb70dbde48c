package lint_test

import (
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
