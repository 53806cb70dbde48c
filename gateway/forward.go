package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// forward sends the call to the upstream and the answer to the client.
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
	c.mirrorEntities()
	sent := c.guardBody(out)
	res, err := t.transport.RoundTrip(out)
	defer sent.wait(cancel)
	c.forgetChanged() // after an error too: the upstream may have done what was asked
	if err != nil {
		if broken := sent.fault(); broken != nil {
			c.refuse(c.brokenBody(broken))
			return
		}
		c.refuse(c.upstreamFault(err))
		return
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		c.refuse(c.upstreamFault(errUpgrade))
		return
	}
	c.remember(res)
	for _, see := range []func(*http.Response) *failure{c.conceal, c.unseal} {
		if f := see(res); f != nil {
			c.refuse(f)
			return
		}
	}
	if c.partly != nil {
		if err := c.mergeParts(res); err != nil {
			c.refuse(c.upstreamFault(err))
			return
		}
	}
	c.relay(res)
}

// isLong reports whether the service answers only when its work is done.
func (c *call) isLong() bool {
	return c.serviceIs("lambda") || c.serviceIs("states") || c.serviceIs("bedrock")
}

var errUpgrade = errors.New("it has switched to another protocol")

// outgoing returns the request that is sent on: what was decided about, signed again.
func (c *call) outgoing(ctx context.Context, t *target) (*http.Request, error) {
	q := &c.request
	path, err := url.PathUnescape(c.sentPath())
	if err != nil {
		return nil, err
	}
	to := &url.URL{Scheme: t.url.Scheme, Host: t.url.Host, Path: path, RawPath: c.sentPath(), RawQuery: c.in.URL.RawQuery}
	if to.EscapedPath() != c.sentPath() {
		return nil, errors.New("the path that is sent on would differ from the one that was decided about")
	}
	out := (&http.Request{
		Method: q.Method, URL: to, Host: c.sentHost(t), Header: q.Header.Clone(), ContentLength: c.in.ContentLength,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if c.partly != nil || c.known != nil && c.known.Teaches() {
		out.Header.Del("Accept-Encoding") // the answer is read here
	}
	switch {
	case c.form != nil:
		err = c.attachForm(out, t)
	case c.keeps(t):
		c.attachAsSent(out)
	default:
		c.g.sign(out, c.attach(out), t, c.signature())
	}
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // or net/http sets its own
	}
	return out, err
}

// keeps reports whether the client's own signature is sent on.
func (c *call) keeps(t *target) bool {
	return c.g.options.Signing.Mode == Keep && t.key.AccessKeyID == ""
}

// attach gives the request its body, and returns the hash or the word that is signed for it.
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

// attachAsSent gives the request the body as it was received, for an upstream that verifies
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

// accountHeader tells moto the account of a request: it does not read the account from a key.
const accountHeader = "X-Moto-Account-Id"

// signature says for what a request is signed.
type signature struct{ service, region, account string }

// signature returns the signature data of the call's request.
func (c *call) signature() signature {
	s := signature{c.request.Service, c.request.Region, c.holder()}
	if s.service == "" && c.service != nil {
		s.service = c.service.SigningName
	}
	return s
}

// sign signs a request, or removes its signature.
func (g *Gateway) sign(out *http.Request, payload string, t *target, s signature) {
	if signer := g.signer(out, t, s); signer != nil {
		signer.Sign(out, payload, time.Now())
		return
	}
	sigv4.Strip(out)
}

// signer returns what signs requests: with the credentials of the configuration, or with those that
// the upstream wants. It is nil for a request that is sent on without a signature.
func (g *Gateway) signer(out *http.Request, t *target, s signature) *sigv4.Signer {
	signer := &sigv4.Signer{Credentials: t.key, Service: s.service, Region: s.region}
	switch signing := &g.options.Signing; {
	case t.key.AccessKeyID != "":
	case signing.Mode == Strip || s.service == "":
		return nil
	case signing.Mode == SignKey:
		signer.Credentials = signing.Key
	default:
		signer.Credentials = sigv4.Credentials{AccessKeyID: s.account, SecretAccessKey: "test"}
		out.Header[accountHeader] = []string{s.account}
	}
	return signer
}

// sentBody is a body that the transport reads, perhaps in a goroutine that outlives
// RoundTrip. Nothing may read from the client once its call is over.
type sentBody struct {
	io.ReadCloser
	c    *call
	once sync.Once
	done chan struct{}

	mu     sync.Mutex
	broken error // of reading
}

// guardBody puts a sentBody in the request, if it has a body.
func (c *call) guardBody(out *http.Request) *sentBody {
	if out.Body == nil {
		return nil
	}
	if s, ok := c.in.Body.(interface{ Stream() }); ok && !c.read {
		s.Stream() // the reader does not keep the bytes
	}
	s := &sentBody{ReadCloser: out.Body, c: c, done: make(chan struct{})}
	out.Body = s
	return s
}

// Read notes why the body cannot be read: the transport does not always say it.
func (s *sentBody) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		s.mu.Lock()
		s.broken = err
		s.mu.Unlock()
	}
	return n, err
}

// fault returns the error of reading the body, or nil.
func (s *sentBody) fault() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// Close is called by the transport when it stops reading.
func (s *sentBody) Close() error {
	s.once.Do(func() { close(s.done) })
	return nil
}

// wait stops the sending of the body and waits until it has stopped.
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
	c.observe(&Exchange{Status: res.StatusCode, UpstreamError: c.readError(res), answer: res})
	body := c.g.foreign.watch(c, res)
	c.w.WriteHeader(res.StatusCode)
	if c.in.Method == http.MethodHead {
		return
	}
	if err := c.stream(body, res.ContentLength < 0); err != nil {
		c.g.options.Logger.Warn("the answer of an upstream ended early",
			"upstream", c.upstream.URL.String(), "request_id", c.caller.Request.ID, "error", err)
		panic(http.ErrAbortHandler) // the client must not take a part of the answer for all of it
	}
	for name, values := range res.Trailer {
		h[http.TrailerPrefix+name] = values
	}
}

// copyHeaders copies the headers of the answer that are sent back. The upstream's request ID is
// sent in addition to ours.
func (c *call) copyHeaders(h http.Header, res *http.Response) {
	const upstreamID = ownPrefix + "Upstream-Request-Id"
	own := h.Get("Access-Control-Allow-Origin") != "" // set by this server, for the page that calls
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

// peek reads the first bytes of an answer, and puts them back. If it cannot be read the
// error comes again when the rest is read.
func peek(res *http.Response, limit int64) []byte {
	body := res.Body
	head, _ := io.ReadAll(io.LimitReader(body, limit))
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), body), body}
	return head
}

// buffers are reused for parts of answers.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// stream copies the body; if the length of an answer is not known, as with an event stream, its
// parts are sent as they arrive.
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

// upstreamFault tells the client and the log what is wrong with the upstream.
func (c *call) upstreamFault(err error) *failure {
	failed := c.upstream
	if asked := (*unanswered)(nil); errors.As(err, &asked) {
		failed = asked.upstream
	}
	at := failed.URL.String()
	if c.in.Context().Err() != nil {
		return c.givenUp()
	}
	t := troubleOf(err)
	f := c.fail(t.kind, "The upstream "+at+" "+t.happened+"; "+t.advice+", and send the request again.")
	f.err = err
	c.g.options.Logger.Error("an upstream has failed", "upstream", at, "service", c.caller.Request.Service,
		"operation", c.caller.Request.Operation, "request_id", c.caller.Request.ID, "error", err)
	return f
}

// shownService and shownOperation return what the head says about a call that is not known.
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

// maxClipped is the maximum length, in bytes, of a string from a head that is kept.
const maxClipped = 128

func clipped(s string) string {
	if len(s) > maxClipped {
		s = strings.ToValidUTF8(s[:maxClipped], "") + "..."
	}
	return strings.Clone(s)
}
