package awsapi

import (
	"errors"
	"hash"
	"io"
	"net/http"
	"strings"
)

// Bounds of a POST's body.
const (
	maxBody = 10_000_000 // bytes; a longer body is answered with 413, as recorded at STS

	// maxUnknownBody is the limit for unknown callers: those without a signature, or with an
	// invalid key. AWS documents no such limit. They get the same answer as for the whole body, but
	// the rest of it is not read.
	maxUnknownBody = 64 << 10

	// maxParameters is more than a body of maxBody can hold if all parameters mean something: the
	// elements of a list without a limit have 26 bytes or more, such as Filter.member.100000=User&.
	// TestNoCallHasTooManyParameters computes it.
	maxParameters = 400_000
)

// body is the body of a request, as far as it was read.
type body struct {
	text strings.Builder // its bytes, once; parameters refer to them
	sum  hash.Hash       // of the bytes; nil if it is not needed
}

// firstRead is how many bytes are read at once.
const firstRead = 16 << 10

// grow makes room for the next part of a body of which the given number of bytes may follow. Up to
// the limit for unknown callers it makes room for everything at once; beyond that it grows in
// steps, so that a client who announces a long body and does not send it takes no memory.
func (b *body) grow(rest int) {
	n := b.text.Len()
	if b.text.Cap()-n >= min(rest, firstRead) {
		return
	}
	read := b.text.String()
	b.text.Reset() // or Grow would take twice as much
	b.text.Grow(min(n+rest, max(4*n, maxUnknownBody)))
	b.text.WriteString(read)
}

func (b *body) add(part []byte) {
	b.text.Write(part)
	if b.sum != nil {
		b.sum.Write(part)
	}
}

// readBody reads the body, up to the limit of its caller, and finds the operation in it. It answers
// and returns false if the request holds no call.
func (c *request) readBody(w http.ResponseWriter) bool {
	if c.sig != nil {
		c.body.sum = c.hash
	}
	err := c.fill(maxUnknownBody)
	if err == nil && c.body.text.Len() > maxUnknownBody {
		err = c.readLong(w)
	}
	if err == nil && c.target == nil && strings.Count(c.body.text.String(), "&") >= maxParameters {
		err = errTooLarge
	}
	if err != nil {
		return c.refuseBody(w, err)
	}
	c.find()
	return true
}

// refuseBody answers a body that cannot be read with the status of the error. A body for which the
// server has no room is answered as a call, so that clients retry.
func (c *request) refuseBody(w http.ResponseWriter, err error) (call bool) {
	status := http.StatusBadRequest
	var known interface{ HTTPStatus() int }
	if errors.As(err, &known) {
		status = known.HTTPStatus()
	}
	w.Header().Set("Connection", "close")
	if status == http.StatusServiceUnavailable {
		c.cut = &abandoned{serviceUnavailable(), err}
		return true
	}
	w.WriteHeader(status)
	return false
}

// errTooLarge is returned for a body that is longer than its caller's limit.
var errTooLarge error = tooLargeError{}

type tooLargeError struct{}

func (tooLargeError) Error() string   { return "awsapi: the body is too large" }
func (tooLargeError) HTTPStatus() int { return http.StatusRequestEntityTooLarge }

// readLong continues with a body that only known callers may send. The body of an unknown caller is
// cut off: authentication answers the call.
func (c *request) readLong(w http.ResponseWriter) error {
	c.scan(c.body.text.String())
	limit, unknown := c.allowance()
	if unknown != nil && c.body.text.Len() > limit {
		c.cut = unknown
		w.Header().Set("Connection", "close")
		return nil
	}
	if err := c.fill(limit); err != nil {
		return err
	}
	if c.body.text.Len() > limit {
		return errTooLarge
	}
	return nil
}

// allowance returns the limit for the body, judging by the head and the body's beginning. The error
// is the answer to an unknown caller.
func (c *request) allowance() (int, error) {
	c.identify()
	c.dispatch(c.sig)
	unsigned := c.unsignedOperation()
	switch {
	case c.sigErr != nil:
		return maxUnknownBody, SignatureAnswer(c.sigErr)
	case c.sig != nil:
		if _, err := c.lookup(); err != nil {
			return maxUnknownBody, err
		}
		return c.longest(), nil
	case unsigned != nil:
		return unsigned.maxBody, nil
	case c.action == nil:
		return maxUnknownBody, nil // it could be a call without a signature, or none
	}
	return maxUnknownBody, missingAuthenticationToken()
}

// longest returns the limit for the body of a known caller, in bytes.
func (c *request) longest() int {
	if c.target != nil {
		return maxJSON
	}
	return maxBody
}

// unsignedOperation returns the operation if it needs no signature, and nil otherwise. SDKs send
// the parameters in the order of their names, so the version may come after a long parameter and
// not be read yet.
func (c *request) unsignedOperation() *operation {
	op := c.op
	if op == nil && c.action != nil && c.version == nil {
		op = c.api.operations[*c.action]
	}
	if op == nil || !op.unsigned {
		return nil
	}
	return op
}

// fill reads until the body ends or is longer than the limit.
func (c *request) fill(limit int) error {
	for c.body.text.Len() <= limit {
		rest := limit + 1 - c.body.text.Len()
		if c.r.ContentLength >= 0 {
			rest = int(c.r.ContentLength) - c.body.text.Len()
		}
		c.body.grow(rest)
		n, err := c.r.Body.Read(c.chunk)
		c.body.add(c.chunk[:n])
		if err == io.EOF || err == nil && int64(c.body.text.Len()) == c.r.ContentLength {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// find finds the action and the version in the body. Without an action, only a body that is not a
// form counts as a call, and is answered as one.
func (c *request) find() {
	text := c.body.text.String()
	c.scan(text)
	if c.action == nil && c.cut == nil {
		c.badForm = !wellFormed(text)
	}
}

// The parameters that every call has.
const (
	actionParameter  = "Action"
	versionParameter = "Version"
)

// scan finds the first values of Action and Version in a form, unless they are known, without
// making a list of its parameters.
func (c *request) scan(text string) {
	for text != "" && (c.action == nil || c.version == nil) {
		var part string
		part, text, _ = strings.Cut(text, "&")
		key, value, _ := strings.Cut(part, "=")
		if len(key) > 3*len(versionParameter) { // longer than with all letters escaped
			continue
		}
		switch key, _ = unescape(key); key {
		case actionParameter:
			c.take(&c.action, &c.sent.action, value)
		case versionParameter:
			c.take(&c.version, &c.sent.version, value)
		}
	}
}

// take notes the first value of a parameter.
func (c *request) take(into **string, place *string, value string) {
	if value, ok := unescape(value); ok && *into == nil {
		*place = value
		*into = place
	}
}

// parse makes the list of all parameters. It reports false if the body is not a form.
func (c *request) parse() (ok bool) {
	c.params, ok = c.params.parse(c.body.text.String())
	return ok
}

// verify checks that the signature is that of the whole request.
func (c *request) verify(secret string) error {
	if c.body.sum == nil { // nothing was read
		return c.sig.Verify(secret, nil)
	}
	c.body.sum.Sum(c.digest[:0])
	return c.sig.VerifySum(secret, c.digest)
}
