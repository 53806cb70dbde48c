package services

import (
	"strings"
	"testing"
)

func TestMayChange(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"s3 PutBucketPolicy": true, "s3 DeleteBucket": true, "s3 PutObject": false, "s3 UploadPart": false, "s3 GetBucketPolicy": false,
		"sqs SetQueueAttributes": true, "sqs TagQueue": true, "sqs SendMessage": false, "dynamodb PutItem": false,
		"dynamodb UpdateTable": true,
		"kms PutKeyPolicy":     true, "kms Decrypt": false, "lambda AddPermission": true, "lambda Invoke": false,
		"ecr SetRepositoryPolicy": true,
	} {
		service, operation, _ := strings.Cut(name, " ")
		c := &Call{Service: serviceNamed(service), Operation: operation}
		if c.Service.loaded().operations[operation] == nil {
			t.Errorf("there is no operation %s", name)
		}
		if got := c.MayChange(); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
	for service, names := range uses {
		for _, name := range names {
			if serviceNamed(service).loaded().operations[name] == nil {
				t.Errorf("there is no operation %s of %s", name, service)
			}
		}
	}
}
