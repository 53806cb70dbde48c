package gateway

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/gateway/services"
)

const (
	maxSchemaWait = 5 * time.Second
	maxSchema     = 1 << 20 // bytes of an answer to DescribeTable
)

// schema returns the keys of a DynamoDB table. The first time it asks the upstream for
// them, with the credentials that calls are sent on with.
func (c *call) schema(table string) (services.TableSchema, bool) {
	if known, ok := c.g.schemas.Get(table); ok {
		return known, true
	}
	if answer, err := c.describeTable(table); err == nil {
		c.g.schemas.Learn(table, answer)
	}
	return c.g.schemas.Get(table)
}

// describeTable asks the upstream. Where only the client's own signature is sent on
// there is nothing to ask with.
func (c *call) describeTable(table string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(c.in.Context(), maxSchemaWait)
	defer cancel()
	t, err := c.upstream.target(false)
	if err != nil {
		return nil, err
	}
	body := services.DescribeTable(table)
	out := (&http.Request{
		Method: http.MethodPost, URL: &url.URL{Scheme: t.url.Scheme, Host: t.url.Host, Path: "/"}, Host: c.host,
		Header:        http.Header{"Content-Type": {"application/x-amz-json-1.0"}, targetHeader: {"DynamoDB_20120810.DescribeTable"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if c.g.options.Signing.Mode != Keep || t.key.AccessKeyID != "" {
		c.sign(out, sigv4.HashPayload(body), t)
	}
	res, err := t.transport.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(io.LimitReader(res.Body, maxSchema))
}

// forgetTable forgets the keys of a table that the call has changed.
func (c *call) forgetTable() {
	if c.known != nil && c.known.Service.Name == "dynamodb" && services.ChangesTables(c.known.Operation) {
		c.g.schemas.Forget(services.TableOf(&c.request))
	}
}
