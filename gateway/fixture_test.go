package gateway_test

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

// upstream is an emulator that keeps what it was sent. What the gateway asks for itself
// it answers by asked, or with an error, and does not keep.
type upstream struct {
	*httptest.Server
	asked http.HandlerFunc
	mu    sync.Mutex
	seen  []seen
}

// seen is a request as an upstream got it.
type seen struct {
	Method, Target, Host, Body string
	Header                     http.Header
	Err                        error // of reading the body
}

// nobody is an address at which nobody listens. A port that was given back would not do:
// the system may give it to another test.
const nobody = "http://127.0.0.1:1"

// newUpstream makes an upstream that answers by the handler, which finds the body
// read; nil: with an empty 200.
func newUpstream(t *testing.T, handler http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() == "understudy" {
			if u.asked == nil {
				w.WriteHeader(http.StatusNotFound)
			} else {
				u.asked(w, r)
			}
			return
		}
		body, err := io.ReadAll(r.Body)
		u.mu.Lock()
		u.seen = append(u.seen, seen{r.Method, r.RequestURI, r.Host, string(body), r.Header, err})
		u.mu.Unlock()
		if handler != nil {
			handler(w, r)
		}
	}))
	t.Cleanup(u.Close)
	return u
}

// still lets what upstreams have said never grow old, however slow the test is.
func still() iamtest.Option {
	now := time.Now()
	return iamtest.WithServer(func(o *server.Options) { o.Now = func() time.Time { return now } })
}

// took returns the requests that came, and forgets them.
func (u *upstream) took() []seen {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := u.seen
	u.seen = nil
	return list
}

var root = sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}

// request is a call as a test sends it.
type request struct {
	service, method, target, host, body string
	region                              string // us-east-1 by default
	header                              http.Header
	key                                 sigv4.Credentials
	unsigned                            bool
	payload                             string // in place of the body's hash
	change                              func(*http.Request)
}

// make signs the request for a server.
func (q *request) make(t *testing.T, url string) *http.Request {
	t.Helper()
	method := q.method
	if method == "" {
		method = http.MethodPost
	}
	target := q.target
	if target == "" {
		target = "/"
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url+target, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	if q.host != "" {
		r.Host = q.host
	}
	payload := q.payload
	if payload == "" {
		payload = sigv4.HashPayload([]byte(q.body))
	}
	if !q.unsigned {
		key := q.key
		if key.AccessKeyID == "" {
			key = root
		}
		signer := sigv4.Signer{Credentials: key, Service: q.service, Region: cmp.Or(q.region, "us-east-1")}
		signer.Sign(r, payload, time.Now())
	}
	if q.change != nil {
		q.change(r)
	}
	return r
}

// send sends the request and returns the answer with its body.
func (q *request) send(t *testing.T, srv *iamtest.Server) (*http.Response, string) {
	t.Helper()
	res, err := testkit.HTTP.Do(q.make(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func dynamoDB(operation, body string) request {
	return request{service: "dynamodb", body: body, header: http.Header{
		"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"DynamoDB_20120810." + operation},
	}}
}

func s3(method, target, body string) request {
	return request{service: "s3", method: method, target: target, body: body}
}

func form(service, body string) request {
	return request{service: service, body: body, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}}
}

// user makes a user with an inline policy, and returns its key.
func user(t *testing.T, srv *iamtest.Server, name, statement string) sigv4.Credentials {
	t.Helper()
	inline := ""
	if statement != "" {
		inline = `, inline: {own: '{"Version":"2012-10-17","Statement":` + statement + `}'}`
	}
	srv.For(t).Seed(`accounts: [{id: "000000000000", users: [{name: ` + name + inline + `}]}]`)
	k, err := srv.For(t).As(name).Config(context.Background()).Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sigv4.Credentials{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey, SessionToken: k.SessionToken}
}

// reader is a body that is not in memory.
type reader struct {
	io.Reader
}

func zeros(n int64) io.Reader { return reader{io.LimitReader(zero{}, n)} }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// logTo lets a server log to a string, which is whole when the server has stopped.
func logTo(b *strings.Builder) iamtest.Option {
	return iamtest.WithServer(func(o *server.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&locked{Writer: b}, nil))
	})
}

type locked struct {
	mu sync.Mutex
	io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Writer.Write(p)
}
