package gateway

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/awsapi/sigv4/postform"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// How much of a body is read before the call is decided.
const (
	maxWhole = 16 << 20

	// maxUnknown is for callers who are not known.
	maxUnknown = 64 << 10
)

// open finds the key with which the call claims to be signed, and begins to verify the signature.
// For a call without a signature, what it says about its body is checked too.
func (c *call) open() (err error) {
	sig := c.sig
	switch {
	case c.isPosted():
		return c.openForm()
	case sig == nil:
		c.body, err = sigv4.OpenUnsigned(c.in)
		return err
	}
	if err := cmp.Or(sig.CheckLife(c.caller.Request.Received), sig.CheckScopeIn("", c.g.options.Partition.Mark())); err != nil {
		return err
	}
	if err := c.lookUp(); err != nil {
		return err
	}
	c.keepRaw()
	c.body, err = sig.Open(c.secret)
	return err
}

// lookUp finds the secret and the caller of the key of the signature.
func (c *call) lookUp() error {
	found, err := c.g.options.Credentials.Lookup(c.ctx, c.sig.AccessKeyID, c.sig.SessionToken, c.request.Region)
	if err != nil {
		return err
	}
	claimed := found.Principal
	claimed.AccessKeyID = c.sig.AccessKeyID
	c.caller.Claimed, c.secret, c.admitted = &claimed, found.Secret, found.Admit
	return nil
}

// keepRaw keeps the body as it is received while it is read, for an upstream that verifies the
// signatures of its chunks itself.
func (c *call) keepRaw() {
	if c.g.options.Signing.Mode != Keep || c.known == nil || c.known.Body != services.Whole {
		return
	}
	c.raw = &bytes.Buffer{}
	c.in.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(c.in.Body, c.raw), c.in.Body}
}

// prove finishes what open has begun: if the signature can be verified only with the whole body, it
// reads the body. A call without a signature is anonymous.
func (c *call) prove() (err error) {
	switch {
	case c.sig == nil && c.hasOldSignature():
		err = c.fail(malformed, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
	case c.form != nil:
		err = c.proveForm()
	case c.sig != nil:
		err = c.proveBody()
	}
	if err != nil {
		return err
	}
	if c.sig == nil {
		c.caller.Kind = principal.Anonymous
		return nil
	}
	if c.admitted != nil {
		if err := c.admitted(c.ctx); err != nil {
			return err
		}
	}
	c.caller.Principal, c.caller.Claimed = *c.caller.Claimed, nil
	return nil
}

// hasOldSignature reports whether a URL of S3 is presigned with version 2 of signatures, as boto3
// and version 1 of the AWS CLI do by default. Regions that AWS opened since 2014 refuse them, and
// such a call does not count as anonymous.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
func (c *call) hasOldSignature() bool {
	return c.isS3() && c.request.Query.Has("AWSAccessKeyId") && c.request.Query.Has("Signature")
}

// proveBody verifies the signature and what it says about the body.
func (c *call) proveBody() error {
	if !c.body.Proved() {
		if f := c.readWhole(maxWhole); f != nil {
			return f
		}
	}
	return c.checkPayload()
}

// checkPayload refuses a word in place of the body's hash where AWS requires the hash, and unsigned
// headers of S3, which somebody on the way may have added.
func (c *call) checkPayload() error {
	switch {
	case strings.HasPrefix(c.sig.Service, "s3"):
		if names := c.sig.UnsignedHeaders(); len(names) > 0 {
			return c.fail(denied, "There were headers present in the request which were not signed")
		}
	case c.body.Payload() == sigv4.UnsignedPayload && (c.known == nil || c.known.Body != services.Streamed):
		return &sigv4.Error{Reason: sigv4.ErrMismatch, Presigned: c.sig.Presigned()}
	}
	return nil
}

// readForm reads the parameters of a form, with a lower limit for a caller who is not known.
func (c *call) readForm(known bool) *failure {
	limit := int64(maxWhole)
	if !known || c.sig == nil {
		limit = maxUnknown
	}
	if f := c.readWhole(limit); f != nil {
		return f
	}
	var ok bool
	if c.request.Form, ok = parseForm(string(c.request.Body), c.request.Query); !ok {
		c.request.Form = nil
		return c.fail(malformed, "The parameters are not a form, or one of them is there more than once.")
	}
	return nil
}

// readWhole reads the body, unless it was already read.
func (c *call) readWhole(limit int64) *failure {
	if !c.read {
		c.read, c.unread = true, c.readBody(limit)
	}
	return c.unread
}

// readBody reads the body up to the limit.
func (c *call) readBody(limit int64) *failure {
	body := io.Reader(c.in.Body)
	if c.body != nil {
		body = c.body
	}
	whole, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return c.brokenBody(err)
	case int64(len(whole)) > limit:
		return c.fail(tooLarge, "")
	}
	c.whole, c.request.Body = whole, whole
	if strings.EqualFold(c.in.Header.Get("Content-Encoding"), "gzip") {
		return c.unzip(limit)
	}
	return nil
}

// unzip lets the decision see what a compressed body means. It is sent on as it was received.
func (c *call) unzip(limit int64) *failure {
	z, err := gzip.NewReader(bytes.NewReader(c.whole))
	if err == nil {
		c.request.Body, err = io.ReadAll(io.LimitReader(z, limit+1))
	}
	switch {
	case err != nil:
		return c.fail(malformed, "The body is not compressed with gzip, although its Content-Encoding says so.")
	case int64(len(c.request.Body)) > limit:
		return c.fail(tooLarge, "")
	}
	return nil
}

// brokenBody returns the answer to a body that could not be read to its end.
func (c *call) brokenBody(err error) *failure {
	var fault *sigv4.Error
	var form *postform.Error
	if errors.As(err, &fault) || errors.As(err, &form) {
		return c.unproved(err)
	}
	f := c.fail(incompleteBody, "")
	f.err = err
	var known interface{ HTTPStatus() int }
	if errors.As(err, &known) {
		f.status = known.HTTPStatus()
	}
	return f
}
