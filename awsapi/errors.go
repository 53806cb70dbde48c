package awsapi

import (
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
)

// The errors of the protocol itself. The errors of signatures are in signature.go, the clauses of
// constraints in constraint.go.

// faultNamespace is the xmlns of errors of dispatch, on both services (recorded
// at STS).
const faultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09"

const codeInvalidAction = "InvalidAction"

func clientError(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message, Fault: smithy.FaultClient}
}

// noSuchOperation answers an unknown Action or Version. The message says if the Version is absent,
// and ends with a space if it is empty (recorded).
func noSuchOperation(action string, version *string) error {
	v := "NO_VERSION_SPECIFIED"
	if version != nil {
		v = *version
	}
	return clientError(codeInvalidAction, "Could not find operation "+action+" for version "+v)
}

func malformedInput(message string) error { return clientError("MalformedInput", message) }

// badNumber has no message (recorded).
func badNumber() error { return malformedInput("") }

func emptyNumber() error { return malformedInput("missing value for decimal type") }

// badBoolean has no message.
func badBoolean() error { return malformedInput("") } // text not confirmed

// badTime and badBlob have no message; no operation has a time or a blob in its input.
func badTime() error { return malformedInput("") } // text not confirmed
func badBlob() error { return malformedInput("") } // text not confirmed

// nestedScalar answers "X.member.one=..." where X's elements are strings.
func nestedScalar() error { return malformedInput("Start of list found where not expected") }

// flatList answers "X.1=...", without member; seen from CloudWatch in
// aws-beam/aws-elixir #199.
func flatList() error { return malformedInput("Top level element may not be treated as a list") }

// scalarList and scalarStructure answer "X=text"; both messages were seen from other services of
// the same protocol.
func scalarList() error      { return malformedInput("Unexpected list element termination") }    // text not confirmed
func scalarStructure() error { return malformedInput("Unexpected complex element termination") } // text not confirmed

func badIndex(index string) error { return malformedInput(index + " is not a valid index") }

func leadingMinus(index string) error {
	return malformedInput("Key " + index + " may not have a leading '-'")
}

func indexAfterIndex() error {
	return malformedInput("Two index elements may not occur back to back")
}

func tooSparse(skipped int) error {
	return malformedInput(fmt.Sprintf("Excessively sparse input would skip %d list elements", skipped))
}

// badForm answers a body that should be a form and is not.
func badForm() error {
	return clientError("MalformedQueryString", "The query string contains a syntax error") // text not confirmed
}

// maxFaults is how many errors of an input AWS lists and counts (recorded).
const maxFaults = 10

// invalid answers an input that does not satisfy the model.
func (s *Service) invalid(faults []Fault) error {
	plural := "s"
	if len(faults) == 1 {
		plural = ""
	}
	list := make([]string, len(faults))
	for i := range faults {
		list[i] = faults[i].Message
	}
	message := fmt.Sprintf("%d validation error%s detected: %s", len(faults), plural, strings.Join(list, "; "))
	if s.Invalid != nil {
		return s.Invalid(message, faults)
	}
	return clientError("ValidationError", message)
}

// invalidValue is the error for patterns for which AWS has a message of its own.
func invalidValue(member, sentence string) error {
	return clientError("ValidationError", "The specified value for "+member+" is invalid. "+sentence)
}

// notServed answers an operation that is not implemented. AWS has no such error.
func notServed(operation string) error {
	return &smithy.GenericAPIError{Code: "NotImplemented", Message: operation + " is not implemented", Fault: smithy.FaultServer}
}

// codeServiceFailure is the code that the model of most IAM operations has for a failure of the
// service itself.
const codeServiceFailure = "ServiceFailure"

// internalFailure answers an error that has no code. The message is that of
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html; the operations' pages have
// the same for ServiceFailure.
func internalFailure() smithy.APIError { return ourFault("InternalFailure") }

func serviceFailure() smithy.APIError { return ourFault(codeServiceFailure) }

// codeServerException is what the models of newer services have for such a fault.
const codeServerException = "InternalServerException"

func internalServerException() smithy.APIError { return ourFault(codeServerException) }

// serviceUnavailable is for a request that may succeed later; the SDKs retry it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
func serviceUnavailable() *smithy.GenericAPIError {
	return &smithy.GenericAPIError{
		Code:    "ServiceUnavailable",
		Message: "The request has failed due to a temporary failure of the server.",
		Fault:   smithy.FaultServer,
	}
}

func ourFault(code string) smithy.APIError {
	return &smithy.GenericAPIError{
		Code:    code,
		Message: "The request processing has failed because of an unknown error, exception or failure.",
		Fault:   smithy.FaultServer,
	}
}
