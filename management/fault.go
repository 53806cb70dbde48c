package management

import (
	"errors"
	"fmt"
	"net/http"
)

// Fault is the body of every refusal, and the error for it in this package, its
// client and its Backend.
type Fault struct {
	Status int    `json:"-"`              // of HTTP
	Text   string `json:"error"`          // what is wrong, and what to do
	Code   string `json:"code,omitempty"` // of AWS's error, if it is one

	*SeedPlace // of a seed that is at fault; nil otherwise
}

// SeedPlace is where a seed is at fault.
type SeedPlace struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Error returns the text.
func (f *Fault) Error() string { return f.Text }

// Invalid is the Fault of a request that cannot be understood, or whose body cannot be
// read: the error may have a status for that.
func Invalid(err error) error {
	status := http.StatusBadRequest
	var known interface{ HTTPStatus() int }
	if errors.As(err, &known) {
		status = known.HTTPStatus()
	}
	return &Fault{Status: status, Text: err.Error()}
}

// NotFound is the Fault of a request about something that is not there.
func NotFound(format string, args ...any) error {
	return &Fault{Status: http.StatusNotFound, Text: fmt.Sprintf(format, args...)}
}

// Conflict is the Fault of a request that cannot be carried out as things are.
func Conflict(err error) error { return &Fault{Status: http.StatusConflict, Text: err.Error()} }

// Unavailable is the Fault of a request for which there is no room at present.
func Unavailable(format string, args ...any) error {
	return &Fault{Status: http.StatusServiceUnavailable, Text: fmt.Sprintf(format, args...)}
}

// coded is an error of AWS.
type coded interface {
	ErrorCode() string
	ErrorMessage() string
}

// refuse answers an error: a Fault as it is, an error of AWS as a request that
// cannot be carried out. One of a client that has gone is nobody's; any other is
// the server's own and only logged.
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
