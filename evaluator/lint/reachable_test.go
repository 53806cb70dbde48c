package lint_test

import (
	"testing"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

func TestActionsThatNeverMeetTheirResources(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action, resource string
		found            bool
	}{
		"an action on objects, on a bucket":         {"s3:GetObject", "arn:aws:s3:::reports", true},
		"an action on buckets, on objects":          {"s3:ListBucket", "arn:aws:s3:::reports/*", true},
		"an action on buckets, on all":              {"s3:ListBucket", "arn:aws:s3:::*", false},
		"some of the actions":                       {"s3:*", "arn:aws:s3:::reports", false},
		"an action without resources, on one":       {"ec2:DescribeInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i-1", true},
		"an action without resources, on another's": {"ec2:DescribeInstances", "arn:aws:s3:::*", true},
		"an action on all resources of a type":      {"iam:ListUsers", "arn:aws:iam::111122223333:user/*", false},
		"an action on all resources":                {"ec2:DescribeInstances", "*", false},
		"an action of which nothing is known":       {"s3:GetObjct", "arn:aws:s3:::reports", false},
		"a variable for the resource":               {"s3:GetObject", "${aws:PrincipalTag/home}", false},
		"a type in a short ARN":                     {"sqs:SendMessage", "arn:aws:sqs:*", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := finding(lint.Lint(onto(c.action, c.resource), lint.Options{}), lint.ActionMatchesNoResource) != nil
			if got != c.found {
				t.Errorf("found: %v", got)
			}
		})
	}
}
