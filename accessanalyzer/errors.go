package accessanalyzer

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
)

// invalidInput answers a resource type beside a policy that is not of a resource. The text
// was quoted (awslabs/terraform-iam-policy-validator pull request 23), the reason was not.
func invalidInput() error {
	return &types.ValidationException{Message: aws.String("InvalidInput"), Reason: types.ValidationExceptionReasonOther}
}

// invalidField answers a value that the model lets pass.
func invalidField(name, sentence string) error {
	return &types.ValidationException{ // text not confirmed
		Message: aws.String(sentence), Reason: types.ValidationExceptionReasonFieldValidationFailed,
		FieldList: []types.ValidationExceptionField{{Name: aws.String(name), Message: aws.String(sentence)}},
	}
}

func invalidMaxResults() error {
	return invalidField("maxResults", "The value of maxResults is not valid. Specify a number from 1 to "+strconv.Itoa(maxResults)+".")
}

func invalidNextToken() error {
	return invalidField("nextToken",
		"The token is not valid, or it is of a request with other parameters. Specify the token of the page before, with the same parameters.")
}

// invalidParameter answers what a check cannot work with, by the exception that the API
// reference has for it. Nobody has shown its texts.
func invalidParameter(sentence string) error {
	return &types.InvalidParameterException{Message: aws.String(sentence)} // text not confirmed
}

func invalidDocument(member string, cause error) error {
	return invalidParameter("The value of " + member + " is not a valid policy document: " + strings.TrimSuffix(cause.Error(), ".") + ".")
}

func noAccess() error {
	return invalidParameter("The value of access is not valid. Specify at least one action or one resource.")
}

func invalidAction(action string) error {
	return invalidParameter("The action " + strconv.Quote(action) + " is not valid. Specify a service and an action, such as s3:GetObject.")
}

func invalidResource(resource string) error {
	return invalidParameter("The resource " + strconv.Quote(resource) + " is not valid. Specify an ARN, or * for every resource.")
}

func noSuchJob(id string) error {
	return &types.ValidationException{ // text not confirmed
		Message: aws.String("There is no policy generation with the job ID " + strconv.Quote(id) + ". ListPolicyGenerations lists those of the account."),
		Reason:  types.ValidationExceptionReasonOther,
	}
}

func conflict(id string) error {
	return &types.ConflictException{ // text not confirmed
		Message:    aws.String("The client token is that of another policy generation, with another principal. Specify a new client token."),
		ResourceId: &id, ResourceType: aws.String("PolicyGeneration"),
	}
}
