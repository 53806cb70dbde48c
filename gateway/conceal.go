package gateway

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/understudy-iam/understudy/authz"
)

// maxError is how much of an error is read to find its code.
const maxError = 64 << 10

// conceal returns the denial that replaces the answer that an object does not exist, for a caller
// who may not list the objects of the bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (c *call) conceal(res *http.Response) *failure {
	if res.StatusCode != http.StatusNotFound || c.known == nil {
		return nil
	}
	more := c.known.Absence(&c.request)
	if more == nil || !c.saysNoKey(res) {
		return nil
	}
	return c.decideMore(more.Needs)
}

// unseal returns the denial that replaces an object that S3 decrypts with a key of KMS, for a
// caller who may not use the key. Reading has changed nothing at the upstream.
func (c *call) unseal(res *http.Response) *failure {
	if res.StatusCode >= http.StatusMultipleChoices || c.known == nil {
		return nil
	}
	more := c.known.Unsealing(&c.request, res.Header)
	if more == nil {
		return nil
	}
	return c.decideMore(more.Needs)
}

// decideMore decides the call again, with more needs.
func (c *call) decideMore(more []authz.Need) *failure {
	c.complete(more)
	decided := c.serviceCall(slices.Concat(c.needs, more))
	decided.Again = true
	_, err := c.g.options.Authorizer.DecideService(c.ctx, decided)
	if err != nil {
		return c.denied(err)
	}
	return nil
}

// saysNoKey reports whether an answer 404 says that there is no such object. An answer without a
// body, or with a body that cannot be read here, counts as saying so.
func (c *call) saysNoKey(res *http.Response) bool {
	if c.in.Method == http.MethodHead || res.Header.Get("Content-Encoding") != "" {
		return true
	}
	return bytes.Contains(peek(res, maxError), []byte("<Code>NoSuchKey</Code>"))
}
