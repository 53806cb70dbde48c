package authz

import (
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/evaluator"
)

// MalformedDocument returns AWS's error for a policy document together with the place of
// the fault. Clients get AWS's text alone; records and logs have the place too.
func MalformedDocument(answer smithy.APIError, fault *evaluator.MalformedError) error {
	return &malformedDocument{answer, fault}
}

type malformedDocument struct {
	smithy.APIError
	fault *evaluator.MalformedError
}

// Unwrap returns AWS's error and the fault of the document.
func (e *malformedDocument) Unwrap() []error { return []error{e.APIError, e.fault} }
