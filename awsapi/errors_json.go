package awsapi

import "github.com/aws/smithy-go"

// The errors of calls in JSON. Those that every service has are made with the codes of
// the query protocol, and get the ones of JSON when they are answered.

// jsonCodes are the codes of JSON, by those of the query protocol.
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

// inJSON is an error under the code that services have for it that speak JSON.
type inJSON struct {
	smithy.APIError
	code string
}

// ErrorCode is the code of JSON.
func (e *inJSON) ErrorCode() string { return e.code }

// asAnswered is an error as the call's service answers it. One that somebody asked for by
// its code keeps that.
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

// failTarget writes an error of a call in JSON. One without a message has no such member.
func (e *encoder) failTarget(f errorBody) {
	e.raw(`{"__type":`)
	e.textJSON(f.code)
	if f.message != "" {
		e.raw(`,"message":`)
		e.textJSON(f.message)
	}
	e.raw("}")
}

// notSerialized answers a document that is not what the operation takes. What is not JSON
// at all is answered without a message (measured at Athena).
func notSerialized(message string) error { return clientError("SerializationException", message) }

// misplaced answers a value of another kind than is expected: for a list and for an
// object always the same, and for a scalar the sentence.
func misplaced(v any, sentence string) error {
	switch v.(type) {
	case []any:
		sentence = "Start of list found where not expected"
	case map[string]any:
		sentence = "Start of structure or map found where not expected."
	}
	return notSerialized(sentence)
}
