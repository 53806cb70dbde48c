package postform

import (
	"errors"
	"net/http"
	"strconv"
)

// The reasons why a form is refused. Each is returned within an *Error.
var (
	// ErrMalformed is returned when the body is not a form that can be read.
	ErrMalformed = errors.New("the form is malformed")

	// ErrTooMuch is returned when what comes before the file is more than 20 KiB.
	ErrTooMuch = errors.New("the fields before the file are too large")

	// ErrFile is returned when there is not exactly one file.
	ErrFile = errors.New("the form does not have exactly one file")

	// ErrField is returned when a field is missing, or is there twice.
	ErrField = errors.New("a field is missing or is there twice")

	// ErrVersion is returned when the form has a signature of version 2.
	ErrVersion = errors.New("the signature is not of version 4")

	// ErrDocument is returned when the policy cannot be read.
	ErrDocument = errors.New("the policy cannot be read")

	// ErrPolicy is returned when the policy has expired or does not allow the form.
	ErrPolicy = errors.New("the policy does not allow the form")

	// ErrSize is returned when the file is larger or smaller than the policy allows.
	ErrSize = errors.New("the policy does not allow the size of the file")
)

// Error says why a form is refused, with S3's answer.
type Error struct {
	Reason  error // one of the Err variables of this package
	Code    string
	Status  int
	Message string
	Details []Detail // further elements of the answer
}

// Detail is an element of an S3 error.
type Detail struct{ Name, Value string }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }

// Error returns S3's message.
func (e *Error) Error() string { return "postform: " + e.Message }

func malformed() error {
	return &Error{ErrMalformed, "MalformedPOSTRequest", http.StatusBadRequest,
		"The body of your POST request is not well-formed multipart/form-data.", nil}
}

// tooMuch has S3's own spelling of "preceding".
func tooMuch() error {
	return &Error{ErrTooMuch, "MaxPostPreDataLengthExceeded", http.StatusBadRequest,
		"Your POST request fields preceeding the upload file was too large.",
		[]Detail{{"MaxPostPreDataLengthBytes", strconv.Itoa(maxFields)}}}
}

func invalidArgument(reason error, message, name, value string) error {
	return &Error{reason, "InvalidArgument", http.StatusBadRequest, message,
		[]Detail{{"ArgumentName", name}, {"ArgumentValue", value}}}
}

func notOneFile(count int) error {
	return invalidArgument(ErrFile, "POST requires exactly one file upload per request.", "file", strconv.Itoa(count))
}

// missingField has two spaces, as at S3.
func missingField(name string) error {
	return invalidArgument(ErrField, "Bucket POST must contain a field named '"+name+
		"'.  If it is specified, please check the order of the fields.", name, "")
}

// text not confirmed
func fieldTwice(name, value string) error {
	return invalidArgument(ErrField, "POST requires exactly one field named '"+name+"'.", name, value)
}

func versionTwo() error {
	return &Error{ErrVersion, "InvalidRequest", http.StatusBadRequest,
		"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.", nil}
}

func invalidDocument(text string) error {
	return &Error{ErrDocument, "InvalidPolicyDocument", http.StatusBadRequest, "Invalid Policy: " + text, nil}
}

func notAllowed(text string) error {
	return &Error{ErrPolicy, "AccessDenied", http.StatusForbidden, "Invalid according to Policy: " + text, nil}
}

func tooLarge(size, limit int64) error {
	return &Error{ErrSize, "EntityTooLarge", http.StatusBadRequest, "Your proposed upload exceeds the maximum allowed size",
		[]Detail{{"ProposedSize", strconv.FormatInt(size, 10)}, {"MaxSizeAllowed", strconv.FormatInt(limit, 10)}}}
}

func tooSmall(size, limit int64) error {
	return &Error{ErrSize, "EntityTooSmall", http.StatusBadRequest, "Your proposed upload is smaller than the minimum allowed size",
		[]Detail{{"ProposedSize", strconv.FormatInt(size, 10)}, {"MinSizeAllowed", strconv.FormatInt(limit, 10)}}}
}
