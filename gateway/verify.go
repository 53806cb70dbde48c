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

	// maxUnknown is of callers whom nobody knows.
	maxUnknown = 64 << 10
)

// open finds whose key the call is signed with, as it says, and begins to prove the
// signature. What a call without one says of its body is compared too.
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

// keepRaw lets the body be kept as it comes while it is read, for an upstream that
// verifies the signatures of its chunks itself.
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

// prove ends what open has begun: where only the whole body proves the signature it is
// read. A call without a signature is an anonymous one.
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

// hasOldSignature reports whether a URL of S3 is presigned with version 2 of signatures,
// as boto3 and version 1 of the AWS CLI do by default. AWS's regions since 2014 do not
// take them, and neither is such a call an anonymous one.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
func (c *call) hasOldSignature() bool {
	return c.isS3() && c.request.Query.Has("AWSAccessKeyId") && c.request.Query.Has("Signature")
}

// proveBody proves the signature and what it says of the body.
func (c *call) proveBody() error {
	if !c.body.Proved() {
		if f := c.readWhole(maxWhole); f != nil {
			return f
		}
	}
	return c.checkPayload()
}

// checkPayload refuses what is signed in place of a body's hash where AWS takes none,
// and headers of S3 that anybody on the way can have added.
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

// readForm reads the parameters of a form; of a caller whom nobody knows only a few.
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
		return c.fail(malformed, "The parameters are no form, or one of them is there more than once.")
	}
	return nil
}

// readWhole reads the body, if it was not read.
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

// unzip lets the decision see what a compressed body means. It is sent on as it came.
func (c *call) unzip(limit int64) *failure {
	z, err := gzip.NewReader(bytes.NewReader(c.whole))
	if err == nil {
		c.request.Body, err = io.ReadAll(io.LimitReader(z, limit+1))
	}
	switch {
	case err != nil:
		return c.fail(malformed, "The body is not compressed by gzip, as its Content-Encoding says.")
	case int64(len(c.request.Body)) > limit:
		return c.fail(tooLarge, "")
	}
	return nil
}

// brokenBody is the answer to a body that could not be read to its end.
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
