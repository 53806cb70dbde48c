package iamtest

import (
	"bytes"
	"io"
	"net/http"
)

// inMemory sends the bodies of requests from memory.
//
// The SDK closes the body that it gave to net/http as soon as the head of the
// answer is there. A server on the same machine can answer before net/http has
// looked for more of the body; net/http then finds it closed, takes that for a
// failed write and drops the connection, under the rest of a large answer (seen
// with smithy-go v1.28.8 and Go 1.26). The SDK retries such calls by default;
// clients of this package do not retry.
type inMemory struct{ client *http.Client }

// Do sends the request.
func (m inMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return m.client.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return m.client.Do(r)
}
