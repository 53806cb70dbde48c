package management

import (
	"errors"
	"fmt"
	"net/http"
)

// Fault is the body of every error, and the error value for it in this package, its
// client and its Backend.
type Fault struct {
	Status int    `json:"-"`              // of HTTP
	Text   string `json:"error"`          // what is wrong, and what to do
	Code   string `json:"code,omitempty"` // of AWS's error, if it is one

	*SeedPlace // the place of a fault in a seed; nil for other errors
}

// SeedPlace is the place of a fault in a seed.
type SeedPlace struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Error returns the text.
func (f *Fault) Error() string { return f.Text }

// Invalid returns the Fault of a request that cannot be understood, or whose body cannot
// be read, for which the error may have a status.
func Invalid(err error) error {
	status := http.StatusBadRequest
	var known interface{ HTTPStatus() int }
	if errors.As(err, &known) {
		status = known.HTTPStatus()
	}
	return &Fault{Status: status, Text: err.Error()}
}

// NotFound returns the Fault of a request about something that does not exist.
func NotFound(format string, args ...any) error {
	return &Fault{Status: http.StatusNotFound, Text: fmt.Sprintf(format, args...)}
}

// Conflict returns the Fault of a request that cannot be carried out in the present state.
func Conflict(err error) error { return &Fault{Status: http.StatusConflict, Text: err.Error()} }

// Unavailable returns the Fault of a request for which the server has no room at present.
func Unavailable(format string, args ...any) error {
	return &Fault{Status: http.StatusServiceUnavailable, Text: fmt.Sprintf(format, args...)}
}

// coded is an error of AWS.
type coded interface {
	ErrorCode() string
	ErrorMessage() string
}

// refuse answers with an error: a Fault as it is, and an error of AWS as a Conflict. If
// the client has gone, the error does not matter; any other error is the server's own and
// is only logged.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var fault *Fault
	var aws coded
	switch {
	case errors.As(err, &fault):
	case errors.As(err, &aws):
		fault = &Fault{Status: http.StatusBadRequest, Code: aws.ErrorCode(), Text: aws.ErrorMessage()}
	case r.Context().Err() != nil && errors.Is(err, r.Context().Err()):
		fault = &Fault{Status: http.StatusServiceUnavailable, Text: "the request ended before it was carried out; send it again"}
	default:
		h.Logger.Error("management request", "method", r.Method, "path", r.URL.Path, "error", err)
		fault = &Fault{Status: http.StatusInternalServerError, Text: "an internal error"}
	}
	_ = writeJSON(w, fault.Status, fault)
}
