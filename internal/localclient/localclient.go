// Package localclient makes configurations for AWS SDK clients that call a
// server on the same machine.
//
// It guarantees that a client of such a configuration gets the server's first
// answer whole: nothing is retried, and no answer is lost to the fault of the
// SDK that Transport describes.
//
// Caveats: request bodies are held in memory until they are sent.
package localclient

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// shared keeps the connections of all configurations. It has its own transport:
// httptest.Server's Close ends the connections of http.DefaultTransport, and an answer
// that arrives at that moment is lost.
var shared = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}

// Config returns a configuration for the server at a URL. Its clients sign with the
// credentials, for the region.
func Config(url, region string, c aws.Credentials) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &url,
		HTTPClient:   Transport{shared},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return c, nil
		}),
	}
}

// Transport sends the bodies of requests from memory.
//
// The SDK closes the body that it gave to net/http as soon as the head of the
// answer arrives. A server on the same machine can answer before net/http has
// looked for more of the body. net/http then finds it closed, takes this for a
// failed write and drops the connection while the rest of a large answer is
// still to come (seen with smithy-go v1.28.8 and Go 1.26). The SDK retries such
// calls by default; clients of Config do not retry.
type Transport struct{ Client *http.Client }

// Do sends the request.
func (t Transport) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return t.Client.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return t.Client.Do(r)
}
