package compare_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

// large is a document of about 6 KB, the size quota of a managed policy, of many buckets,
// services and conditions.
func large(buckets int) string {
	var list []string
	for i := range buckets {
		list = append(list,
			fmt.Sprintf(`{"Effect":"Allow","Action":["s3:GetObject","s3:Put*"],"Resource":["arn:aws:s3:::team-%d","arn:aws:s3:::team-%d/*"],`+
				`"Condition":{"StringEquals":{"aws:PrincipalTag/team":"t%d"}}}`, i, i, i))
	}
	for _, service := range []string{"dynamodb", "sqs", "kms", "ec2", "logs", "lambda"} {
		list = append(list, fmt.Sprintf(`{"Effect":"Allow","Action":"%s:*","Resource":"arn:aws:%s:*:111122223333:*app*"}`,
			service, service))
	}
	list = append(list,
		`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}}`)
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// BenchmarkCompare compares two documents of 6 KB, of which the new one grants one bucket more.
func BenchmarkCompare(b *testing.B) {
	old, err := evaluator.Parse(large(27))
	if err != nil {
		b.Fatal(err)
	}
	changed, err := evaluator.Parse(large(28))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(changed.Source())), "bytes")
	for b.Loop() {
		grants, err := compare.Compare(old, changed, evaluator.Identity)
		if err != nil || len(grants) == 0 {
			b.Fatalf("%v, %v", grants, err)
		}
	}
}
