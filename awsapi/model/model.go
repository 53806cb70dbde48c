package model

//go:generate go run ../../internal/cmd/genmodel

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/awsapi"
)

// New returns the model of IAM, STS and what is served of CloudTrail and Access Analyzer.
// The tables behind it are shared, so it costs next to nothing.
func New() *awsapi.Model {
	return &awsapi.Model{Services: []awsapi.Service{iamService(), stsService(), cloudTrailService(), accessAnalyzerService()}}
}

func iamService() awsapi.Service {
	return awsapi.Service{
		Name:       "iam",
		Version:    iamVersion,
		Namespace:  iamNamespace,
		GlobalOnly: true,
		// For this list, unlike any other of IAM, AWS prints the values of the members; seen in
		// recorded answers of SimulatePrincipalPolicy.
		EchoUnder:  []string{"PolicyExclusionList"},
		Operations: iamOperations,
		Structs:    iamStructs,
		Unions: []awsapi.Union{{
			Name: "PolicyIdentifier",
			Types: []reflect.Type{
				reflect.TypeFor[types.PolicyIdentifierMemberPolicyType](),
				reflect.TypeFor[types.PolicyIdentifierMemberPolicyArn](),
				reflect.TypeFor[types.PolicyIdentifierMemberInlinePolicyIdentifier](),
			},
		}},
		Shapes:   iamShapes,
		Statuses: iamStatuses,
	}
}

func stsService() awsapi.Service {
	return awsapi.Service{
		Name:            "sts",
		ExtendedID:      "x-amz-sts-extended-request-id",
		Version:         stsVersion,
		Namespace:       stsNamespace,
		EchoValues:      true,
		EmptyListIsNull: true,
		JSON:            true,
		Operations:      stsOperations,
		Structs:         stsStructs,
		Shapes:          stsShapes,
		Statuses:        stsStatuses,
	}
}

func cloudTrailService() awsapi.Service {
	return awsapi.Service{
		Name:       "cloudtrail",
		Version:    cloudtrailVersion,
		Target:     cloudtrailTarget,
		EchoValues: true, // as services that speak JSON do
		Operations: cloudtrailOperations,
		Structs:    cloudtrailStructs,
		Shapes:     cloudtrailShapes,
		Statuses:   cloudtrailStatuses,
	}
}
