package awsapi

import (
	"errors"
	"net/http"

	"github.com/aws/smithy-go"
)

// ErrAbandoned is wrapped by the error of a request whose context ended before the request was
// done, as when the client goes away, and of a request for whose body there was no room. It is
// nobody's fault, and the operation has had no effect: whatever it changes or uses up, such as a
// one-time code, it does in one transaction, its last step.
var ErrAbandoned = errors.New("awsapi: the request was abandoned")

// abandoned is the answer to such a request, for a client that is still there. The SDKs retry it.
type abandoned struct {
	*smithy.GenericAPIError
	cause error
}

// HTTPStatus returns the status of ServiceUnavailable.
func (e *abandoned) HTTPStatus() int { return http.StatusServiceUnavailable }

// Unwrap returns ErrAbandoned, and what the operation returned.
func (e *abandoned) Unwrap() []error { return []error{ErrAbandoned, e.cause} }

// abandon returns the error of the request, which is ErrAbandoned if the reason
// is that the request's context is done.
func (c *request) abandon(err error) error {
	if done := c.r.Context().Err(); err == nil || done == nil || !errors.Is(err, done) {
		return err
	}
	return &abandoned{serviceUnavailable(), err}
}
