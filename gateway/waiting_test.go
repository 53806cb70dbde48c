package gateway_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/server"
)

// deadlines is a listener that knows the deadlines of its connections.
type deadlines struct {
	net.Listener
	mu          sync.Mutex
	read, write time.Time // those that were set last
}

func (d *deadlines) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	return &deadlineConn{c, d}, err
}

// now are the deadlines that are in force.
func (d *deadlines) now() (read, write time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read, d.write
}

type deadlineConn struct {
	net.Conn
	of *deadlines
}

func (c *deadlineConn) SetReadDeadline(t time.Time) error {
	c.of.mu.Lock()
	c.of.read = t
	c.of.mu.Unlock()
	return c.Conn.SetReadDeadline(t)
}

func (c *deadlineConn) SetWriteDeadline(t time.Time) error {
	c.of.mu.Lock()
	c.of.write = t
	c.of.mu.Unlock()
	return c.Conn.SetWriteDeadline(t)
}

func (c *deadlineConn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// While an upstream lets a client wait, as SQS does for 20 seconds, no deadline ends
// the request: whether it has a body that was read, one that streams, or none.
func TestLongPolls(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	watched := &deadlines{Listener: ln}
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		read, write := watched.now()
		if !read.IsZero() || !write.IsZero() {
			t.Errorf("%s %s: the client has until %v to send and until %v to read", r.Method, r.URL, read, write)
		}
	})
	u, err := gateway.ParseUpstream(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(server.Options{
		Store: memstore.New(), RootAccessKeyID: server.DefaultRootAccessKeyID, RootSecretAccessKey: server.DefaultRootSecretAccessKey,
		Gateway: gateway.Config{Upstreams: []gateway.Upstream{u}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, watched) }()
	for _, q := range []request{
		{service: "sqs", body: `{"QueueUrl":"http://localhost/000000000000/q","WaitTimeSeconds":20}`, header: http.Header{
			"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"AmazonSQS.ReceiveMessage"},
		}},
		s3(http.MethodGet, "/bucket/key", ""), s3(http.MethodPut, "/bucket/key", "body"),
		chunked(http.MethodPut, "/bucket/key", "body", "body"),
		{service: "lambda", target: "/2015-03-31/functions/f/invocations", body: "{}"},
	} {
		res, err := testkit.HTTP.Do(q.make(t, "http://"+ln.Addr().String()))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s %s is answered %d", q.service, q.target, res.StatusCode)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A call whose client has gone away before it was decided is not a failure of this server.
func TestClientsThatHaveGone(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, nil)
	u, err := gateway.ParseUpstream(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	s, err := server.New(server.Options{
		Store: memstore.New(), RootAccessKeyID: server.DefaultRootAccessKeyID, RootSecretAccessKey: server.DefaultRootSecretAccessKey,
		Gateway: gateway.Config{Upstreams: []gateway.Upstream{u}}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	q := dynamoDB("ListTables", "{}")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, q.make(t, "http://localhost").WithContext(gone))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "The request was given up.") ||
		strings.Contains(log.String(), "ERROR") || up.took() != nil {
		t.Errorf("answered %d %s; the log is\n%s", w.Code, w.Body, log.String())
	}
}

// Calls share few connections to an upstream, and none is left when the server has
// stopped.
func TestConnectionsToUpstreams(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	made, open := 0, 0
	closed := sync.NewCond(&mu)
	up := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	up.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		switch state {
		case http.StateNew:
			made++
			open++
		case http.StateClosed:
			open--
			closed.Broadcast()
		}
	}
	up.Start()
	t.Cleanup(up.Close)
	srv := iamtest.Start(t, iamtest.WithUpstream(up.URL))
	ana := user(t, srv, "ana", "")
	for range 50 {
		for _, q := range []request{
			s3(http.MethodGet, "/bucket/key", ""), s3(http.MethodPut, "/bucket/key", "body"), dynamoDB("ListTables", "{}"),
			{service: "s3", method: "GET", target: "/bucket/key", key: ana},
		} {
			q.send(t, srv)
		}
	}
	mu.Lock()
	if made > 10 {
		t.Errorf("150 calls, one after another, took %d connections", made)
	}
	mu.Unlock()
	if err := srv.Stop(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for open > 0 {
		closed.Wait()
	}
}
