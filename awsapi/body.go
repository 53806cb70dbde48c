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
	maxBody = 10_000_000 // bytes; one more is answered 413, as recorded at STS

	// maxUnknownBody is of callers whom nobody knows: they are not signed, or with a
	// key that is not good. AWS documents no such bound. What they get is what they
	// would get for the whole body, but the rest of it is not read.
	maxUnknownBody = 64 << 10

	// maxParameters is more than a body of maxBody has room for if all of them mean
	// something: a list without a limit has elements of 26 bytes or more, such as
	// Filter.member.100000=User&. TestNoCallHasTooManyParameters computes that.
	maxParameters = 400_000
)

// body is the body of a request, as far as it was read.
type body struct {
	text strings.Builder // its bytes, once; parameters refer to them
	sum  hash.Hash       // of the bytes; nil: it is not needed
}

// firstRead is how many bytes are read at once.
const firstRead = 16 << 10

// grow makes room for the next part of a body of which so many bytes may come. Up
// to what anybody may send there is room for all at once; beyond that it goes in
// steps, so that a client who announces a long body and sends none of it takes no
// memory.
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

// readBody reads the body, no more of it than its caller may send, and finds the
// operation in it. It answers and returns false if the request holds no call.
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

// refuseBody answers a body that cannot be read, by the status that the error has.
// One that the server has no room for is answered as a call, so that clients try
// again.
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

// errTooLarge is returned for a body that is longer than its caller may send.
var errTooLarge error = tooLargeError{}

type tooLargeError struct{}

func (tooLargeError) Error() string   { return "awsapi: the body is too large" }
func (tooLargeError) HTTPStatus() int { return http.StatusRequestEntityTooLarge }

// readLong goes on with a body that only some callers may send. That of a caller
// whom nobody knows is cut: authentication answers it.
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

// allowance is how long the body may be by what the head and its beginning say.
// The error is the answer to a caller whom nobody knows.
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

// longest is how many bytes the body of a caller who is known may have.
func (c *request) longest() int {
	if c.target != nil {
		return maxJSON
	}
	return maxBody
}

// unsignedOperation is the operation if it needs no signature; nil otherwise. SDKs
// send the parameters in the order of their names, so that the version may be
// behind a long one and not be seen yet.
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

// find finds the action and the version in the body. Without an action only a body
// that is not a form is a call: it is answered as one.
func (c *request) find() {
	text := c.body.text.String()
	c.scan(text)
	if c.action == nil && c.cut == nil {
		c.badForm = !wellFormed(text)
	}
}

// Parameters that every call has.
const (
	actionParameter  = "Action"
	versionParameter = "Version"
)

// scan finds the first values of Action and Version in a form, unless they are
// known, and makes no list of its parameters.
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

// parse makes the list of all parameters. It reports false for what is not a form.
func (c *request) parse() (ok bool) {
	c.params, ok = c.params.parse(c.body.text.String())
	return ok
}

// verify proves that the signature is of the whole request.
func (c *request) verify(secret string) error {
	if c.body.sum == nil { // nothing was read
		return c.sig.Verify(secret, nil)
	}
	c.body.sum.Sum(c.digest[:0])
	return c.sig.VerifySum(secret, c.digest)
}
