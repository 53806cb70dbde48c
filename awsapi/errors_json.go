package awsapi

import "github.com/aws/smithy-go"

// The errors of calls in JSON. Errors that every service has are made with the codes of the query
// protocol, and get their JSON codes when they are answered.

// jsonCodes are the JSON codes, by the codes of the query protocol.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/CommonErrors.html
var jsonCodes = map[string]string{
	"AccessDenied":               "AccessDeniedException",
	"ExpiredToken":               "ExpiredTokenException",
	"IncompleteSignature":        "IncompleteSignatureException",
	"InvalidClientTokenId":       "UnrecognizedClientException",
	"MissingAuthenticationToken": "MissingAuthenticationTokenException",
	"SignatureDoesNotMatch":      "InvalidSignatureException",
	"Throttling":                 "ThrottlingException",
	"ValidationError":            "ValidationException",
}

// BadCredentials reports whether the code of an error, in XML or in JSON, is about credentials that
// are not good any more.
func BadCredentials(code string) bool {
	for _, bad := range []string{"InvalidClientTokenId", "ExpiredToken"} {
		if code == bad || code == jsonCodes[bad] {
			return true
		}
	}
	return false
}

// inJSON is an error with the code that it has in services that speak JSON.
type inJSON struct {
	smithy.APIError
	code string
}

// ErrorCode returns the JSON code.
func (e *inJSON) ErrorCode() string { return e.code }

// asAnswered returns an error as the call's service answers it. An injected error keeps its code.
func (c *request) asAnswered(err smithy.APIError) smithy.APIError {
	if c.target == nil {
		return err
	}
	code := jsonCodes[err.ErrorCode()]
	injected, ok := err.(interface{ Generic() bool })
	if code == "" || ok && !injected.Generic() {
		return err
	}
	return &inJSON{err, code}
}

// failTarget writes an error of a call in JSON. An error without a message has no message member.
func (e *encoder) failTarget(f errorBody) {
	e.raw(`{"__type":`)
	e.textJSON(f.code)
	if f.message != "" {
		e.raw(`,"message":`)
		e.textJSON(f.message)
	}
	e.raw("}")
}

// notSerialized answers a document that does not fit the operation. A body that is not JSON is
// answered without a message (measured at Athena).
func notSerialized(message string) error { return clientError("SerializationException", message) }

// misplaced answers a value of the wrong kind: with fixed messages for a list and for an object,
// and with the given sentence for a scalar.
func misplaced(v any, sentence string) error {
	switch v.(type) {
	case []any:
		sentence = "Start of list found where not expected"
	case map[string]any:
		sentence = "Start of structure or map found where not expected."
	}
	return notSerialized(sentence)
}
