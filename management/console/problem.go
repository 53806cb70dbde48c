package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
)

// explainWithin is how long a page waits for the explanation of a denial. The page of the
// decision waits as long as it takes.
const explainWithin = 2 * time.Second

// Problem is what went wrong, for people.
type Problem struct {
	Code      string // of AWS; empty if the error is not AWS's
	Sentence  string
	RequestID string            // of the call that failed; empty: none was made
	Decision  *decisions.Record // why the call was denied; nil if it was not, nothing is kept or it takes long to find
	Kept      bool              // there is a page of the decision

	status int
}

// explain returns what a person is told of an error; false if it is the server's own fault.
func (q *request) explain(err error) (*Problem, bool) {
	var fault *management.Fault
	var input inputError
	var api smithy.APIError
	switch {
	case errors.As(err, &fault):
		return &Problem{Code: fault.Code, Sentence: fault.Text, status: fault.Status}, true
	case errors.As(err, &input):
		return &Problem{Sentence: string(input), status: http.StatusBadRequest}, true
	case errors.As(err, &api):
		return q.explainAPI(err, api), true
	}
	return nil, false
}

// explainAPI explains an error of one of AWS's operations.
func (q *request) explainAPI(err error, api smithy.APIError) *Problem {
	p := &Problem{Code: api.ErrorCode(), Sentence: api.ErrorMessage(), status: http.StatusBadRequest}
	var answered *awshttp.ResponseError
	if errors.As(err, &answered) {
		p.RequestID, p.status = answered.ServiceRequestID(), answered.HTTPStatusCode()
	}
	if p.RequestID == "" || p.status != http.StatusForbidden {
		return p
	}
	ctx, cancel := context.WithTimeout(q.ctx(), explainWithin)
	defer cancel()
	found, err := q.client.Decision(ctx, p.RequestID)
	if err == nil {
		p.Decision = found
	}
	p.Kept = err == nil || ctx.Err() != nil
	return p
}

// inputError is a sentence about what was entered, before any call was made.
type inputError string

func (e inputError) Error() string { return string(e) }
