package services

import (
	"slices"
	"testing"
)

func TestOperations(t *testing.T) {
	t.Parallel()
	all := Operations()
	for _, name := range []string{
		"s3:GetObject", "s3:PostObject", "dynamodb:GetItem", "dynamodb:GetShardIterator", "lambda:Invoke", "cloudwatch:PutMetricData",
	} {
		if !slices.Contains(all, name) {
			t.Errorf("%s is not there", name)
		}
	}
	if len(all) < 5000 {
		t.Errorf("%d operations", len(all))
	}
}
