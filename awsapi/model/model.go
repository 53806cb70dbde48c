package model

import "github.com/understudy-iam/understudy/awsapi"

// New returns the model of IAM and STS.
func New() *awsapi.Model {
	return &awsapi.Model{}
}
