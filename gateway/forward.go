package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// forward sends the call on, and the answer back.
func (c *call) forward() {
	if c.partly != nil && c.partly.needs.AllDenied(c.partly.denied) {
		c.answerParts()
		return
	}
	t, err := c.upstream.target(c.isLong())
	if err != nil {
		c.refuse(c.upstreamFault(err))
		return
	}
	ctx, cancel := context.WithCancel(c.in.Context())
	defer cancel()
	out, err := c.outgoing(ctx, t)
	if err != nil {
		c.refuse(c.internal(err))
		return
	}
	sent := c.guardBody(out)
	res, err := t.transport.RoundTrip(out)
	defer sent.wait(cancel)
	if err != nil {
		c.refuse(c.sendFault(err))
		return
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		c.refuse(c.upstreamFault(errUpgrade))
		return
	}
	c.forgetTable()
	if c.partly != nil {
		if err := c.mergeParts(res); err != nil {
			c.refuse(c.upstreamFault(err))
			return
		}
	}
	c.relay(res)
}

// isLong reports whether the service answers only when work is done.
func (c *call) isLong() bool {
	return c.serviceIs("lambda") || c.serviceIs("states") || c.serviceIs("bedrock")
}

var errUpgrade = errors.New("it has switched to another protocol")

// outgoing is the request that is sent on: what was decided about, signed anew.
func (c *call) outgoing(ctx context.Context, t *target) (*http.Request, error) {
	q := &c.request
	path, err := url.PathUnescape(q.Path)
	if err != nil {
		return nil, err
	}
	to := &url.URL{Scheme: t.url.Scheme, Host: t.url.Host, Path: path, RawPath: q.Path, RawQuery: c.in.URL.RawQuery}
	if to.EscapedPath() != q.Path {
		return nil, errors.New("the path would be sent on otherwise than it was decided about")
	}
	out := (&http.Request{
		Method: q.Method, URL: to, Host: c.sentHost(t), Header: q.Header.Clone(), ContentLength: c.in.ContentLength,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if c.g.options.Signing.Mode == Keep && t.key.AccessKeyID == "" {
		c.attachAsSent(out)
		return out, nil
	}
	c.sign(out, c.attach(out), t)
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // or net/http says its own
	}
	return out, nil
}

// attach gives the request its body, and returns what is signed for it.
func (c *call) attach(out *http.Request) (payload string) {
	switch {
	case c.read:
		if c.body != nil {
			c.body.AttachPlain(out) // the headers of a body that is not chunked
		}
		out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(c.whole)), int64(len(c.whole))
		payload = sigv4.HashPayload(c.whole)
	case c.body != nil:
		payload = c.body.Attach(out)
	default:
		out.Body, payload = c.in.Body, sigv4.UnsignedPayload
	}
	if out.ContentLength == 0 {
		out.Body = nil
	}
	return payload
}

// attachAsSent gives the request the body as it came, for an upstream that verifies
// the client's own signature. What was read is sent as it was read.
func (c *call) attachAsSent(out *http.Request) {
	switch {
	case c.read:
		whole := c.whole
		if c.raw != nil {
			whole = c.raw.Bytes()
		}
		out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(whole)), int64(len(whole))
	case c.body != nil:
		c.body.AttachAsSent(out)
	default:
		out.Body = c.in.Body
	}
	if out.ContentLength == 0 {
		out.Body = nil
	}
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"} {
		if values, ok := c.in.Header[name]; ok {
			out.Header[name] = values
		}
	}
}

// accountHeader says to moto which account a request is of: it reads none from a key.
const accountHeader = "X-Moto-Account-Id"

// sign signs the request with the credentials that the configuration says, or with
// those that the upstream wants.
func (c *call) sign(out *http.Request, payload string, t *target) {
	signer := sigv4.Signer{Credentials: t.key, Service: c.request.Service, Region: c.request.Region}
	if signer.Service == "" && c.service != nil {
		signer.Service = c.service.SigningName
	}
	switch s := &c.g.options.Signing; {
	case t.key.AccessKeyID != "":
	case s.Mode == Strip || signer.Service == "":
		sigv4.Strip(out)
		return
	case s.Mode == SignKey:
		signer.Credentials = s.Key
	default:
		account := c.g.account(c.caller)
		signer.Credentials = sigv4.Credentials{AccessKeyID: account, SecretAccessKey: "test"}
		out.Header[accountHeader] = []string{account}
	}
	signer.Sign(out, payload, time.Now())
}

// sentBody is a body that the transport reads, perhaps in a goroutine that outlives
// RoundTrip. Nothing may read from the client once its call is over.
type sentBody struct {
	io.ReadCloser
	c    *call
	once sync.Once
	done chan struct{}
}

// guardBody puts a sentBody in the request, if it has a body.
func (c *call) guardBody(out *http.Request) *sentBody {
	if out.Body == nil {
		return nil
	}
	if s, ok := c.in.Body.(interface{ Stream() }); ok && !c.read {
		s.Stream() // its bytes are not held here
	}
	s := &sentBody{ReadCloser: out.Body, c: c, done: make(chan struct{})}
	out.Body = s
	return s
}

// Close is called by the transport when it does not read any more.
func (s *sentBody) Close() error {
	s.once.Do(func() { close(s.done) })
	return nil
}

// wait ends the sending of the body and waits until it has ended.
func (s *sentBody) wait(cancel context.CancelFunc) {
	if s == nil {
		return
	}
	select {
	case <-s.done:
		return
	default:
	}
	cancel()
	_ = http.NewResponseController(s.c.w).SetReadDeadline(time.Unix(1, 0)) // a Read that waits for the client
	<-s.done
}

// relay sends the answer of the upstream back.
func (c *call) relay(res *http.Response) {
	h := c.w.Header()
	c.copyHeaders(h, res)
	c.identify(h)
	c.observe(&Exchange{Status: res.StatusCode})
	body := c.g.foreign.watch(c, res)
	c.w.WriteHeader(res.StatusCode)
	if c.in.Method == http.MethodHead {
		return
	}
	if err := c.stream(body, res.ContentLength < 0); err != nil {
		c.g.options.Logger.Warn("the answer of an upstream ended early", "upstream", c.upstream.URL.String(), "request_id", c.caller.Request.ID, "error", err)
		panic(http.ErrAbortHandler) // the client must not take a part for the whole
	}
	for name, values := range res.Trailer {
		h[http.TrailerPrefix+name] = values
	}
}

// copyHeaders are those of the answer that are sent back. The upstream's request ID is
// shown beside ours.
func (c *call) copyHeaders(h http.Header, res *http.Response) {
	const upstreamID = ownPrefix + "Upstream-Request-Id"
	own := h.Get("Access-Control-Allow-Origin") != "" // said by this server, for the page that calls
	for name, values := range passed(res.Header) {
		if own && (name == "Access-Control-Allow-Origin" || name == "Access-Control-Allow-Credentials") {
			continue
		}
		h[name] = append(h[name], values...)
	}
	delete(h, upstreamID)
	for _, name := range []string{"X-Amzn-Requestid", "X-Amz-Request-Id"} {
		if id := res.Header.Get(name); id != "" {
			h[upstreamID] = []string{id}
			h.Del(name)
		}
	}
}

// buffers are for parts of answers.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// stream copies the body; parts of an answer whose length is not known are sent as
// they come, as those of an event stream.
func (c *call) stream(body io.Reader, flush bool) error {
	control := http.NewResponseController(c.w)
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		n, err := body.Read(*buffer)
		if n > 0 {
			if _, err := c.w.Write((*buffer)[:n]); err != nil {
				return nil // the client has gone
			}
			if flush {
				_ = control.Flush()
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && c.in.Context().Err() != nil:
			return nil
		case err != nil:
			return err
		}
	}
}

// sendFault is the failure for an error of sending: of the client's body, or of the
// upstream.
func (c *call) sendFault(err error) *failure {
	if c.body != nil && !c.read {
		if broken := c.body.Err(); broken != nil && broken != io.EOF {
			return c.brokenBody(broken)
		}
	}
	return c.upstreamFault(err)
}

// upstreamFault says what is wrong with the upstream, to the client and in the log.
func (c *call) upstreamFault(err error) *failure {
	at := c.upstream.URL.String()
	if done := c.in.Context().Err(); done != nil {
		f := c.fail(unreachable, "The request was given up.")
		f.err = done
		return f
	}
	var f *failure
	var network net.Error
	var dial *net.OpError
	switch {
	case errors.Is(err, errNoEmulator):
		f = c.fail(unreachable, "AWS's emulator at "+at+" is not running; start it, and send the request again.")
	case errors.As(err, &dial) && dial.Op == "dial":
		f = c.fail(unreachable, "The upstream "+at+" cannot be reached; see whether it is running at this address, and send the request again.")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		f = c.fail(slow, "The upstream "+at+" did not answer in time; send the request again.")
	default:
		f = c.fail(garbled, "The upstream "+at+" has ended the connection or has answered what is not HTTP; its log may say why.")
	}
	f.err = err
	c.g.options.Logger.Error("an upstream has failed", "upstream", at, "service", c.caller.Request.Service,
		"operation", c.caller.Request.Operation, "request_id", c.caller.Request.ID, "error", err)
	return f
}

// shownService and shownOperation are what the head says of a call that is not known.
func (c *call) shownService() string {
	if c.request.Service != "" {
		return c.request.Service
	}
	if target, _, ok := strings.Cut(c.in.Header.Get(targetHeader), "."); ok {
		name, _, _ := strings.Cut(target, "_")
		return strings.ToLower(name)
	}
	return "s3"
}

func (c *call) shownOperation() string {
	if _, name, ok := strings.Cut(c.in.Header.Get(targetHeader), "."); ok {
		return name
	}
	if _, name, ok := strings.Cut(c.in.URL.Path, "/operation/"); ok { // of the protocol RPC v2
		return name
	}
	if action := c.request.Form.Get("Action"); action != "" {
		return action
	}
	return c.in.Method + " " + c.in.URL.Path
}

// maxClipped is how long a text of a head may be that is kept, in bytes.
const maxClipped = 128

func clipped(s string) string {
	if len(s) > maxClipped {
		s = strings.ToValidUTF8(s[:maxClipped], "") + "..."
	}
	return strings.Clone(s)
}
