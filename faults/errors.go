package faults

import (
	"fmt"
	"net/http"

	"github.com/aws/smithy-go"
)

// injected is an AWS error with the status that it is answered with.
type injected struct {
	smithy.GenericAPIError
	status  int
	generic bool
}

// Generic reports whether each service has a code of its own for the error: the rule names no code.
func (e *injected) Generic() bool { return e.generic }

// HTTPStatus returns the status to answer with; 0 leaves it to the code.
func (e *injected) HTTPStatus() int { return e.status }

// throttled is AWS's answer to too many calls of IAM and STS.
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
func throttled() error {
	return &injected{smithy.GenericAPIError{
		Code: "Throttling", Message: "Rate exceeded", Fault: smithy.FaultClient,
	}, http.StatusBadRequest, true}
}

// expired is AWS's answer to credentials that have expired (recorded).
func expired() error {
	return &injected{smithy.GenericAPIError{
		Code: "ExpiredToken", Message: "The security token included in the request is expired", Fault: smithy.FaultClient,
	}, http.StatusForbidden, true}
}

// standard are errors that every service of AWS may return.
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
var standard = map[string]struct {
	status  int
	message string
}{
	"InternalFailure":      {500, "The request processing has failed because of an unknown error, exception or failure."},
	"InternalError":        {500, "The request processing has failed because of an internal error."}, // text not confirmed
	"ServiceUnavailable":   {503, "The request has failed due to a temporary failure of the server."},
	"ThrottlingException":  {400, "The request was denied due to request throttling."},
	"RequestLimitExceeded": {503, "Request limit exceeded."},
	"RequestExpired":       {400, "The request reached the service more than 15 minutes after the date stamp on the request."},
	"AccessDenied":         {403, "You do not have sufficient access to perform this action."}, // text not confirmed
	"ConcurrentModification": {
		409, "The request was rejected because multiple requests to change this object were submitted simultaneously.",
	},
}

// err is the error of a rule, with what it leaves out.
func (r *Rule) err() error {
	e := injected{smithy.GenericAPIError{Code: r.Code, Message: r.Message}, r.Status, r.Code == "" && r.Message == ""}
	if e.Code == "" {
		e.Code = "InternalFailure"
	}
	known := standard[e.Code]
	if e.Message == "" {
		e.Message = known.message
	}
	if e.Message == "" {
		e.Message = fmt.Sprintf("The fault rule %s asks for this error.", r.ID)
	}
	if e.status == 0 {
		e.status = known.status
	}
	if e.Fault = smithy.FaultClient; e.status >= http.StatusInternalServerError {
		e.Fault = smithy.FaultServer
	}
	return &e
}
