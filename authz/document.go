package authz

import (
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/evaluator"
)

// MalformedDocument is AWS's error for a policy document, with where the document is
// at fault. Clients are answered AWS's text alone; records and logs say the place.
func MalformedDocument(answer smithy.APIError, fault *evaluator.MalformedError) error {
	return &malformedDocument{answer, fault}
}

type malformedDocument struct {
	smithy.APIError
	fault *evaluator.MalformedError
}

// Unwrap returns AWS's error and the fault of the document.
func (e *malformedDocument) Unwrap() []error { return []error{e.APIError, e.fault} }
