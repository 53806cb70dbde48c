package awsapi

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"reflect"
	"strconv"

	"github.com/aws/smithy-go"
)

// encode encodes the answer and returns its status.
func (c *request) encode(out any, err error) int {
	e, id := &c.out, c.caller.Request.ID
	switch {
	case err != nil:
		return c.fail(err)
	case c.target != nil:
		e.structJSON(c.op.out, reflect.ValueOf(out).Elem())
	case c.wantsJSON():
		e.answerJSON(c.op, reflect.ValueOf(out).Elem(), id)
	default:
		e.answer(c.op, reflect.ValueOf(out).Elem(), id)
	}
	return http.StatusOK
}

// send writes the answer.
func (c *request) send(w http.ResponseWriter, status int) {
	contentType := "text/xml"
	switch {
	case c.isREST():
		contentType = restType
	case c.target != nil:
		contentType = jsonType
	case c.wantsJSON():
		contentType = "application/json"
	}
	h := w.Header()
	markFaults(h, &c.caller.Request)
	values := [...]string{c.caller.Request.ID, contentType, strconv.Itoa(len(c.out.buf)), ""} // one allocation for all
	h["x-amzn-RequestId"] = values[0:1:1]                                                     // AWS's spelling, which Set would change
	h["Content-Type"] = values[1:2:2]
	h["Content-Length"] = values[2:3:3]
	if c.isREST() && c.code != "" {
		h["x-amzn-ErrorType"] = []string{c.code}
	}
	if c.api.ExtendedID != "" {
		values[3] = c.extendedID()
		h[c.api.ExtendedID] = values[3:4:4]
	}
	w.WriteHeader(status)
	w.Write(c.out.buf)
}

// extendedID returns a second ID of the request, in the form that answers of STS quoted in 2025 and
// 2026 have: in base64, such as 1:us-east-1:S:1787281786889:R:Zte0c4jo, where the number is the
// time in milliseconds. The meaning of the letters is not documented. The end is random at AWS and
// derived from the request ID here.
func (c *request) extendedID() string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	region := c.caller.Request.Region
	if region == "" {
		region = c.handler.Partition.Region()
	}
	var room [128]byte // so that only the answer is allocated
	id := append(append(append(room[:0], "1:"...), region...), ":S:"...)
	id = strconv.AppendInt(id, c.caller.Request.Time.UnixMilli(), 10)
	id = append(id, ":R:"...)
	sum := sha256.Sum256([]byte(c.caller.Request.ID))
	for _, b := range sum[:8] {
		id = append(id, digits[int(b)%len(digits)])
	}
	var encoded [2 * len(room)]byte
	return string(base64.StdEncoding.AppendEncode(encoded[:0], id))
}

// fail writes the document of an error and returns its status.
func (c *request) fail(err error) int {
	known := c.apiError(err)
	status := c.status(known)
	if c.ownFault(err, status) {
		c.handler.Logger.Error("request failed", "request_id", c.caller.Request.ID,
			"service", c.api.Name, "operation", c.caller.Request.Operation, "error", err)
	}
	f := errorBody{
		namespace: c.api.Namespace,
		code:      known.ErrorCode(),
		message:   known.ErrorMessage(),
		sender:    status < http.StatusInternalServerError,
		requestID: c.caller.Request.ID,
	}
	if f.code == codeInvalidAction {
		f.namespace = faultNamespace
	}
	switch {
	case c.isREST():
		c.failREST(known)
	case c.target != nil:
		c.out.failTarget(f)
	case c.wantsJSON():
		c.out.failJSON(f)
	default:
		c.out.fail(f)
	}
	return status
}

// ownFault reports whether an answer means that the server has failed and that the log should say
// so. A panic always counts; an injected fault does not.
func (c *request) ownFault(err error, status int) bool {
	switch {
	case status < http.StatusInternalServerError, status == http.StatusNotImplemented, errors.Is(err, ErrAbandoned), isLogged(err):
		return false
	}
	return len(c.caller.Request.Faults) == 0 || errors.Is(err, errPanic)
}

// isLogged reports whether an error says, with a method Logged, that the log already has its cause.
// A full store is such a cause, which each change would log again.
func isLogged(err error) bool {
	var known interface{ Logged() bool }
	return errors.As(err, &known) && known.Logged()
}

// apiError returns the error with a code in err's chain. If there is none, it is our fault:
// ServiceFailure if the operation's model has it, else InternalFailure.
func (c *request) apiError(err error) smithy.APIError {
	var known smithy.APIError
	if errors.As(err, &known) && known.ErrorCode() != "" {
		return c.asAnswered(known)
	}
	if c.op != nil {
		return c.op.failure()
	}
	return internalFailure()
}

// status returns an error's HTTP status: the error's own, if it has one, else that of the service's
// model, else that of another service's, else the status that the SDKs assume.
func (c *request) status(err smithy.APIError) int {
	if own, ok := err.(interface{ HTTPStatus() int }); ok && own.HTTPStatus() != 0 {
		return own.HTTPStatus()
	}
	if status := c.api.status(err.ErrorCode()); status != 0 {
		return status
	}
	for _, a := range c.handler.apis {
		if status := a.status(err.ErrorCode()); status != 0 {
			return status
		}
	}
	if err.ErrorFault() == smithy.FaultServer {
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// errorBody is an error as it is written.
type errorBody struct {
	namespace, code, message, requestID string
	sender                              bool
}

// fault says whose fault it was, in AWS's words.
func (f errorBody) fault() string {
	if f.sender {
		return "Sender"
	}
	return "Receiver"
}

// fail writes an error. An error without a message has no Message element (recorded for
// ReportNotPresent and MalformedInput).
func (e *encoder) fail(f errorBody) {
	e.line(0, `<ErrorResponse xmlns="`)
	e.buf = append(e.buf, f.namespace...)
	e.buf = append(e.buf, "\">\n  <Error>\n"...)
	e.element(2, "Type", f.fault())
	e.element(2, "Code", f.code)
	if f.message != "" {
		e.element(2, "Message", f.message)
	}
	e.line(1, "</Error>\n")
	e.element(1, "RequestId", f.requestID)
	e.line(0, "</ErrorResponse>\n")
}
