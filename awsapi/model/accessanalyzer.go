package model

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/awsapi"
)

func accessAnalyzerService() awsapi.Service {
	return awsapi.Service{
		Name:       "access-analyzer",
		Version:    accessanalyzerVersion,
		EchoValues: true, // as services that speak JSON do
		Operations: accessanalyzerOperations,
		Structs:    accessanalyzerStructs,
		Shapes:     accessanalyzerShapes,
		Statuses:   accessanalyzerStatuses,
		Invalid:    fieldsNotValid,
		Unions: []awsapi.Union{{
			Name: "PathElement",
			Types: []reflect.Type{
				reflect.TypeFor[types.PathElementMemberIndex](),
				reflect.TypeFor[types.PathElementMemberKey](),
				reflect.TypeFor[types.PathElementMemberSubstring](),
				reflect.TypeFor[types.PathElementMemberValue](),
			},
		}},
		Exceptions: []reflect.Type{
			reflect.TypeFor[types.AccessDeniedException](),
			reflect.TypeFor[types.ConflictException](),
			reflect.TypeFor[types.InternalServerException](),
			reflect.TypeFor[types.InvalidParameterException](),
			reflect.TypeFor[types.ServiceQuotaExceededException](),
			reflect.TypeFor[types.ThrottlingException](),
			reflect.TypeFor[types.UnprocessableEntityException](),
			reflect.TypeFor[types.ValidationException](),
		},
	}
}

// fieldsNotValid is the exception for an input that does not satisfy the model. What AWS
// says of each field is not confirmed.
func fieldsNotValid(message string, faults []awsapi.Fault) error {
	x := &types.ValidationException{Message: &message, Reason: types.ValidationExceptionReasonFieldValidationFailed}
	for i := range faults {
		x.FieldList = append(x.FieldList, types.ValidationExceptionField{Name: &faults[i].Member, Message: &faults[i].Message})
	}
	return x
}
