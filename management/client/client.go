// Package client calls the management routes of a running server, see package management:
// its health, clock, state, faults and decisions.
//
//	c, err := client.New(client.Options{URL: "http://127.0.0.1:4260"})
//	...
//	snapshot, err := c.TakeSnapshot(ctx)
//
// It guarantees that an error of the server is a *management.Fault, that ErrNoServer
// means that no server answered, and ErrForeign that something other than this server
// did.
//
// # Caveats
//
// It does not sign requests, since the server authenticates nobody there. It does not
// retry and has no timeout of its own; the context ends a call.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/management"
)

// ErrNoServer is returned when no server answers.
var ErrNoServer = errors.New("no server answers")

// ErrForeign is returned when the answer is not one of this protocol: something else
// listens at the address, or the answer is incomplete.
var ErrForeign = errors.New("the answer is not understudy's")

// unreachable is an ErrNoServer with its cause.
type unreachable struct {
	url   string
	cause error
}

func (e *unreachable) Error() string {
	return ErrNoServer.Error() + " at " + e.url + ": " + e.cause.Error()
}

func (e *unreachable) Is(target error) bool { return target == ErrNoServer }

func (e *unreachable) Unwrap() error { return e.cause }

// Options configures a Client. URL is required.
type Options struct {
	// URL is the address of the server, as for AWS_ENDPOINT_URL: http://127.0.0.1:4260.
	URL string

	// Transport sends the requests; nil is http.DefaultTransport. With a transport that
	// calls a handler no network is needed, see Within.
	Transport http.RoundTripper

	// Raw, if it is not nil, is called with the unchanged body of each JSON answer.
	Raw func(json.RawMessage)
}

// Client calls one server. Several goroutines may use it if Options.Raw allows that.
type Client struct {
	options Options
	routes  map[string]management.Route
	http    *http.Client
}

// New makes a Client. It sends no request.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the URL of a server; give one such as http://127.0.0.1:4260", o.URL)
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	c := &Client{options: o, routes: map[string]management.Route{}, http: &http.Client{Transport: o.Transport}}
	for _, r := range management.Routes() {
		c.routes[r.Name] = r
	}
	return c, nil
}

// Call is a request to a route by name, for routes without a method of Client, such as
// those of the identity provider.
type Call struct {
	Route     string // a name of package management
	Variables []string
	Query     url.Values
	Body      any // sent as JSON; nil: none
}

// Do makes a call and decodes its JSON answer into a value; nil: the answer has no body.
func (c *Client) Do(ctx context.Context, call Call, into any) error {
	sent := message{Call: call}
	if call.Body != nil {
		var err error
		if sent.raw, err = json.Marshal(call.Body); err != nil {
			return err
		}
		sent.contentType = "application/json"
	}
	return c.exchange(ctx, sent, into)
}

// Open is Do for an answer that is not JSON. The caller closes it.
func (c *Client) Open(ctx context.Context, call Call) (io.ReadCloser, error) {
	return c.send(ctx, message{Call: call})
}

// message is a Call whose body is encoded.
type message struct {
	Call
	contentType string
	raw         []byte
}

func (c *Client) exchange(ctx context.Context, m message, into any) error {
	body, err := c.send(ctx, m)
	if err != nil {
		return err
	}
	defer body.Close()
	if into == nil {
		_, err := io.Copy(io.Discard, body)
		return foreign(err)
	}
	var raw json.RawMessage
	if err := json.NewDecoder(body).Decode(&raw); err != nil {
		return foreign(err)
	}
	if c.options.Raw != nil {
		c.options.Raw(raw)
	}
	return foreign(json.Unmarshal(raw, into))
}

func foreign(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrForeign, err)
}

// send sends a message and returns the body of the answer. If the answer is an error, it returns that.
func (c *Client) send(ctx context.Context, m message) (io.ReadCloser, error) {
	route, ok := c.routes[m.Route]
	if !ok {
		return nil, fmt.Errorf("there is no management route %q", m.Route)
	}
	r, err := http.NewRequestWithContext(ctx, route.Method, c.options.URL+route.URL(m.Query, m.Variables...), bytes.NewReader(m.raw))
	if err != nil {
		return nil, err
	}
	if m.contentType != "" {
		r.Header.Set("Content-Type", m.contentType)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, &unreachable{c.options.URL, err}
	}
	if answer.StatusCode < http.StatusMultipleChoices {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	return nil, c.refusal(answer)
}

// maxRefusal is the maximum size of an error's body, in bytes.
const maxRefusal = 1 << 20

// refusal reads an answer that is an error: a Fault or, from Authorize, AWS's error for
// the caller.
func (c *Client) refusal(answer *http.Response) error {
	raw, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // an incomplete answer cannot be decoded
	fault := &management.Fault{}
	if err := json.Unmarshal(raw, fault); err == nil && fault.Text != "" {
		fault.Status = answer.StatusCode
		return fault
	}
	var refused struct{ Error management.Unauthenticated }
	if err := json.Unmarshal(raw, &refused); err == nil && refused.Error.Code != "" {
		return &refused.Error
	}
	return fmt.Errorf("%w: %s answers %s", ErrForeign, c.options.URL, answer.Status)
}
