package iam

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
)

// Delegation requests. Nobody has recorded their error texts: none below is confirmed.

func noSuchDelegationRequest(id string) error {
	return noSuchEntity("The delegation request with id %s cannot be found.", id) // text not confirmed
}

func badDelegationState(id string, state types.StateType) error {
	return invalidInput(fmt.Sprintf("The delegation request %s is in state %s.", id, state)) // text not confirmed
}

// unacceptableState is the error of AcceptDelegationRequest, whose model has no
// InvalidInput.
func unacceptableState(id string, state types.StateType) error {
	return &types.ConcurrentModificationException{
		Message: aws.String(fmt.Sprintf("The delegation request %s is in state %s.", id, state)), // text not confirmed
	}
}

func workflowExists(id string) error {
	return alreadyExists("A delegation request with workflow id %s already exists.", id) // text not confirmed
}

func noDelegationTemplate(arn string) error {
	return invalidInput("The policy template " + arn + " is not registered.") // text not confirmed
}

func foreignChannel(arn string) error {
	return invalidInput("The notification channel " + arn + " is not an SNS topic of the requestor.") // text not confirmed
}

func unusableDelegationPolicy(reason string) error {
	return invalidInput("The rendered policy is not valid: " + reason) // text not confirmed
}

func delegationPolicyTooLarge(limit int) error {
	return limitExceeded("The rendered policy exceeds %d characters.", limit) // text not confirmed
}

func duplicateParameter(name string) error {
	return unrenderable("Duplicate parameter: " + name) // text not confirmed
}

// rootApproval refuses a root user who approves for longer than four hours. notSender
// refuses everybody but the owner where only the owner may send the token.
func rootApproval() error {
	return delegationDenied("Root users can only approve delegation requests with a duration of 4 hours or less.") // text not confirmed
}

func notSender() error {
	return delegationDenied("Only the owner of the delegation request can send the delegation token.") // text not confirmed
}

func delegationDenied(text string) error {
	return &smithy.GenericAPIError{Code: "AccessDenied", Message: text, Fault: smithy.FaultClient}
}

func notDelegationARN(arn string) error {
	return invalidInput("ARN " + arn + " is not the ARN of a delegation request.") // text not confirmed
}

// tooManyDelegationTemplates is ours too.
func tooManyDelegationTemplates(account string, records, bytes int) error {
	return badDelegationTemplate(fmt.Sprintf("the account %s may have at most %d templates, of %d bytes together; "+
		"give the template the name of one that is no longer needed", account, records, bytes))
}

// badDelegationTemplate is ours: AWS has no API to register templates.
func badDelegationTemplate(reason string) error {
	return validation("The policy template cannot be registered: %s.", reason)
}
