package gateway_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func createUser(name string) *iam.CreateUserInput {
	return &iam.CreateUserInput{UserName: aws.String(name)}
}

func createKey(name string) *iam.CreateAccessKeyInput {
	return &iam.CreateAccessKeyInput{UserName: aws.String(name)}
}

func lastUsed(key string) *iam.GetAccessKeyLastUsedInput {
	return &iam.GetAccessKeyLastUsedInput{AccessKeyId: aws.String(key)}
}
